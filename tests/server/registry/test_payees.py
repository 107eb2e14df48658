"""Where money goes: two people for each account, in the services and in the database itself."""

from __future__ import annotations

import pytest
from django.db import connection, transaction
from django.db.utils import IntegrityError
from django.utils import timezone
from tests.server.registry.office import DAY, HONGSHAN, actor, firm, given, officer, person

from duixian.server.accounts.roles import Role
from duixian.server.audit.models import Event
from duixian.server.common.acting import Actor
from duixian.server.common.refusals import NotFound, Refused
from duixian.server.registry.models import PayeeAccount, Representative
from duixian.server.registry.services.applicants import register, represent
from duixian.server.registry.services.payees import (
    close_payee,
    confirm_payee,
    decline_payee,
    propose_payee,
    reveal,
)

NUMBER = "4205 0111 2233 4455 667"
DIGITS = "4205011122334455667"


def proposed(by: Actor | None = None, number: str = NUMBER, applicant: int | None = None) -> PayeeAccount:
    row = applicant or firm("虚舟软件").pk
    return propose_payee(
        by or officer(),
        applicant=row,
        holder="虚舟软件",
        bank="某银行武汉分行",
        number=number,
        why="首次登记",
    )


def approver(*, other: bool = False) -> Actor:
    return actor(Role.FINANCE_APPROVER, other=other)


def test_two_people_put_an_account_there_and_the_number_stays_hidden() -> None:
    account = proposed()
    assert account.shown == "4205***********5667"
    confirm_payee(approver(), account=account.pk)
    account.refresh_from_db()
    assert (account.state, account.decided_by_id) == ("active", approver().person)
    assert reveal(actor(Role.FINANCE_CLERK), account=account.pk, why="拨付") == DIGITS
    with connection.cursor() as cursor:
        cursor.execute("SELECT string_agg(t::text, '') FROM registry_payeeaccount t")
        rows = cursor.fetchone()[0]
    told = "".join(f"{e.before}{e.after}{e.why}" for e in Event.objects.all())
    assert DIGITS not in rows + told
    assert [e.action for e in Event.objects.order_by("id")][-2:] == [
        "registry.confirm_payee",
        "registry.reveal",
    ]


def test_a_new_account_closes_the_old_one() -> None:
    first = proposed()
    confirm_payee(approver(), account=first.pk)
    second = proposed(number="62220000111122223333", applicant=first.applicant_id)
    first.refresh_from_db()
    assert first.state == "active"  # until the new one is confirmed, the old one is paid to
    confirm_payee(approver(), account=second.pk)
    states = dict(PayeeAccount.objects.values_list("pk", "state"))
    assert states == {first.pk: "closed", second.pk: "active"}
    with pytest.raises(Refused, match=r"registry\.state"):
        reveal(actor(Role.FINANCE_CLERK), account=first.pk, why="拨付")


def test_nobody_confirms_their_own() -> None:
    row = firm("虚舟软件")
    agent = Actor(Role.AGENT, approver().person, uscc=row.identifiers.get().lookup)  # one person, two roles
    account = proposed(agent, applicant=row.pk)
    for decide in (lambda: confirm_payee(approver(), account=account.pk),
                   lambda: decline_payee(approver(), account=account.pk, why="x")):  # fmt: skip
        with pytest.raises(Refused, match=r"registry\.same_person"):
            decide()
    account.refresh_from_db()
    assert account.state == "proposed"
    decline_payee(approver(other=True), account=account.pk, why="户名不清")
    with pytest.raises(Refused, match=r"registry\.state"):
        confirm_payee(approver(other=True), account=account.pk)


def test_the_database_holds_it_too() -> None:
    account = proposed()
    for fields in (
        {"state": "active", "decided_by_id": account.proposed_by_id, "decided_at": timezone.now()},
        {"state": "active"},
        {"state": "closed", "decided_by_id": approver().person, "decided_at": timezone.now()},
        {"shown": "1"},
        {"sealed": b"x"},
        {"sealed": None},
        {"holder": "别人"},
        {"proposed_by_id": approver().person},
    ):
        with pytest.raises(IntegrityError), transaction.atomic():
            PayeeAccount.objects.filter(pk=account.pk).update(**fields)
    with pytest.raises(IntegrityError), transaction.atomic():
        account.delete()
    confirm_payee(approver(), account=account.pk)
    with pytest.raises(IntegrityError), transaction.atomic():
        PayeeAccount.objects.filter(pk=account.pk).update(
            state="proposed", decided_by_id=None, decided_at=None
        )


@pytest.mark.parametrize("number", ["1234567", "4205-A", "", "1" * 33])
def test_an_account_number_is_digits(number: str) -> None:
    with pytest.raises(Refused, match=r"registry\.account"):
        proposed(number=number)


def test_what_stands_in_the_way() -> None:
    account = proposed()
    with pytest.raises(Refused, match=r"registry\.proposed"):
        proposed(applicant=account.applicant_id)
    confirm_payee(approver(), account=account.pk)
    with pytest.raises(Refused, match=r"registry\.same_account"):
        proposed(applicant=account.applicant_id)
    with pytest.raises(Refused, match=r"registry\.holder"):
        proposed(applicant=firm("别家").pk)
    with pytest.raises(Refused, match=r"registry\.role"):
        confirm_payee(officer(), account=account.pk)
    with pytest.raises(NotFound):
        confirm_payee(actor(Role.DISTRICT_APPROVER, HONGSHAN), account=account.pk)
    close_payee(approver(), account=account.pk, why="销户")
    with pytest.raises(Refused, match=r"registry\.state"):
        close_payee(approver(), account=account.pk, why="销户")


def test_a_team_is_paid_through_the_person_who_answers_for_it() -> None:
    team = register(officer(), facts={"kind": "team", "name": "某团队", "division": "420106"}, given=given())
    role = Representative.Role.RESPONSIBLE
    represent(officer(), applicant=team.pk, person=person("李四").pk, role=role, since=DAY, given=given())
    wanted = {"applicant": team.pk, "bank": "某行", "number": NUMBER, "why": "团队"}
    person("王五")  # known here, but does not answer for the team
    with pytest.raises(Refused, match=r"registry\.holder"):
        propose_payee(officer(), holder="王五", **wanted)
    assert not team.payee_accounts.exists()
    account = propose_payee(officer(), holder="李四", **wanted)
    account.refresh_from_db()
    assert (account.applicant_id, account.holder, account.state) == (team.pk, "李四", "proposed")
