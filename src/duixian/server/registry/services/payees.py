"""Where an applicant's money goes: one person proposes an account, another confirms it."""

from __future__ import annotations

import re

from django.utils import timezone

from duixian.calendar.days import Both, fold_width
from duixian.register.identity import mask
from duixian.server.audit.commands import command
from duixian.server.audit.services import Personal, record
from duixian.server.common.acting import Actor
from duixian.server.common.refusals import NotFound, Refused
from duixian.server.common.scopes import find
from duixian.server.common.sealing import lookup, seal, unseal
from duixian.server.registry.models import Applicant, PayeeAccount
from duixian.server.registry.rights import require
from duixian.server.registry.writing import locked

_USE = "payee"
State = PayeeAccount.State


@command("registry.propose_payee")
def propose_payee(
    by: Actor, *, applicant: int, holder: str, bank: str, number: str, why: str, evidence: str = ""
) -> PayeeAccount:
    """Propose the account to which an applicant's money goes; nothing is paid there before it is confirmed.

    Raises:
        NotFound: the applicant is outside the actor's scope.
        Refused: `registry.role`, `.merged`, `.erased`, `.account`, `.holder`, `.proposed`, `.same_account`.
    """
    require(by, "registry.propose_payee")
    row = locked(by, applicant)
    digits = re.sub(r"[\s-]", "", fold_width(number))
    if not re.fullmatch("[0-9]{8,32}", digits):
        raise Refused("registry.account", Both(
            "银行账号应为8至32位数字，请对照开户许可证或银行卡",
            "an account number has 8 to 32 digits: check it against the bank's letter",
        ))  # fmt: skip
    if not holder or holder not in _holders(row):
        raise Refused("registry.holder", Both(
            "户名须与主体名称一致（团队为其负责人姓名）",
            "the account must be held in the applicant's own name; a team's in the name of who answers for it",
        ))  # fmt: skip
    found = lookup(digits, _USE)
    for known in row.payee_accounts.filter(state__in=[State.PROPOSED, State.ACTIVE]):
        if known.state == State.PROPOSED:
            raise Refused("registry.proposed", Both(
                "已有待确认的账户，请先确认或不同意", "an account is proposed already: confirm or decline it"
            ))  # fmt: skip
        if known.lookup == found:
            raise Refused("registry.same_account", Both("该账户已经有效", "this account is active already"))
    made = PayeeAccount.objects.create(
        applicant=row,
        holder=holder,
        bank=bank,
        shown=mask(digits, first=4, last=4),
        lookup=found,
        sealed=seal(digits, _USE),
        evidence=evidence,
        why=why,
        proposed_by_id=_person(by),
    )
    after = {"account": made.pk, "number": Personal(digits), "holder": Personal(holder), "bank": bank}
    record(by, "registry.propose_payee", on=row, before=None, after=after)
    return made


@command("registry.confirm_payee")
def confirm_payee(by: Actor, *, account: int) -> PayeeAccount:
    """Confirm a proposed account; the one that was active until now is closed.

    Raises:
        NotFound: the account is outside the actor's scope.
        Refused: `registry.role`, `.merged`, `.same_person`, `.state`.
    """
    require(by, "registry.confirm_payee")
    made = _decided(by, account, State.ACTIVE)
    old = PayeeAccount.objects.filter(applicant=made.applicant_id, state=State.ACTIVE).first()
    if old is not None:
        old.state, old.closed_at = State.CLOSED, timezone.now()
        old.save(update_fields=["state", "closed_at"])
    made.save(update_fields=["state", "decided_by", "decided_at"])
    before = {"account": old.pk if old else None}
    record(by, "registry.confirm_payee", on=made.applicant, before=before, after={"account": made.pk})
    return made


@command("registry.decline_payee")
def decline_payee(by: Actor, *, account: int, why: str) -> PayeeAccount:
    """Decline a proposed account.

    Raises:
        NotFound: the account is outside the actor's scope.
        Refused: as `confirm_payee`.
    """
    require(by, "registry.decline_payee")
    made = _decided(by, account, State.DECLINED)
    made.save(update_fields=["state", "decided_by", "decided_at"])
    record(by, "registry.decline_payee", on=made.applicant, before=None, after={"account": made.pk}, why=why)
    return made


@command("registry.close_payee")
def close_payee(by: Actor, *, account: int, why: str) -> PayeeAccount:
    """Close an active account: nothing is paid to it any more.

    Raises:
        NotFound: the account is outside the actor's scope.
        Refused: `registry.role`, `.state`, `.merged`.
    """
    require(by, "registry.close_payee")
    made = find(PayeeAccount, by, pk=account)
    row = locked(by, made.applicant_id)
    made.refresh_from_db()
    if made.state != State.ACTIVE:
        raise _not_in(made, State.ACTIVE)
    made.state, made.closed_at = State.CLOSED, timezone.now()
    made.save(update_fields=["state", "closed_at"])
    record(by, "registry.close_payee", on=row, before={"account": made.pk}, after=None, why=why)
    return made


@command("registry.reveal")
def reveal(by: Actor, *, account: int, why: str) -> str:
    """The whole number of an active account, for a payment; that it was shown is in the event log.

    Raises:
        NotFound: the account is outside the actor's scope, or its holder's data were erased.
        Refused: `registry.role`, `.state`.
    """
    require(by, "registry.reveal")
    made = find(PayeeAccount, by, pk=account)
    if made.sealed is None:
        raise NotFound
    if made.state != State.ACTIVE:
        raise _not_in(made, State.ACTIVE)
    record(by, "registry.reveal", on=made.applicant, before=None, after={"account": made.pk}, why=why)
    return unseal(bytes(made.sealed), _USE)


def _holders(row: Applicant) -> set[str]:
    """Whose account it may be."""
    people = row.representatives.filter(until=None, role="responsible") if row.kind == "team" else ()
    return {row.name, *(each.person.name for each in people)}


def _decided(by: Actor, account: int, to: PayeeAccount.State) -> PayeeAccount:
    """The proposed account, locked, with the decision in it but not yet saved."""
    found = find(PayeeAccount, by, pk=account)
    locked(by, found.applicant_id)
    found.refresh_from_db()
    if found.state != State.PROPOSED:
        raise _not_in(found, State.PROPOSED)
    if found.proposed_by_id == _person(by):
        raise Refused("registry.same_person", Both(
            "提出账户的人不能自行确认，请由他人办理", "who proposed the account cannot decide on it: let another"
        ))  # fmt: skip
    found.state, found.decided_by_id, found.decided_at = to, by.person, timezone.now()
    return found


def _person(by: Actor) -> int:
    if by.person is None:
        raise Refused(
            "registry.person", Both("收款账户须由人办理", "a payee account needs a person, not a job")
        )
    return by.person


def _not_in(account: PayeeAccount, wanted: PayeeAccount.State) -> Refused:
    return Refused("registry.state", Both(
        f"账户状态为「{State(account.state).label}」，须为「{wanted.label}」",
        f"the account is {account.state}, not {wanted.value}",
    ))  # fmt: skip
