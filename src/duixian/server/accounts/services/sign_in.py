"""Ways in: activation, password, second factor, single sign-on, ending sessions, unlocking."""

from __future__ import annotations

from allauth.mfa.models import Authenticator
from axes.models import AccessAttempt
from django.contrib.auth.password_validation import validate_password
from django.contrib.auth.tokens import PasswordResetTokenGenerator
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.utils.http import base36_to_int, int_to_base36

from duixian.server.accounts.models import Person
from duixian.server.accounts.roles import NOBODY, SELF, Role
from duixian.server.accounts.rules import ADMINISTRATORS, another, given, locked, refused, require
from duixian.server.accounts.services.people import end_sessions_of
from duixian.server.audit.commands import command
from duixian.server.audit.services import Personal, record, refuse
from duixian.server.common.acting import Actor
from duixian.server.common.refusals import NotFound


class _Tokens(PasswordResetTokenGenerator):
    """One link works once, for `PASSWORD_RESET_TIMEOUT`, and only the newest: the epoch is part of it."""

    key_salt = "duixian.accounts.activation"

    def _make_hash_value(self, user: Person, timestamp: int) -> str:
        return f"{user.pk}{user.password}{user.epoch}{user.is_active}{timestamp}"


_tokens = _Tokens()


@command("accounts.issue_activation")
def issue_activation(by: Actor, *, person: int) -> str:
    """The token of a link with which a person sets a password; earlier links and every session end.

    It is shown once, to be handed over in person, and does not touch the second factor: who lets somebody in
    is never who resets it, so that no administrator alone can take over an account.

    Raises:
        Refused: another role, oneself, a closed account, or the actor reset this person's second factor.
    """
    require(by, ADMINISTRATORS)
    row = locked(Person, by, pk=person)
    another(by, row)
    _let_in(by, row)
    end_sessions_of(row)
    record(by, "accounts.issue_activation", on=row, after={"let_in_by": by.person})
    return activation_token(row)


def activation_token(person: Person) -> str:
    """The token that fits a person's present state."""
    return f"{int_to_base36(person.pk)}-{_tokens.make_token(person)}"


def invited(token: str) -> Person:
    """Whom an activation token lets in.

    Raises:
        NotFound: nobody: it is false, used, or too old.
    """
    number, _, rest = token.partition("-")
    try:
        person = Person.objects.filter(pk=base36_to_int(number), is_active=True).first()
    except ValueError:
        person = None
    if person is None or not _tokens.check_token(person, rest):
        raise NotFound
    return person


@command("accounts.set_password")
def set_password(by: Actor, *, person: int, password: str) -> Person:
    """A person sets their own password; all their other sessions end.

    Raises:
        Refused: for somebody else, or too weak: the message says how.
    """
    require_self(by, person)
    row = locked(Person, by, pk=person)
    try:
        validate_password(password, row)
    except ValidationError as error:
        raise refused("password", "；".join(error.messages), "the password is too weak: 12 characters or more, "
                      "neither common nor close to your name") from None  # fmt: skip
    row.set_password(password)
    end_sessions_of(row)
    record(by, "accounts.set_password", on=row)
    return row


@command("accounts.link_single_sign_on")
def link_single_sign_on(by: Actor, *, person: int, subject: str) -> Person:
    """Lets a person in by the city's single sign-on, under which they are `subject`; empty: no longer.

    Raises:
        Refused: another role, oneself, a subject that is another's, or the actor reset their second factor.
    """
    require(by, ADMINISTRATORS)
    row = locked(Person, by, pk=person)
    another(by, row)
    before, row.subject = row.subject, subject.strip() or None
    _let_in(by, row)
    try:
        with transaction.atomic():
            end_sessions_of(row)
    except IntegrityError:
        raise refused(
            "subject", "该统一身份已关联他人", "this identity is linked to another person"
        ) from None
    record(by, "accounts.link_single_sign_on", on=row,
           before={"subject": Personal(before) if before else None},
           after={"subject": Personal(row.subject) if row.subject else None})  # fmt: skip
    return row


@command("accounts.reset_second_factor")
def reset_second_factor(by: Actor, *, person: int, why: str) -> Person:
    """Takes away a lost second factor with its recovery codes; the next sign-in sets up a new one.

    Raises:
        Refused: another role, oneself, no reason, or the actor was the last who let this person in.
    """
    require(by, ADMINISTRATORS)
    row = locked(Person, by, pk=person)
    another(by, row)
    if row.let_in_by_id == by.person:
        raise refused("second_person", "您曾为此人开通登录，请另一位管理员重置其第二因素",
                      "you let this person in; another administrator resets the second factor")  # fmt: skip
    row.factor_reset_by_id = by.person
    count, _ = Authenticator.objects.filter(user=row).delete()
    end_sessions_of(row)
    record(by, "accounts.reset_second_factor", on=row, before={"factors": count}, after={"factors": 0},
           why=given(why, "事由", "the reason"))  # fmt: skip
    return row


@command("accounts.second_factor_set")
def second_factor_set(by: Actor, *, person: int) -> Person:
    """A person has set up their second factor; every session that was begun without it ends.

    Raises:
        Refused: for somebody else.
    """
    require_self(by, person)
    row = locked(Person, by, pk=person)
    end_sessions_of(row)
    record(by, "accounts.second_factor_set", on=row)
    return row


@command("accounts.end_sessions")
def end_sessions(by: Actor, *, person: int) -> Person:
    """Signs a person out everywhere; anybody may do so for themselves.

    Raises:
        Refused: another role.
    """
    if not (by.role == SELF and by.person == person):
        require(by, ADMINISTRATORS | {Role.OPERATOR})
    row = locked(Person, by, pk=person)
    end_sessions_of(row)
    record(by, "accounts.end_sessions", on=row)
    return row


@command("accounts.unlock")
def unlock(by: Actor, *, sign_in: str = "", address: str = "") -> int:
    """Forgets the failed attempts of a sign-in name or an address, so that it is let in again; how many there were.

    Raises:
        Refused: another role, one's own name, or neither is given.
    """
    require(by, ADMINISTRATORS | {Role.OPERATOR})
    if bool(sign_in) == bool(address):
        raise refused("missing", "请填写登录名或地址之一", "give either a sign-in name or an address")
    own = Person.objects.filter(pk=by.person or 0, sign_in=sign_in).first()
    if own is not None:
        another(by, own)
    rows = (
        AccessAttempt.objects.filter(username=sign_in)
        if sign_in
        else AccessAttempt.objects.filter(ip_address=address)
    )
    count: int = rows.delete()[0]
    record(
        by,
        "accounts.unlock",
        on=None,
        before={"attempts": count},
        after={
            "sign_in": Personal(sign_in) if sign_in else None,
            "address": Personal(address) if address else None,
        },
    )
    return count


def note(by: Actor, action: str, *, on: Person) -> None:
    """Notes in the event log what the sign-in machinery has done for a person."""
    with transaction.atomic():
        record(by, action, on=on)


def note_failure(name: str, code: str) -> None:
    """Notes a sign-in that failed, under a sign-in name that need not exist, so only its keyed hash stands there."""
    with transaction.atomic():
        refuse(Actor(role=NOBODY), "accounts.sign_in", code, on=None, asked={"sign_in": Personal(name)})


def require_self(by: Actor, person: int) -> None:
    """Only for oneself.

    Raises:
        Refused: somebody else acts.
    """
    if by.role != SELF or by.person != person:
        raise refused("role", "只能由本人办理", "only the person themselves may do this")


def _let_in(by: Actor, row: Person) -> None:
    if not row.is_active:
        raise refused("inactive", "账号已停用；请先恢复", "the account is closed; reopen it first")
    if row.factor_reset_by_id == by.person:
        raise refused("second_person", "您曾重置此人的第二因素，请另一位管理员办理",
                      "you reset this person's second factor; ask another administrator")  # fmt: skip
    row.let_in_by_id = by.person
