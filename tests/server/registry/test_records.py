"""What is known of an applicant, since when and from whom; nothing is overwritten."""

from __future__ import annotations

import datetime as dt
from fractions import Fraction

import pytest
from django.db import connection, connections, transaction
from django.db.utils import IntegrityError, ProgrammingError
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.server.registry.office import DAY, HONGSHAN, WUCHANG, actor, code, firm, officer
from tests.server.registry.office import given as source

from duixian.language.vocabulary import shared_vocabulary
from duixian.register.applicant import Absent, Facts
from duixian.server.accounts.roles import Role
from duixian.server.common.refusals import NotFound, Refused
from duixian.server.registry.models import Applicant, Provenance, RecordVersion
from duixian.server.registry.selectors import dossier, known
from duixian.server.registry.services.records import state, verify, withdraw
from duixian.server.registry.versions import When, choose, counting
from duixian.server.registry.wire import to_facts, to_payload

STATEMENT = Provenance.Kind.STATEMENT


def moment() -> dt.datetime:
    with connection.cursor() as cursor:
        cursor.execute("SELECT clock_timestamp()")
        return cursor.fetchone()[0]  # type: ignore[no-any-return]


def year(row: Applicant, revenue: int, key: str = "y2023", number: int = 2023, **more: object) -> None:
    facts: Facts = {"year": number, "revenue": revenue}
    state(officer(), applicant=row.pk, type="year", key=key, facts=facts, given=source(), **more)  # type: ignore[arg-type]


def revenue(row: Applicant, **when: object) -> object:
    years = known(officer(), applicant=row.pk, **when).records.get("year", ())  # type: ignore[arg-type]
    return years[0].get("revenue") if years else None


def test_a_correction_overwrites_nothing() -> None:
    row = firm()
    before = moment()
    year(row, 500_00)
    between = moment()
    year(row, 600_00)
    assert revenue(row) == 600_00
    assert revenue(row, at=between) == 500_00
    assert revenue(row, at=before) is None
    versions = row.versions.filter(type="year").order_by("number")
    assert [v.payload["revenue"] for v in versions if v.payload] == [500_00, 600_00]
    assert versions[1].stated == ["revenue"]


def test_what_is_true_from_a_day_on_leaves_the_days_before_it() -> None:
    row = firm(division=WUCHANG)
    state(
        officer(), applicant=row.pk, facts={"division": HONGSHAN}, given=source(), valid_from=dt.date(2024, 7, 1)
    )  # fmt: skip
    assert known(officer(), applicant=row.pk, day=dt.date(2024, 6, 30)).facts["division"] == WUCHANG
    assert known(officer(), applicant=row.pk, day=dt.date(2024, 7, 1)).facts["division"] == HONGSHAN
    row.refresh_from_db()
    assert row.division == HONGSHAN
    # A correction of what counts now keeps its span.
    state(officer(), applicant=row.pk, facts={"size": "micro"}, given=source())
    assert "size" not in known(officer(), applicant=row.pk, day=dt.date(2024, 6, 30)).facts


def test_each_value_has_its_source() -> None:
    row = firm()
    year(row, 500_00)
    facts: Facts = {"rnd_spend": 80_00}
    told = source(STATEMENT, "企业填报")
    state(officer(), applicant=row.pk, type="year", key="y2023", facts=facts, given=told)
    sources = dossier(officer(), applicant=row.pk).sources(("year", "y2023"), When.now())
    assert {name: found.version.provenance.source for name, found in sources.items()} == {
        "year": "市经信局",
        "revenue": "市经信局",
        "rnd_spend": "企业填报",
    }
    assert sources["rnd_spend"].version.number == 2
    verify(
        officer(), applicant=row.pk, type="year", key="y2023", fields=["rnd_spend"], given=source(verified=True)
    )  # fmt: skip
    found = dossier(officer(), applicant=row.pk).sources(("year", "y2023"), When.now())
    assert found["rnd_spend"].version.provenance.verified_by_id == officer().person
    assert found["rnd_spend"].confirmed == 2
    assert found["revenue"].version.provenance.verified_by_id is None


def test_what_is_not_new_gets_no_version() -> None:
    row = firm()
    year(row, 500_00)
    facts: Facts = {"revenue": 500_00}
    assert state(officer(), applicant=row.pk, type="year", key="y2023", facts=facts, given=source()) is None
    assert row.versions.filter(type="year").count() == 1


def test_known_to_be_none_unknown_and_taken_back_are_told_apart() -> None:
    row = firm()
    state(officer(), applicant=row.pk, facts={"settled": Absent.NONE}, given=source())
    assert known(officer(), applicant=row.pk).facts["settled"] is Absent.NONE
    state(officer(), applicant=row.pk, facts={}, unknown=["settled"], given=source())
    assert "settled" not in known(officer(), applicant=row.pk).facts


def test_a_whole_list_is_stated_and_kept() -> None:
    row = firm()
    state(officer(), applicant=row.pk, facts={}, complete=["incident"], given=source())
    assert known(officer(), applicant=row.pk).complete == {"incident"}


def test_a_withdrawn_record_is_gone_but_was_known() -> None:
    row = firm()
    year(row, 500_00)
    then = moment()
    withdraw(officer(), applicant=row.pk, type="year", key="y2023", given=source(), why="录入有误")
    assert revenue(row) is None
    assert revenue(row, at=then) == 500_00


def test_what_others_refer_to_is_not_withdrawn() -> None:
    row = firm()
    by = officer()
    state(by, applicant=row.pk, type="platform", key="p", facts={"kind": "open_source"}, given=source())
    facts: Facts = {"platform": "p", "year": 2023}
    state(by, applicant=row.pk, type="platform_year", key="p23", facts=facts, given=source())
    with pytest.raises(Refused, match=r"registry\.referenced"):
        withdraw(by, applicant=row.pk, type="platform", key="p", given=source(), why="误")


@pytest.mark.parametrize(
    ("type", "key", "facts", "why"),
    [
        ("year", "y1", {"revenue": 1}, "required"),
        ("year", "y1", {"year": 2023, "revenue": -1}, "fact"),
        ("year", "y1", {"year": 1023}, "fact"),
        ("year", "y1", {"year": 2023, "profit": 1}, "fact"),
        ("year", "", {"year": 2023}, "fact"),
        ("yeer", "y1", {"year": 2023}, "type"),
        ("platform_year", "x", {"platform": "p9", "year": 2023}, "reference"),
        ("applicant", "", {"division": "武昌"}, "fact"),
        ("applicant", "", {"uscc": code(77)}, "uscc"),
        ("applicant", "", {"size": "enormous"}, "fact"),
    ],
)
def test_what_cannot_be_is_refused(type: str, key: str, facts: Facts, why: str) -> None:
    row = firm()
    with pytest.raises(Refused, match=rf"registry\.{why}"):
        state(officer(), applicant=row.pk, type=type, key=key, facts=facts, given=source())
    assert row.versions.count() == 1


def test_an_applicant_does_not_state_what_an_authority_states() -> None:
    row = firm()
    agent = actor(Role.AGENT, code=row.identifiers.get().lookup)
    own = source(STATEMENT, "企业填报")
    state(agent, applicant=row.pk, type="year", key="y", facts={"year": 2023}, given=own)
    with pytest.raises(Refused, match=r"registry\.authority"):
        facts: Facts = {"title": "little_giant"}
        state(agent, applicant=row.pk, type="recognition", key="r", facts=facts, given=own)
    for kind in (source(), source(STATEMENT, verified=True)):
        with pytest.raises(Refused, match=r"registry\.agent"):
            state(agent, applicant=row.pk, facts={"size": "micro"}, given=kind)
    with pytest.raises(NotFound):
        state(agent, applicant=firm("另一家").pk, facts={"size": "micro"}, given=own)


def test_another_district_changes_nothing() -> None:
    row = firm(division=WUCHANG)
    with pytest.raises(NotFound):
        state(officer(HONGSHAN), applicant=row.pk, facts={"size": "micro"}, given=source())
    with pytest.raises(Refused, match=r"registry\.role"):
        state(actor(Role.EXPERT), applicant=row.pk, facts={"size": "micro"}, given=source())
    assert row.versions.count() == 1


def test_no_version_is_changed_or_deleted_by_anybody() -> None:
    row = firm()
    for statement in (
        "UPDATE registry_recordversion SET payload = '{}'",
        "UPDATE registry_recordversion SET payload = NULL",
        "DELETE FROM registry_recordversion",
        "TRUNCATE registry_recordversion",
    ):
        with pytest.raises(ProgrammingError), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(statement)
    assert row.versions.get().payload


def test_a_version_is_of_an_applicant_and_of_a_provenance_that_exist() -> None:
    row = firm()
    source_ = Provenance.objects.get()
    for applicant, provenance in ((row.pk + 999, source_.pk), (row.pk, source_.pk + 999)):
        with pytest.raises(IntegrityError), transaction.atomic():
            RecordVersion.objects.create(
                applicant_id=applicant, type="year", key="y", number=1, payload={}, provenance_id=provenance
            )
    for query in ("DELETE FROM registry_applicant", "UPDATE registry_applicant SET id = id + 1"):
        with pytest.raises(IntegrityError), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(query)
    with pytest.raises(ProgrammingError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("DELETE FROM registry_provenance")


def test_the_owner_does_not_either(database: str) -> None:
    firm()
    for statement in (
        "UPDATE registry_recordversion SET payload = '{}'",
        "UPDATE registry_recordversion SET payload = NULL",
        "DELETE FROM registry_recordversion",
        "TRUNCATE registry_recordversion",
        "UPDATE registry_provenance SET source = 'x'",
    ):
        with pytest.raises(IntegrityError), connections["owner"].cursor() as cursor:
            cursor.execute(statement)
    assert RecordVersion.objects.get().payload


def test_lists_are_filtered_by_what_is_newest() -> None:
    row = firm("旧名", size="micro")
    state(officer(), applicant=row.pk, facts={"name": "新名"}, given=source())
    row.refresh_from_db()
    assert (row.kind, row.name, row.division) == ("enterprise", "新名", WUCHANG)


EVERY: Facts = {
    "approved": dt.date(2023, 5, 1), "completed": Absent.NONE, "fields": frozenset({"software", "finance_guarantee"}),
    "programme": "startup", "invested": 10**17, "on_time": False, "division": "420106", "role": "lead",
}  # fmt: skip


def test_facts_come_back_as_they_were() -> None:
    entity = shared_vocabulary().entities["project"]
    assert to_facts(entity, to_payload(entity, EVERY)) == EVERY
    home = shared_vocabulary().entities["home"]
    price: Facts = {"market_price": Fraction(1_000_000, 3)}
    assert to_facts(home, to_payload(home, price)) == price
    assert to_payload(home, price) == {"market_price": [1_000_000, 3]}


steps = st.lists(
    st.tuples(
        st.sampled_from(["y1", "y2"]),
        st.integers(0, 9),
        st.sampled_from([None, dt.date(2022, 1, 1), dt.date(2023, 1, 1), dt.date(2024, 1, 1)]),
        st.booleans(),
    ),
    min_size=1,
    max_size=7,
)


@settings(max_examples=20, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(steps)
def test_what_was_known_then_is_what_was_stated_by_then(
    steps: list[tuple[str, int, dt.date | None, bool]],
) -> None:
    """Against a model that copies everything it knew after each step."""
    with transaction.atomic():
        row = firm()
        days = [dt.date(2021, 6, 1), dt.date(2022, 6, 1), dt.date(2023, 6, 1), dt.date(2024, 6, 1)]
        knew: dict[dt.date, dict[str, int]] = {day: {} for day in days}
        spans: dict[str, list[tuple[dt.date | None, int | None]]] = {}
        seen = [(moment(), {day: dict(values) for day, values in knew.items()})]
        for key, value, since, gone in steps:
            alive = next(
                (v for start, v in reversed(spans.get(key, [])) if v is not None or start is None), None
            )
            if gone and alive is not None and (current := spans[key][-1])[1] is not None:
                withdraw(officer(), applicant=row.pk, type="year", key=key, given=source(), why="误")
                spans[key].append((current[0], None))
            else:
                last = spans.get(key, [(None, None)])[-1]
                year(row, value, key, 2020 + int(key[1:]), valid_from=since)
                start = since if since or last[1] is None else last[0]
                spans.setdefault(key, []).append((start, value))
            for day in days:
                counts = [v for start, v in spans[key] if start is None or start <= day]
                if counts and counts[-1] is not None:
                    knew[day][key] = counts[-1]
                else:
                    knew[day].pop(key, None)
            seen.append((moment(), {day: dict(values) for day, values in knew.items()}))
        versions = list(row.versions.all())
        for at, then in seen:
            for day, values in then.items():
                chosen = choose(versions, When(at, day))
                years = {
                    key: v.payload["revenue"]
                    for (kind, key), v in chosen.items()
                    if kind == "year" and v.payload
                }
                assert years == values
        at, then = seen[len(seen) // 2]
        asked = When(at, days[1])
        rows = counting([row.pk], asked).values_list("pk", flat=True)
        assert {version.pk for version in choose(versions, asked).values()} == set(rows)
        form = known(officer(), applicant=row.pk, at=at, day=days[1])
        assert {str(r["id"]): r["revenue"] for r in form.records.get("year", ())} == then[days[1]]
        transaction.set_rollback(True)


def test_the_source_says_where_it_comes_from() -> None:
    assert dt.date.today() > DAY
    with pytest.raises(Refused, match=r"registry\.future"):
        bad = source().__class__(Provenance.Kind.AUTHORITY, "x", dt.date(2999, 1, 1))
        state(officer(), applicant=firm().pk, facts={"size": "micro"}, given=bad)
    with pytest.raises(Refused, match=r"registry\.evidence"):
        bad = source().__class__(Provenance.Kind.AUTHORITY, "x", DAY, "scan.pdf")
        state(officer(), applicant=firm().pk, facts={"size": "micro"}, given=bad)
