"""What allauth asks of us: nobody signs up, secrets are encrypted, whatever happens stands in the event log."""

from __future__ import annotations

import base64
import logging
import time
from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.internal.flows.login import get_authentication_records
from allauth.core import context
from allauth.core.exceptions import ImmediateHttpResponse
from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.socialaccount.adapter import DefaultSocialAccountAdapter
from django.conf import settings
from django.contrib.auth.models import AnonymousUser
from django.http import HttpRequest

from duixian.server.accounts import sessions, throttle
from duixian.server.accounts.models import Person
from duixian.server.accounts.selectors import self_actor
from duixian.server.accounts.services import sign_in
from duixian.server.accounts.single_sign_on import refuse_login
from duixian.server.common.sealing import seal, unseal

_log = logging.getLogger(__name__)
_SECOND_FACTOR = "accounts.second_factor"


class AccountAdapter(DefaultAccountAdapter):  # type: ignore[misc]
    """Name and password."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        """Accounts are entered by an officer or an administrator."""
        return False

    def is_reauthentication_required(self, *, app: str, **kwargs: object) -> bool:
        """Whoever has just signed in need not do so again to set up a second factor."""
        request = context.request
        records = get_authentication_records(request, request.user)
        return (
            not records or time.time() - float(records[-1]["at"]) > settings.ACCOUNT_REAUTHENTICATION_TIMEOUT
        )

    def set_password(self, user: Person, password: str) -> None:
        """Through the command, so that other sessions end and the log knows."""
        changed = sign_in.set_password(self_actor(user), person=user.pk, password=password)
        user.password, user.epoch = changed.password, changed.epoch

    def login(self, request: HttpRequest, user: Person) -> None:
        """Begins the session, whose length is counted from now."""
        super().login(request, user)
        sessions.begin(request)
        sign_in.note(self_actor(user), "accounts.signed_in", on=user)

    def logout(self, request: HttpRequest) -> None:
        """Ends the session."""
        user = request.user
        super().logout(request)
        if isinstance(user, Person):
            sign_in.note(self_actor(user), "accounts.signed_out", on=user)

    def authentication_failed(self, request: HttpRequest, **credentials: Any) -> None:
        """Notes the attempt, with the name as a keyed hash only: it may be a password typed in the wrong place."""
        sign_in.note_failure(throttle.name_of(request, credentials), "accounts.wrong_password")

    def get_client_ip(self, request: HttpRequest) -> str:
        """The same address that is throttled."""
        return throttle.address_of(request)

    def add_message(self, *args: object, **kwargs: object) -> None:
        """The pages themselves say what has happened."""

    def send_notification_mail(self, *args: object, **kwargs: object) -> None:
        """No mail is sent: an address was never verified."""


class MFAAdapter(DefaultMFAAdapter):  # type: ignore[misc]
    """The second factor."""

    def encrypt(self, text: str) -> str:
        """Secrets of TOTP and recovery codes are encrypted under `FIELD_KEY`."""
        return base64.b64encode(seal(text, _SECOND_FACTOR)).decode()

    def decrypt(self, encrypted_text: str) -> str:
        """The secret again."""
        return unseal(base64.b64decode(encrypted_text), _SECOND_FACTOR)


class SocialAdapter(DefaultSocialAccountAdapter):  # type: ignore[misc]
    """The city's single sign-on is the only other way in (`single_sign_on`), and makes no accounts."""

    def is_open_for_signup(self, request: HttpRequest, sociallogin: object) -> bool:
        """Never."""
        return False

    def on_authentication_error(self, request: HttpRequest, *args: object, **kwargs: object) -> None:
        """Whatever went wrong with the provider ends on one page of ours; the log says what kind of fault."""
        error = kwargs.get("exception")
        _log.warning("single sign-on failed: %r from %r", error, getattr(error, "__cause__", None))
        raise ImmediateHttpResponse(refuse_login(request, "failed"))


def has_second_factor(request: HttpRequest) -> bool:
    """Whether this session was begun, or taken up again, with a second factor."""
    user = request.user
    if isinstance(user, AnonymousUser):
        return False
    return any(record["method"] == "mfa" for record in get_authentication_records(request, user))
