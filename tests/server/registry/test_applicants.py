"""Entering applicants, the numbers they go by, who stands for them, what becomes of them in law."""

from __future__ import annotations

import datetime as dt

import pytest
from django.db import connection, transaction
from django.db.utils import IntegrityError
from django.test import override_settings
from tests.server.registry.office import (
    DAY,
    HONGSHAN,
    RESIDENT,
    WUCHANG,
    actor,
    code,
    firm,
    given,
    officer,
    person,
)

from duixian.server.accounts.roles import Role
from duixian.server.audit.models import Event
from duixian.server.common.refusals import NotFound, Refused
from duixian.server.common.sealing import CannotOpen, lookup, seal, unseal
from duixian.server.registry.models import Applicant, Identifier, Representative, Succession
from duixian.server.registry.selectors import (
    bars,
    by_number,
    division_name,
    divisions_below,
    dossier,
    known,
    search,
    succession,
)
from duixian.server.registry.services.applicants import identify, register, represent
from duixian.server.registry.services.credit import flag, lift
from duixian.server.registry.services.succession import succeed

Scheme = Identifier.Scheme


def test_a_firm_is_found_by_its_code_and_its_name() -> None:
    row = firm("武汉虚舟软件有限公司（虚构）")
    number = row.identifiers.get().lookup
    assert by_number(officer(), scheme=Scheme.USCC, number=number.lower()) == row
    assert search(officer(), text=number) == search(officer(), text="虚舟") == [row]
    assert search(officer(), text="软件有限公司(虚构)") == [row]
    assert search(officer(), text="别家") == search(officer(), text=" ") == search(officer(), text="%") == []
    with pytest.raises(NotFound):
        by_number(officer(HONGSHAN), scheme=Scheme.USCC, number=number)
    assert search(officer(HONGSHAN), text="虚舟") == []


def test_a_number_belongs_to_one_applicant() -> None:
    first = firm()
    taken = first.identifiers.get().lookup
    with pytest.raises(Refused, match=r"registry\.taken"):
        register(
            officer(),
            facts={"kind": "enterprise", "name": "另", "division": WUCHANG, "uscc": taken},
            given=given(),
        )
    assert Applicant.objects.count() == 1
    with pytest.raises(Refused, match=r"registry\.second_code"):
        identify(officer(), applicant=first.pk, scheme=Scheme.USCC, number=code())
    with pytest.raises(IntegrityError), transaction.atomic():
        other = Applicant.objects.create()
        Identifier.objects.create(applicant=other, scheme="uscc", lookup=taken, shown=taken)


def test_a_code_is_kept_in_capitals_without_spaces() -> None:
    number = code()
    typed = f" {number[:2].lower()} {number[2:].lower()}"
    facts = {"kind": "enterprise", "name": "某公司", "division": WUCHANG, "uscc": typed}
    row = register(officer(), facts=facts, given=given())
    assert row.identifiers.get().lookup == known(officer(), applicant=row.pk).facts["uscc"] == number


def test_a_code_that_comes_later_is_a_fact_too() -> None:
    facts = {"kind": "nonprofit", "name": "某中心", "division": WUCHANG}
    row = register(officer(), facts=facts, given=given())
    number = code()
    identify(officer(), applicant=row.pk, scheme=Scheme.USCC, number=number, given=given())
    assert known(officer(), applicant=row.pk).facts["uscc"] == number


@pytest.mark.parametrize("number", [RESIDENT, RESIDENT.lower(), " 110105 19491231 002x "])
def test_a_persons_number_is_encrypted_masked_and_found(number: str) -> None:
    row = person()
    kept = identify(officer(), applicant=row.pk, scheme=Scheme.RESIDENT, number=number)
    assert kept.shown == "1101************2X"
    assert kept.sealed is not None and RESIDENT.encode() not in bytes(kept.sealed)
    assert unseal(bytes(kept.sealed), Scheme.RESIDENT) == RESIDENT
    assert by_number(officer(), scheme=Scheme.RESIDENT, number=RESIDENT) == row
    with connection.cursor() as cursor:
        for query in (
            "SELECT count(*) FROM registry_identifier t WHERE t::text LIKE '%%' || %s || '%%'",
            "SELECT count(*) FROM audit_event t WHERE t::text LIKE '%%' || %s || '%%'",
        ):
            cursor.execute(query, [RESIDENT])
            assert cursor.fetchone() == (0,)


@pytest.mark.parametrize(
    ("scheme", "number"),
    [
        (Scheme.RESIDENT, "110105194912310021"),  # check digit
        (Scheme.RESIDENT, "110105194902310024"),  # 31 February
        (Scheme.RESIDENT, "11010519491231002"),
        (Scheme.PASSPORT, "E1!"),
    ],
)
def test_a_wrong_number_is_refused_and_not_told_to_the_log(scheme: Identifier.Scheme, number: str) -> None:
    row = person()
    with pytest.raises(Refused, match=r"registry\.number") as refused:
        identify(officer(), applicant=row.pk, scheme=scheme, number=number)
    assert number not in refused.value.why.zh + refused.value.why.en
    event = Event.objects.get(refusal="registry.number")
    assert number not in f"{event.before}{event.after}{event.why}"


def test_papers_are_for_persons_and_codes_for_bodies() -> None:
    for row, scheme, number in ((firm(), Scheme.RESIDENT, RESIDENT), (person(), Scheme.USCC, code())):
        with pytest.raises(Refused, match=r"registry\.not_a_person"):
            identify(officer(), applicant=row.pk, scheme=scheme, number=number)


def test_a_passport_is_known_by_country_and_number() -> None:
    row = person("John")
    identify(officer(), applicant=row.pk, scheme=Scheme.PASSPORT, number="e1234567", issuer="FRA")
    assert by_number(officer(), scheme=Scheme.PASSPORT, number="E1234567", issuer="FRA") == row
    with pytest.raises(NotFound):
        by_number(officer(), scheme=Scheme.PASSPORT, number="E1234567", issuer="DEU")


def test_another_key_opens_nothing() -> None:
    with override_settings(FIELD_KEY="k" * 40):
        sealed, found = seal("62220000", "payee"), lookup("62220000", "payee")
        assert seal("62220000", "payee") != sealed
        assert lookup("62220000", "resident") != found
        with pytest.raises(CannotOpen):
            unseal(sealed, "resident")
        with pytest.raises(CannotOpen):
            unseal(sealed[:-1] + bytes([sealed[-1] ^ 1]), "payee")
    with override_settings(FIELD_KEY="l" * 40):
        assert lookup("62220000", "payee") != found
        with pytest.raises(CannotOpen):
            unseal(sealed, "payee")


def test_an_officer_enters_what_lies_in_the_district() -> None:
    facts = {"kind": "enterprise", "name": "某", "division": HONGSHAN}
    with pytest.raises(Refused, match=r"registry\.outside"):
        register(officer(WUCHANG), facts=facts, given=given())
    assert not Applicant.objects.exists()
    assert register(officer(HONGSHAN), facts=facts, given=given()).division == HONGSHAN


def test_a_team_answers_through_a_person() -> None:
    team = register(officer(), facts={"kind": "team", "name": "某团队", "division": WUCHANG}, given=given())
    one, two = person("甲"), person("乙")
    role, legal = Representative.Role.RESPONSIBLE, Representative.Role.LEGAL
    represent(
        officer(), applicant=team.pk, person=one.pk, role=role, since=dt.date(2023, 1, 1), given=given()
    )
    represent(
        officer(), applicant=team.pk, person=two.pk, role=role, since=dt.date(2024, 1, 1), given=given()
    )
    found = dossier(officer(), applicant=team.pk).representatives
    assert [(each.person, each.until) for each in found] == [(two, None), (one, dt.date(2023, 12, 31))]
    with pytest.raises(Refused, match=r"registry\.representative"):
        represent(
            officer(),
            applicant=team.pk,
            person=one.pk,
            role=legal,
            since=DAY,
            given=given(),
        )
    with pytest.raises(Refused, match=r"registry\.times"):
        represent(
            officer(), applicant=team.pk, person=one.pk, role=role, since=dt.date(2023, 5, 1), given=given()
        )
    with pytest.raises(Refused, match=r"registry\.representative"):
        represent(
            officer(),
            applicant=firm().pk,
            person=firm().pk,
            role=legal,
            since=DAY,
            given=given(),
        )


def test_a_renamed_firm_is_found_by_its_old_name() -> None:
    row = firm("武汉旧名有限公司")
    change = {
        "kind": Succession.Kind.RENAMED,
        "before": [row.pk],
        "after": [row.pk],
        "document": "变更通知书",
    }
    succeed(officer(), **change, on=DAY, given=given(), name="武汉新名有限公司")
    assert search(officer(), text="武汉旧名") == search(officer(), text="新名") == [row]
    found = dossier(officer(), applicant=row.pk)
    assert found.names == ["武汉新名有限公司", "武汉旧名有限公司"]
    assert (
        known(officer(), applicant=row.pk, day=DAY - dt.timedelta(days=1)).facts["name"] == "武汉旧名有限公司"
    )
    assert [party.succession.document for party in found.successions] == ["变更通知书"] * 2


def test_who_follows_whom() -> None:
    a, b, c, d = firm("甲"), firm("乙"), firm("丙"), firm("丁")
    merged = {"kind": Succession.Kind.MERGED, "before": [a.pk, b.pk], "after": [c.pk], "document": "合并协议"}
    succeed(officer(), **merged, on=DAY, given=given())
    split = {"kind": Succession.Kind.SPLIT, "before": [c.pk], "after": [c.pk, d.pk], "document": "分立决定"}
    succeed(officer(), **split, on=DAY + dt.timedelta(days=1), given=given())
    assert succession(officer(), applicant=a.pk) == ([], [c.pk, d.pk])
    assert succession(officer(), applicant=d.pk) == ([a.pk, b.pk, c.pk], [])


@pytest.mark.parametrize(
    ("kind", "before", "after", "why"),
    [
        ("merged", 1, 1, "parties"),
        ("split", 1, 1, "parties"),
        ("deregistered", 1, 1, "parties"),
        ("renamed", 1, 1, "name"),
    ],
)
def test_a_succession_has_its_parties(kind: str, before: int, after: int, why: str) -> None:
    rows = [firm(str(number)).pk for number in range(before + after)]
    with pytest.raises(Refused, match=rf"registry\.{why}"):
        succeed(
            officer(), kind=Succession.Kind(kind), before=rows[:before], after=rows[before:], on=DAY, document="文",
            given=given(), name="名",
        )  # fmt: skip


def test_a_deregistered_body_has_no_later_succession() -> None:
    row = firm()
    gone = {"kind": Succession.Kind.DEREGISTERED, "before": [row.pk], "after": [], "document": "注销通知书"}
    succeed(officer(), **gone, on=DAY, given=given())
    with pytest.raises(Refused, match=r"registry\.gone"):
        succeed(officer(), **gone, on=DAY, given=given())


def test_a_bar_is_a_fact_for_the_engine_until_it_ends() -> None:
    row = firm()
    start, end = dt.date(2023, 1, 1), dt.date(2025, 12, 31)
    bar = {
        "applicant": row.pk,
        "key": "bar-1",
        "kind": "barred",
        "starts": start,
        "given": given(),
        "why": "虚假申报",
    }
    flag(officer(), **bar, ends=end)
    (fact,) = known(officer(), applicant=row.pk).records["sanction"]
    assert fact == {"id": "bar-1", "kind": "barred", "starts": start, "ends": end}
    assert [len(bars(officer(), applicant=row.pk, day=day)) for day in (start, end)] == [1, 1]
    assert not bars(officer(), applicant=row.pk, day=end + dt.timedelta(days=1))
    assert not bars(officer(), applicant=row.pk, day=start - dt.timedelta(days=1))
    with pytest.raises(Refused, match=r"registry\.flagged"):
        flag(officer(), **bar, ends=end)
    lifted = {
        "applicant": row.pk,
        "key": "bar-1",
        "ends": dt.date(2024, 1, 1),
        "given": given(),
        "why": "信用修复",
    }
    with pytest.raises(Refused, match=r"registry\.same_person"):
        lift(officer(), **lifted)
    lift(actor(Role.CITY_APPROVER), **lifted)
    assert not bars(officer(), applicant=row.pk, day=dt.date(2024, 1, 2))
    with pytest.raises(Refused, match=r"registry\.dates"):
        lift(actor(Role.CITY_APPROVER, other=True), **lifted | {"ends": dt.date(2022, 1, 1)})


def test_an_open_bar_has_no_end() -> None:
    row = firm()
    bar = {"applicant": row.pk, "key": "s", "kind": "serious_dishonesty", "starts": DAY, "why": "名单"}
    flag(officer(), **bar, ends=None, given=given())
    assert bars(officer(), applicant=row.pk, day=dt.date(2999, 1, 1))


def test_everything_of_one_applicant_in_few_queries(django_assert_max_num_queries: object) -> None:
    row = firm()
    other, third = firm("乙"), firm("丙")
    for key in range(20):
        bar = {"applicant": row.pk, "key": f"s{key}", "kind": "barred", "starts": DAY, "why": "因"}
        flag(officer(), **bar, ends=None, given=given())
    change = {
        "kind": Succession.Kind.MERGED,
        "before": [row.pk, other.pk],
        "after": [third.pk],
        "document": "文",
    }
    succeed(officer(), **change, on=DAY, given=given())
    with django_assert_max_num_queries(10):  # type: ignore[operator]
        found = dossier(officer(), applicant=row.pk)
        assert len(found.form().records["sanction"]) == 20
        assert found.successions[0].succession.document == "文"
        assert found.sources(
            ("sanction", "s7"), __import__("duixian.server.registry.versions", fromlist=["When"]).When.now()
        )


def test_divisions_have_their_times() -> None:
    assert division_name("510116") == "双流区"
    assert division_name("510122", 2014) == "双流县"
    assert division_name("510122", 2020) == ""
    assert division_name("430104", 1990) == "西区"
    assert division_name("430104", 2000) == "岳麓区"
    assert len(divisions_below("420100")) == 13
    assert len(divisions_below("510000")) == 21  # Chengdu itself and its 20
    assert len(divisions_below("430100")) == 9
