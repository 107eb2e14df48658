"""Two entries as one, and apart again exactly as they were; consortia."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.server.registry.office import WUCHANG, actor, firm, officer
from tests.server.registry.office import given as source

from duixian.register.applicant import Applicant as Form
from duixian.register.applicant import Facts
from duixian.server.accounts.roles import Role
from duixian.server.common.refusals import Refused
from duixian.server.registry.exporting import forms
from duixian.server.registry.models import Applicant, Identifier
from duixian.server.registry.selectors import by_number, dossier, known
from duixian.server.registry.services.applicants import identify, register
from duixian.server.registry.services.consortia import form_consortium
from duixian.server.registry.services.merging import merge, undo_merge
from duixian.server.registry.services.payees import close_payee, confirm_payee, propose_payee
from duixian.server.registry.services.records import state, withdraw


def twin(name: str = "虚舟软件（旧条目）", **facts: Any) -> Applicant:
    """An entry of the same kind without a code."""
    own: Facts = {"kind": "enterprise", "name": name, "division": WUCHANG, **facts}
    return register(officer(), facts=own, given=source())


def put(row: Applicant, type: str, key: str, **facts: Any) -> None:
    state(officer(), applicant=row.pk, type=type, key=key, facts=facts, given=source())


def exported() -> list[Form]:
    return [form for some in forms(officer(), personal=True) for form in some]


def records(row: Applicant, type: str) -> dict[str, Facts]:
    return {str(each["id"]): each for each in known(officer(), applicant=row.pk).records.get(type, ())}


def test_records_of_both_are_read_as_one() -> None:
    kept, absorbed = firm(), twin(size="micro")
    put(kept, "year", "y2023", year=2023, revenue=1)
    put(absorbed, "year", "y2022", year=2022, revenue=2)
    merge(officer(), kept=kept.pk, absorbed=absorbed.pk, why="重复建档")
    form = known(officer(), applicant=kept.pk)
    assert form.facts["name"] == "虚舟软件"
    assert form.facts["size"] == "micro"  # known only of the other
    assert set(records(kept, "year")) == {"y2022", "y2023"}
    assert [form.id for form in exported()] == [kept.number]
    with pytest.raises(Refused, match=r"registry\.merged"):
        put(absorbed, "year", "y2021", year=2021)


def test_a_record_that_differs_needs_a_choice() -> None:
    kept, absorbed = firm(), twin()
    for row, revenue in ((kept, 1), (absorbed, 2)):
        put(row, "year", "y", year=2023, revenue=revenue)
        put(row, "incident", "same", kind="safety")
    for choices, why in (
        ({}, "choose"),
        ({"year/y": "mine"}, "choice"),
        ({"year/y": "kept", "year/z": "kept"}, "choice"),
    ):
        with pytest.raises(Refused, match=rf"registry\.{why}"):
            merge(officer(), kept=kept.pk, absorbed=absorbed.pk, why="重复", choices=choices)
    for choice, revenue in (("kept", 1), ("absorbed", 2)):
        made = merge(officer(), kept=kept.pk, absorbed=absorbed.pk, why="重复", choices={"year/y": choice})
        assert records(kept, "year")["y"]["revenue"] == revenue
        undo_merge(officer(), merger=made.pk, why="弄错")


def test_two_things_with_one_id_are_both_kept_and_followed() -> None:
    kept, absorbed = firm(), twin()
    for row, cost in ((kept, 1), (absorbed, 2)):
        put(row, "platform", "p", kind="open_source", build_cost=cost)
        put(row, "platform_year", "p23", platform="p", year=2023)
    merge(officer(), kept=kept.pk, absorbed=absorbed.pk, why="重复", choices={"platform/p": "both"})
    other = f"p@{absorbed.number}"
    assert {key: each["build_cost"] for key, each in records(kept, "platform").items()} == {"p": 1, other: 2}
    years = {key: each["platform"] for key, each in records(kept, "platform_year").items()}
    assert years == {"p23": "p", f"p23@{absorbed.number}": other}


def test_what_is_learnt_after_a_merger_is_of_the_entry_that_was_kept() -> None:
    kept, absorbed = firm(), twin()
    for row in (kept, absorbed):
        put(row, "year", "y", year=2023, revenue=1 if row is kept else 2)
    put(absorbed, "year", "old", year=2020, revenue=5, headcount=3)
    made = merge(officer(), kept=kept.pk, absorbed=absorbed.pk, why="重复", choices={"year/y": "absorbed"})
    put(kept, "year", "y", revenue=9)
    put(kept, "year", "old", revenue=6)
    withdraw(officer(), applicant=kept.pk, type="year", key="y", given=source(), why="误")
    assert {key: (each["revenue"], each.get("headcount")) for key, each in records(kept, "year").items()} == {
        "old": (6, 3)
    }
    undo_merge(officer(), merger=made.pk, why="弄错")
    assert {key: each["revenue"] for key, each in records(absorbed, "year").items()} == {"y": 2, "old": 5}
    assert {key: each["revenue"] for key, each in records(kept, "year").items()} == {"old": 6}


def test_a_list_is_whole_only_if_one_of_the_two_has_every_record() -> None:
    kept, absorbed = firm(), twin()
    state(officer(), applicant=kept.pk, facts={}, complete=["year", "incident"], given=source())
    put(kept, "year", "y2023", year=2023)
    put(absorbed, "year", "y2022", year=2022)
    merge(officer(), kept=kept.pk, absorbed=absorbed.pk, why="重复")
    assert known(officer(), applicant=kept.pk).complete == {"incident"}


def test_one_fiscal_year_is_one_whatever_its_id() -> None:
    kept, absorbed = firm(), twin()
    put(kept, "year", "y2023", year=2023, revenue=1)
    put(absorbed, "year", "2023", year=2023, revenue=2)
    for row in (kept, absorbed):
        state(officer(), applicant=row.pk, facts={}, complete=["year"], given=source())
    with pytest.raises(Refused, match=r"registry\.twin_record"):
        put(kept, "year", "fy", year=2023)
    for choices, why in (({}, "choose"), ({"year/2023": "both"}, "choice")):
        with pytest.raises(Refused, match=rf"registry\.{why}"):
            merge(officer(), kept=kept.pk, absorbed=absorbed.pk, why="重复", choices=choices)
    for choice, wanted in (("kept", {"y2023": 1}), ("absorbed", {"2023": 2})):
        made = merge(officer(), kept=kept.pk, absorbed=absorbed.pk, why="重复", choices={"year/2023": choice})
        assert {key: each["revenue"] for key, each in records(kept, "year").items()} == wanted
        assert known(officer(), applicant=kept.pk).complete == {"year"}
        undo_merge(officer(), merger=made.pk, why="弄错")


def test_two_bodies_with_codes_are_not_one() -> None:
    kept, absorbed = firm("甲"), firm("乙")
    with pytest.raises(Refused, match=r"registry\.codes"):
        merge(officer(), kept=kept.pk, absorbed=absorbed.pk, why="重复")
    with pytest.raises(Refused, match=r"registry\.same"):
        merge(officer(), kept=kept.pk, absorbed=kept.pk, why="重复")
    human = register(officer(), facts={"kind": "person", "name": "张三", "division": WUCHANG}, given=source())
    with pytest.raises(Refused, match=r"registry\.kinds"):
        merge(officer(), kept=kept.pk, absorbed=human.pk, why="重复")
    with pytest.raises(Refused, match=r"registry\.role"):
        merge(officer(WUCHANG), kept=kept.pk, absorbed=twin().pk, why="重复")


def test_mergers_are_undone_in_turn_and_numbers_lead_to_who_was_kept() -> None:
    top, middle, bottom = firm("顶"), twin("中"), twin("底")
    put(bottom, "year", "y", year=2020)
    number: dict[str, Any] = {"scheme": Identifier.Scheme.OWN, "issuer": "区", "number": "7"}
    identify(officer(), applicant=bottom.pk, **number)
    first = merge(officer(), kept=middle.pk, absorbed=bottom.pk, why="重复")
    with pytest.raises(Refused, match=r"registry\.keep_other"):
        merge(officer(), kept=middle.pk, absorbed=top.pk, why="重复")
    second = merge(officer(), kept=top.pk, absorbed=middle.pk, why="重复")
    assert by_number(officer(), **number) == top
    assert set(records(top, "year")) == {"y"}
    with pytest.raises(Refused, match=r"registry\.later_first"):
        undo_merge(officer(), merger=first.pk, why="弄错")
    undo_merge(officer(), merger=second.pk, why="弄错")
    undo_merge(officer(), merger=first.pk, why="弄错")
    with pytest.raises(Refused, match=r"registry\.undone"):
        undo_merge(officer(), merger=first.pk, why="弄错")
    assert not records(middle, "year")


def test_one_person_does_not_lead_money_elsewhere_by_a_merger() -> None:
    kept, absorbed, approver = firm(), twin(), actor(Role.FINANCE_APPROVER)
    accounts = []
    for row, number in ((kept, "11112222333"), (absorbed, "44445555666")):
        accounts.append(
            propose_payee(
                officer(), applicant=row.pk, holder=row.name, bank="某行", number=number, why="首次"
            )
        )
    for account in accounts:
        with pytest.raises(Refused, match=r"registry\.payee"):
            merge(officer(), kept=kept.pk, absorbed=absorbed.pk, why="重复")
        confirm_payee(approver, account=account.pk)
    with pytest.raises(Refused, match=r"registry\.payee"):
        merge(officer(), kept=kept.pk, absorbed=absorbed.pk, why="重复")
    close_payee(approver, account=accounts[1].pk, why="并入")
    merge(officer(), kept=kept.pk, absorbed=absorbed.pk, why="重复")
    found = dossier(officer(), applicant=kept.pk).payee_accounts
    assert [(each.pk, each.applicant_id, each.state) for each in found] == [
        (accounts[0].pk, kept.pk, "active"), (accounts[1].pk, absorbed.pk, "closed"),
    ]  # fmt: skip


values = st.integers(0, 3)
keys = st.sampled_from(["a", "b", "c"])
contents = st.fixed_dictionaries(
    {},
    optional={
        "own": st.fixed_dictionaries({}, optional={"size": st.sampled_from(["micro", "small"])}),
        "years": st.dictionaries(keys, values, max_size=3),
        "platforms": st.dictionaries(keys, values, max_size=3),
        "complete": st.lists(st.sampled_from(["year", "platform", "incident"]), max_size=3, unique=True),
    },
)  # fmt: skip


def fill(row: Applicant, content: dict[str, Any]) -> None:
    whole = content.get("complete", [])
    state(officer(), applicant=row.pk, facts=content.get("own", {}), complete=whole, given=source())
    for key, revenue in content.get("years", {}).items():
        put(row, "year", key, year=2000 + ord(key), revenue=revenue)
    for key, cost in content.get("platforms", {}).items():
        put(row, "platform", key, kind="open_source", build_cost=cost)
        put(row, "platform_year", key, platform=key, year=2023)


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(contents, contents, st.sampled_from(["kept", "absorbed", "both"]))
def test_to_merge_and_to_undo_it_changes_nothing(
    one: dict[str, Any], other: dict[str, Any], choice: str
) -> None:
    with transaction.atomic():
        kept, absorbed = firm(), twin()
        fill(kept, one)
        fill(absorbed, other)
        before = exported()
        choices: dict[str, str] = {}
        try:
            made = merge(officer(), kept=kept.pk, absorbed=absorbed.pk, why="重复")
        except Refused as refused:
            listed = refused.why.en.rpartition("both): ")[2].split(", ")
            years = "kept" if choice == "both" else choice  # of a fiscal year there is one
            choices = {slot: years if slot.startswith("year/") else choice for slot in listed}
            made = merge(officer(), kept=kept.pk, absorbed=absorbed.pk, why="重复", choices=choices)
        (together,) = exported()
        for type, here in (("year", "years"), ("platform", "platforms")):
            wanted = set(one.get(here, {})) | set(other.get(here, {}))
            both = {
                slot.partition("/")[2]
                for slot, chosen in choices.items()
                if slot.startswith(f"{type}/") and chosen == "both"
            }
            found = {str(each["id"]) for each in together.records.get(type, ())}
            assert found == wanted | {f"{key}@{absorbed.number}" for key in both}
        undo_merge(officer(), merger=made.pk, why="弄错")
        assert exported() == before
        transaction.set_rollback(True)


def test_a_consortium_shares_the_records_id() -> None:
    lead, member = firm("牵头"), firm("参与")
    put(lead, "project", "p1", programme="open_challenge", invested=100)
    shared: dict[str, Any] = {
        "name": "某联合体",
        "lead": lead.pk,
        "members": [member.pk],
        "document": "联合体协议",
    }
    form_consortium(officer(), **shared, key="p1", given=source())
    mine, theirs = (records(row, "project")["p1"] for row in (lead, member))
    assert mine == {"id": "p1", "programme": "open_challenge", "invested": 100, "role": "lead"}
    assert theirs == {"id": "p1", "programme": "open_challenge", "role": "member"}  # not the lead's money
    (place,) = dossier(officer(), applicant=member.pk).consortia
    assert (place.role, place.consortium.name) == ("member", "某联合体")
    for wrong in (
        {"members": []}, {"members": [lead.pk]}, {"members": [member.pk, member.pk]}, {"document": ""},
    ):  # fmt: skip
        with pytest.raises(Refused, match=r"registry\.members"):
            form_consortium(officer(), **shared | wrong, key="p1", given=source())
    with pytest.raises(Refused, match=r"registry\.no_record"):
        form_consortium(officer(), **shared, key="p2", given=source())
    with pytest.raises(Refused, match=r"registry\.type"):
        form_consortium(officer(), **shared, type="year", key="p1", given=source())
