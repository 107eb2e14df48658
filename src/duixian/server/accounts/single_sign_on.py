"""The city's single sign-on: OpenID Connect, code flow with PKCE, every claim of the identity token checked.

allauth carries out the flow. What it leaves out is added here: the nonce, and the token's signature even where it
came straight from the provider. Whom the provider names must be known here already; nobody is made.
"""

from __future__ import annotations

import secrets
from typing import Any, Final, NoReturn

from allauth.account.adapter import get_adapter
from allauth.account.internal.flows.login import record_authentication
from allauth.account.utils import perform_login
from allauth.core.exceptions import ImmediateHttpResponse
from allauth.socialaccount.adapter import get_adapter as get_social_adapter
from allauth.socialaccount.models import SocialApp
from allauth.socialaccount.providers.oauth2.client import OAuth2Error
from allauth.socialaccount.providers.oauth2.views import OAuth2CallbackView
from allauth.socialaccount.providers.openid_connect.provider import OpenIDConnectProvider
from allauth.socialaccount.providers.openid_connect.views import OpenIDConnectOAuth2Adapter
from allauth.utils import build_absolute_uri
from django.conf import settings
from django.contrib.auth import REDIRECT_FIELD_NAME
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST
from jwt import PyJWKSet, PyJWTError, decode, get_unverified_header

from duixian.server.accounts.models import Person
from duixian.server.accounts.services import sign_in

NAME: Final = "city"
_SIGNATURES: Final = ["RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512"]
"""Signatures with a public key only: a shared secret signs nothing here, and neither does `none`."""


class _Flow(OpenIDConnectOAuth2Adapter):  # type: ignore[misc]
    """One sign-in at the city's provider."""

    state: dict[str, Any]
    """What was kept in this browser's session when the sign-in began: the nonce, and where to go afterwards."""

    def __init__(self, request: HttpRequest) -> None:
        super().__init__(request, NAME)

    def get_provider(self) -> _Provider:
        if not settings.CITY_SIGN_ON:
            raise Http404
        return _Provider(self.request, app=SocialApp(provider="openid_connect", **settings.CITY_SIGN_ON))

    def get_callback_url(self, request: HttpRequest, app: SocialApp) -> str:
        return str(build_absolute_uri(request, reverse("single_sign_on_callback")))

    def complete_login(self, request: HttpRequest, app: SocialApp, token: object, **kwargs: Any) -> NoReturn:
        """The person of the identity token goes on to the second factor, or is refused."""
        credential = kwargs["response"].get("id_token")
        if not credential:
            raise OAuth2Error("no identity token")
        if self.openid_config.get("issuer") != app.settings["server_url"]:
            raise OAuth2Error("another issuer than the one that is set")
        try:
            claims = self._claims(credential, app.client_id)
        except (PyJWTError, KeyError, TypeError, ValueError) as error:
            raise OAuth2Error("identity token") from error
        nonce = self.state.get("nonce")
        if not nonce or not secrets.compare_digest(str(claims.get("nonce", "")), nonce):
            raise OAuth2Error("wrong nonce")
        raise ImmediateHttpResponse(_enter(request, str(claims.get("sub") or ""), self.state.get("next")))

    def _claims(self, credential: str, audience: str) -> dict[str, Any]:
        """What an identity token says, when it is signed by the provider, for us, and has not run out."""
        with get_social_adapter(self.request).get_requests_session() as session:
            answer = session.get(self.openid_config["jwks_uri"])
            answer.raise_for_status()
        keys = PyJWKSet.from_dict(answer.json()).keys
        name = get_unverified_header(credential).get("kid")
        fitting = [key for key in keys if key.key_id == name] if name else keys
        if len(fitting) != 1:
            raise ValueError("no key, or several, for the identity token")
        claims: dict[str, Any] = decode(
            credential,
            fitting[0],
            algorithms=_SIGNATURES,
            audience=audience,
            issuer=self.openid_config["issuer"],
            options={"require": ["iss", "aud", "exp", "iat", "sub", "nonce"]},
        )
        several = isinstance(claims["aud"], list) and len(claims["aud"]) > 1
        if claims.get("azp", None if several else audience) != audience:  # OpenID Connect Core, 3.1.3.7
            raise ValueError("an identity token for another client")
        return claims


class _Provider(OpenIDConnectProvider):  # type: ignore[misc]
    """The provider as the settings have it."""

    pkce_enabled_default = True
    oauth2_adapter_class = _Flow

    def get_oauth2_adapter(self, request: HttpRequest) -> _Flow:
        return _Flow(request)

    def get_default_scope(self) -> list[str]:
        return ["openid"]


class _Callback(OAuth2CallbackView):  # type: ignore[misc]
    """Takes the nonce out of the state that belongs to this browser's session."""

    def _get_state(self, request: HttpRequest, provider: _Provider) -> tuple[Any, HttpResponse | None]:
        state, response = super()._get_state(request, provider)
        self.adapter.state = state or {}
        return state, response


@never_cache
@require_POST
def start(request: HttpRequest) -> HttpResponse:
    """Sends the browser to the provider, with a state, a nonce and a PKCE challenge of this session's own."""
    flow = _Flow(request)
    provider = flow.get_provider()
    nonce = secrets.token_urlsafe(32)
    response: HttpResponse = provider.redirect(
        request,
        process="login",
        next_url=request.POST.get(REDIRECT_FIELD_NAME) or None,
        scope=provider.get_default_scope(),
        auth_params={"nonce": nonce},
        nonce=nonce,
    )
    return response


@never_cache
def callback(request: HttpRequest) -> HttpResponse:
    """Where the provider sends the browser back to."""
    response: HttpResponse = _Callback.adapter_view(_Flow(request))(request)
    return response


def refuse_login(request: HttpRequest, code: str) -> HttpResponse:
    """The page, and the event, of a sign-in that came to nothing; why exactly stands in the event only."""
    sign_in.note_failure("", f"accounts.single_sign_on_{code}")
    return render(request, "account/single_sign_on_failed.html", {"unknown": code == "unknown"}, status=403)


def _enter(request: HttpRequest, subject: str, following: str | None) -> HttpResponse:
    person = Person.objects.filter(subject=subject).first() if subject else None
    if person is None:
        return refuse_login(request, "unknown")
    if not person.is_active:
        return refuse_login(request, "inactive")
    adapter = get_adapter(request)
    if request.user.is_authenticated:
        adapter.logout(request)
    record_authentication(request, person, "socialaccount", provider=NAME)
    safe = following if following and adapter.is_safe_url(following) else None
    response: HttpResponse = perform_login(request, person, redirect_url=safe)
    return response
