"""A person's data are erased when their time is over or on request; what others rely on stays whole."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator

import pytest
from django.db import connection, transaction
from django.db.utils import IntegrityError, ProgrammingError
from django.utils import timezone
from tests.server.registry.office import RESIDENT, WUCHANG, actor, firm, given, officer, person

from duixian.calendar.days import Both
from duixian.server.accounts.roles import Role
from duixian.server.audit.models import Event
from duixian.server.common.refusals import NotFound, Refused
from duixian.server.registry.models import Applicant, Erasure, Identifier, RecordVersion
from duixian.server.registry.selectors import by_number, dossier, due_for_erasure, search
from duixian.server.registry.services import retention
from duixian.server.registry.services.applicants import identify
from duixian.server.registry.services.payees import close_payee, confirm_payee, propose_payee
from duixian.server.registry.services.records import state
from duixian.server.registry.services.retention import add_years, erase, set_retention

REQUEST, PERIOD = Erasure.Ground.REQUEST, Erasure.Ground.PERIOD


@pytest.fixture
def known() -> Iterator[Applicant]:
    row = person("张三丰")
    identify(officer(), applicant=row.pk, scheme=Identifier.Scheme.RESIDENT, number=RESIDENT)
    facts = {"bought": dt.date(2023, 5, 1), "division": WUCHANG}
    state(officer(), applicant=row.pk, type="home", key="h", facts=facts, given=given())
    account = propose_payee(
        officer(), applicant=row.pk, holder="张三丰", bank="某行", number="622200001111", why="首次"
    )
    confirm_payee(actor(Role.FINANCE_APPROVER), account=account.pk)
    close_payee(actor(Role.FINANCE_APPROVER), account=account.pk, why="不再拨付")
    checks = list(retention._open_matters)
    yield row
    retention._open_matters[:] = checks


def approver() -> object:
    return actor(Role.CITY_APPROVER)


def test_nothing_personal_is_left(known: Applicant) -> None:
    events = list(Event.objects.order_by("id").values_list("id", "before", "after"))
    erase(actor(Role.CITY_APPROVER), applicant=known.pk, ground=REQUEST, document="删除申请1号")
    with connection.cursor() as cursor:
        for query in (
            "SELECT string_agg(t::text, '') FROM registry_applicant t",
            "SELECT string_agg(t::text, '') FROM registry_recordversion t",
            "SELECT string_agg(t::text, '') FROM registry_identifier t",
            "SELECT string_agg(t::text, '') FROM registry_payeeaccount t",
        ):
            cursor.execute(query)
            rows = str(cursor.fetchone()[0])
            assert not any(word in rows for word in ("张三丰", "2023-05-01", "6222", "某行", WUCHANG))
    assert Erasure.objects.get().counts == {"versions": 2, "identifiers": 1, "payee_accounts": 1}
    with pytest.raises(NotFound):
        by_number(officer(), scheme=Identifier.Scheme.RESIDENT, number=RESIDENT)
    assert not search(officer(), text="张三丰")
    assert dossier(officer(), applicant=known.pk).form().facts == {}
    # The log holds hashes only and is as it was, and the number of versions too.
    assert list(Event.objects.order_by("id").values_list("id", "before", "after"))[: len(events)] == events
    assert RecordVersion.objects.filter(applicant=known).count() == 2
    with pytest.raises(Refused, match=r"registry\.erased"):
        state(officer(), applicant=known.pk, facts={"name": "x"}, given=given())
    with pytest.raises(Refused, match=r"registry\.erased"):
        erase(actor(Role.CITY_APPROVER), applicant=known.pk, ground=REQUEST, document="再次")
    # The same person may come again: a new entry.
    again = person("张三丰")
    identify(officer(), applicant=again.pk, scheme=Identifier.Scheme.RESIDENT, number=RESIDENT)


def test_not_while_money_matters_are_open(known: Applicant) -> None:
    reasons = {known.pk: Both("尚有待拨付资金", "money is still to be paid")}
    retention.open_matter(reasons.get)
    with pytest.raises(Refused, match=r"registry\.open_matter") as refused:
        erase(actor(Role.CITY_APPROVER), applicant=known.pk, ground=REQUEST, document="删除申请1号")
    assert "待拨付" in refused.value.why.zh
    assert RecordVersion.objects.filter(applicant=known, payload=None).count() == 0
    reasons.clear()
    erase(actor(Role.CITY_APPROVER), applicant=known.pk, ground=REQUEST, document="删除申请1号")


def test_the_period_must_be_over(known: Applicant, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(Refused, match=r"registry\.period"):
        erase(actor(Role.CITY_APPROVER), applicant=known.pk, ground=PERIOD, document="清单")
    set_retention(actor(Role.CITY_APPROVER), kind="person", years=5, basis="档案管理办法")
    with pytest.raises(Refused, match=r"registry\.period"):
        erase(actor(Role.CITY_APPROVER), applicant=known.pk, ground=PERIOD, document="清单")
    today = timezone.localdate()
    later = add_years(today, 5)
    assert due_for_erasure(officer(), on=later - dt.timedelta(days=1)) == []
    assert due_for_erasure(officer(), on=later) == [known]
    monkeypatch.setattr(timezone, "localdate", lambda value=None: later if value is None else today)
    erase(actor(Role.CITY_APPROVER), applicant=known.pk, ground=PERIOD, document="清单")


def test_what_is_refused(known: Applicant) -> None:
    ask = {"ground": REQUEST, "document": "申请"}
    with pytest.raises(Refused, match=r"registry\.not_a_person"):
        erase(actor(Role.CITY_APPROVER), applicant=firm().pk, **ask)
    with pytest.raises(Refused, match=r"registry\.role"):
        erase(officer(), applicant=known.pk, **ask)
    with pytest.raises(Refused, match=r"registry\.document"):
        erase(actor(Role.CITY_APPROVER), applicant=known.pk, ground=REQUEST, document="")
    with pytest.raises(Refused, match=r"registry\.kind"):
        set_retention(actor(Role.CITY_APPROVER), kind="enterprise", years=5, basis="x")
    with pytest.raises(Refused, match=r"registry\.basis"):
        set_retention(actor(Role.CITY_APPROVER), kind="person", years=0, basis="x")


def test_the_database_erases_no_body_and_by_no_other_way(known: Applicant) -> None:
    body = firm()
    with pytest.raises(IntegrityError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT registry_erase(%s)", [body.pk])
    with pytest.raises(ProgrammingError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("UPDATE registry_recordversion SET payload = NULL WHERE applicant_id = %s", [known.pk])


def test_years_end_on_the_same_day() -> None:
    assert add_years(dt.date(2024, 2, 29), 1) == dt.date(2025, 3, 1)
    assert add_years(dt.date(2024, 2, 29), 4) == dt.date(2028, 2, 29)
    assert add_years(dt.date(2024, 5, 6), 30) == dt.date(2054, 5, 6)
