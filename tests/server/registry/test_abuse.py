"""What somebody who means ill would try in the registry, and what stops them."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Any

import pytest
from django.db import connection, transaction
from django.db.utils import IntegrityError
from django.utils import timezone
from stdnum.cn import ric
from tests.server.registry.files import applied, refused_codes, uploaded, written
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

from duixian.register.applicant import Applicant as Form
from duixian.server.accounts.roles import Role
from duixian.server.common.acting import Actor
from duixian.server.common.refusals import Refused
from duixian.server.registry import exporting
from duixian.server.registry.exporting import export
from duixian.server.registry.models import Applicant, Erasure, Identifier, Provenance, Succession
from duixian.server.registry.models import Representative as Stands
from duixian.server.registry.selectors import bars, by_number
from duixian.server.registry.services.applicants import identify, register, represent
from duixian.server.registry.services.credit import flag, lift
from duixian.server.registry.services.merging import merge
from duixian.server.registry.services.payees import (
    close_payee,
    confirm_payee,
    decline_payee,
    propose_payee,
)
from duixian.server.registry.services.records import state, verify, withdraw
from duixian.server.registry.services.retention import erase
from duixian.server.registry.services.succession import succeed

Scheme = Identifier.Scheme
TODAY = timezone.localdate()
YESTERDAY = TODAY - dt.timedelta(days=1)


def barred(row: Applicant, key: str = "b", ends: dt.date | None = None, by: Actor | None = None) -> None:
    flag(
        by or officer(), applicant=row.pk, key=key, kind="barred", starts=DAY, ends=ends, given=given(), why="虚假"
    )  # fmt: skip


def agent_of(row: Applicant) -> Actor:
    return actor(Role.AGENT, code=row.identifiers.get().lookup)


# ---------------------------------------------------------------- flags and bars


def test_who_barred_does_not_lift_it_as_a_statement_or_a_withdrawal() -> None:
    row = firm()
    barred(row)
    with pytest.raises(Refused, match=r"registry\.sanction"):
        state(officer(), applicant=row.pk, type="sanction", key="b", facts={"ends": YESTERDAY}, given=given())
    for by, why in ((officer(), "same_person"), (officer(WUCHANG), "role")):
        with pytest.raises(Refused, match=rf"registry\.{why}"):
            withdraw(by, applicant=row.pk, type="sanction", key="b", given=given(), why="误录")
    assert bars(officer(), applicant=row.pk)
    withdraw(
        actor(Role.CITY_OFFICER, other=True), applicant=row.pk, type="sanction", key="b", given=given(), why="误录"
    )  # fmt: skip
    assert not bars(officer(), applicant=row.pk)


def test_a_verification_by_another_does_not_make_the_bar_anothers() -> None:
    row = firm()
    barred(row)
    verify(
        actor(Role.CITY_APPROVER), applicant=row.pk, type="sanction", key="b", fields=["ends"],
        given=given(verified=True),
    )  # fmt: skip
    with pytest.raises(Refused, match=r"registry\.same_person"):
        lift(officer(), applicant=row.pk, key="b", ends=YESTERDAY, given=given(), why="信用修复")


def test_who_opened_an_import_that_lifts_a_bar_does_not_confirm_it(tmp_path: Path) -> None:
    row = firm()
    barred(row)
    facts = {"kind": "enterprise", "uscc": row.identifiers.get().lookup}
    lifted = {"id": "b", "kind": "barred", "starts": DAY, "ends": YESTERDAY}
    batch = uploaded(written(tmp_path / "1.yaml", Form("a", facts, {"sanction": (lifted,)})))
    assert batch.counts["sanctions_changed"] == 1
    with pytest.raises(Refused, match=r"registry\.same_person"):
        applied(batch)
    assert bars(officer(), applicant=row.pk)
    assert applied(batch, actor(Role.CITY_OFFICER, other=True)).state == "applied"
    assert not bars(officer(), applicant=row.pk)


def test_a_bar_is_not_chosen_away_in_a_merger() -> None:
    kept = firm()
    absorbed = register(
        officer(), facts={"kind": "enterprise", "name": "旧条目", "division": WUCHANG}, given=given()
    )
    barred(kept)
    barred(absorbed, ends=YESTERDAY)
    for choice in ("absorbed", "kept"):
        with pytest.raises(Refused, match=r"registry\.choice"):
            merge(
                officer(), kept=kept.pk, absorbed=absorbed.pk, why="重复", choices={"sanction/b": choice}
            )  # fmt: skip
    merge(officer(), kept=kept.pk, absorbed=absorbed.pk, why="重复", choices={"sanction/b": "both"})
    assert [bar["key"] for bar in bars(officer(), applicant=kept.pk)] == ["b"]


@pytest.mark.parametrize(
    ("starts", "ends", "stands"),
    [(0, 0, True), (-5, 0, True), (0, 5, True), (-5, -1, False), (1, 5, False), (0, None, True)],
)
def test_both_days_of_a_bar_count(starts: int, ends: int | None, stands: bool) -> None:
    row = firm()
    day = dt.timedelta(days=1)
    until = None if ends is None else TODAY + ends * day
    flag(
        officer(), applicant=row.pk, key="b", kind="barred", starts=TODAY + starts * day, ends=until, given=given(),
        why="因",
    )  # fmt: skip
    assert bool(bars(officer(), applicant=row.pk)) is stands


# ---------------------------------------------------------------- who somebody is


def test_a_body_does_not_become_a_person_to_be_erased() -> None:
    row = firm()
    for facts, unknown in (({"kind": "person"}, ()), ({}, ("kind",))):
        with pytest.raises(Refused, match=r"registry\.kind"):
            state(officer(), applicant=row.pk, facts=facts, unknown=unknown, given=given())
    state(officer(), applicant=row.pk, facts={"kind": "institution"}, given=given())  # a correction
    with pytest.raises(Refused, match=r"registry\.kind"):
        state(officer(), applicant=person().pk, facts={"kind": "enterprise"}, given=given())


def test_what_has_a_credit_code_is_never_a_person(tmp_path: Path) -> None:
    facts: Any = {"kind": "person", "name": "某", "division": WUCHANG, "uscc": code()}
    with pytest.raises(Refused, match=r"registry\.not_a_person"):
        register(officer(), facts=facts, given=given())
    # An import may leave the kind out; it cannot be filled in as a person's later, and the database erases nothing.
    applied(uploaded(written(tmp_path / "1.yaml", Form("a", {"division": WUCHANG, "uscc": code()}))))
    row = Applicant.objects.get()
    with pytest.raises(Refused, match=r"registry\.kind"):
        state(officer(), applicant=row.pk, facts={"kind": "person"}, given=given())
    Applicant.objects.update(kind="person")
    with pytest.raises(IntegrityError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT registry_erase(%s)", [row.pk])
    assert refused_codes(written(tmp_path / "2.yaml", Form("p", facts))) == {"p": "person-code"}


def test_an_agent_does_not_rename_move_or_remake_its_applicant() -> None:
    row = firm("虚舟软件")
    agent, own = agent_of(row), given(Provenance.Kind.STATEMENT, "虚舟软件")
    for facts, unknown in (
        ({"name": "另一家"}, ()), ({"division": HONGSHAN}, ()), ({"kind": "institution"}, ()), ({}, ("name",)),
        ({}, ("division",)),
    ):  # fmt: skip
        with pytest.raises(Refused, match=r"registry\.agent"):
            state(agent, applicant=row.pk, facts=facts, unknown=unknown, given=own)
    state(agent, applicant=row.pk, facts={"name": "虚舟软件", "size": "micro"}, given=own)
    row.refresh_from_db()
    assert (row.name, row.division) == ("虚舟软件", WUCHANG)


# ---------------------------------------------------------------- numbers


def resident(born: dt.date) -> str:
    start = f"420106{born:%Y%m%d}123"
    return start + str(ric.calc_check_digit(start + "0"))


@pytest.mark.parametrize(
    "spelt",
    [
        RESIDENT.lower(),
        f" {RESIDENT[:6]} {RESIDENT[6:14]} {RESIDENT[14:]} ",
        "１１０１０５１９４９１２３１００２Ｘ",
    ],
)
def test_a_resident_number_names_one_person_however_it_is_written(spelt: str) -> None:
    first, second = person(), person()
    identify(officer(), applicant=first.pk, scheme=Scheme.RESIDENT, number=RESIDENT)
    with pytest.raises(Refused, match=r"registry\.taken"):
        identify(officer(), applicant=second.pk, scheme=Scheme.RESIDENT, number=spelt)
    assert by_number(officer(), scheme=Scheme.RESIDENT, number=spelt) == first


def test_an_issuer_does_not_make_one_number_two() -> None:
    first, second = person(), person()
    identify(officer(), applicant=first.pk, scheme=Scheme.RESIDENT, number=RESIDENT)
    with pytest.raises(Refused, match=r"registry\.issuer"):
        identify(officer(), applicant=second.pk, scheme=Scheme.RESIDENT, number=RESIDENT, issuer="x")
    identify(officer(), applicant=first.pk, scheme=Scheme.PASSPORT, number="E1234567", issuer="FRA")
    for issuer in ("fra", " FRA ", "ＦＲＡ"):
        with pytest.raises(Refused, match=r"registry\.taken"):
            identify(
                officer(), applicant=second.pk, scheme=Scheme.PASSPORT, number="Ｅ1234567", issuer=issuer
            )
    for issuer in ("", "法国", "FR"):
        with pytest.raises(Refused, match=r"registry\.issuer"):
            identify(officer(), applicant=second.pk, scheme=Scheme.PASSPORT, number="E1234567", issuer=issuer)
    with pytest.raises(IntegrityError), transaction.atomic():
        Identifier.objects.create(
            applicant=second, scheme="resident", issuer="x", lookup="0" * 64, shown="*", sealed=b"x"
        )


@pytest.mark.parametrize(
    "number",
    [
        resident(TODAY + dt.timedelta(days=1)),
        "110105491231002",  # the fifteen digits of before 1999
        "11010519490230002" + "1",
        "٣1010519491231002X",  # a digit, but not one of ours
    ],
)
def test_numbers_that_cannot_be_are_refused(number: str) -> None:
    with pytest.raises(Refused, match=r"registry\.number"):
        identify(officer(), applicant=person().pk, scheme=Scheme.RESIDENT, number=number)


def test_who_was_born_today_has_a_number() -> None:
    born = person()
    made = identify(officer(), applicant=born.pk, scheme=Scheme.RESIDENT, number=resident(TODAY))
    assert list(born.identifiers.all()) == [made]


@pytest.mark.parametrize("number", [RESIDENT, RESIDENT.lower(), "110105194912310021", "", "x" * 501])
def test_a_senders_number_is_no_identity_number_and_no_novel(number: str) -> None:
    with pytest.raises(Refused, match=r"registry\.number"):
        identify(officer(), applicant=firm().pk, scheme=Scheme.OWN, number=number, issuer="区")


# ---------------------------------------------------------------- money


def test_no_account_is_held_by_nobody() -> None:
    with pytest.raises(Refused, match=r"registry\.holder"):
        propose_payee(
            officer(), applicant=firm().pk, holder="", bank="某行", number="11112222333", why="首次"
        )  # fmt: skip


def test_an_applicant_without_a_name_gets_no_account(tmp_path: Path) -> None:
    applied(uploaded(written(tmp_path / "1.yaml", Form("a", {"kind": "enterprise", "division": WUCHANG}))))
    with pytest.raises(Refused, match=r"registry\.holder"):
        propose_payee(
            officer(), applicant=Applicant.objects.get().pk, holder="谁", bank="某行", number="11112222333", why="首"
        )  # fmt: skip


# ---------------------------------------------------------------- erasure


def erased(row: Applicant) -> Erasure:
    return erase(
        actor(Role.CITY_APPROVER), applicant=row.pk, ground=Erasure.Ground.REQUEST, document="申请1号"
    )


def test_a_barred_person_is_not_rid_of_it_by_being_erased() -> None:
    row = person()
    barred(row, ends=TODAY)
    with pytest.raises(Refused, match=r"registry\.open_matter"):
        erased(row)
    other = person()
    barred(other, ends=YESTERDAY)
    erased(other)


def test_nobody_is_erased_who_stands_for_somebody() -> None:
    row, human = firm(), person()
    represent(officer(), applicant=row.pk, person=human.pk, role=Stands.Role.LEGAL, since=DAY, given=given())
    with pytest.raises(Refused, match=r"registry\.open_matter") as refused:
        erased(human)
    assert row.number in refused.value.why.zh
    represent(
        officer(), applicant=row.pk, person=person().pk, role=Stands.Role.LEGAL, since=TODAY, given=given()
    )
    erased(human)


def test_nobody_is_erased_to_whom_money_can_come() -> None:
    row, approver = person("张三"), actor(Role.FINANCE_APPROVER)
    account: dict[str, Any] = {"holder": "张三", "bank": "某行", "number": "622200001111", "why": "首次"}
    made = propose_payee(officer(), applicant=row.pk, **account)
    with pytest.raises(Refused, match=r"registry\.open_matter"):
        erased(row)
    decline_payee(approver, account=made.pk, why="不符")
    made = propose_payee(officer(), applicant=row.pk, **account)
    confirm_payee(approver, account=made.pk)
    with pytest.raises(Refused, match=r"registry\.open_matter"):
        erased(row)
    close_payee(approver, account=made.pk, why="结清")
    erased(row)


# ---------------------------------------------------------------- succession


def test_a_body_that_was_merged_or_split_away_does_nothing_more() -> None:
    one, two, new = firm("甲"), firm("乙"), firm("丙")
    succeed(
        officer(), kind=Succession.Kind.MERGED, before=[one.pk, two.pk], after=[new.pk], on=DAY, document="合并",
        given=given(),
    )  # fmt: skip
    later: dict[str, Any] = {"on": DAY + dt.timedelta(days=1), "document": "文", "given": given()}
    for kind, before, after in (
        (Succession.Kind.RENAMED, [one.pk], [one.pk]),
        (Succession.Kind.SPLIT, [new.pk], [one.pk, two.pk]),  # round in a circle
        (Succession.Kind.DEREGISTERED, [two.pk], []),
    ):
        with pytest.raises(Refused, match=r"registry\.gone"):
            succeed(officer(), kind=kind, before=before, after=after, name="新名", **later)
    succeed(
        officer(), kind=Succession.Kind.SPLIT, before=[new.pk], after=[new.pk, firm("丁").pk], **later
    )  # it lives on
    succeed(officer(), kind=Succession.Kind.RENAMED, before=[new.pk], after=[new.pk], name="丙二", **later)


# ---------------------------------------------------------------- exports


def test_an_export_that_fails_leaves_no_part_of_the_register(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    person("张三")
    path = tmp_path / "register.parquet"
    export(officer(), path=path, personal=True)
    assert path.stat().st_mode & 0o777 == 0o600
    before = path.read_bytes()

    def cut(*_: object) -> object:
        raise OSError("disk full")

    monkeypatch.setattr(exporting, "to_arrow", cut)
    with pytest.raises(OSError, match="disk full"):
        export(officer(), path=path, personal=True)
    assert path.read_bytes() == before
    assert [each.name for each in tmp_path.iterdir()] == ["register.parquet"]
