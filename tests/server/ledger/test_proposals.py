"""Who may ask for a movement of money and who agree to it, and what must be right about what is asked."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import date

import pytest
from tests.server.ledger.books import HERE, THERE, YESTERDAY, Books, person
from tests.server.ledger.refusals import refused

from duixian.server.accounts.roles import Role
from duixian.server.audit.models import Event
from duixian.server.common.acting import Actor
from duixian.server.common.money import LARGEST
from duixian.server.common.refusals import NotFound, Refused
from duixian.server.ledger.models import Decision, Entry, Line, Proposal
from duixian.server.ledger.moves import MOVES
from duixian.server.ledger.selectors import undecided
from duixian.server.ledger.services import (
    close_year,
    confirm,
    decline,
    name_award,
    open_year,
    propose,
    propose_reversal,
)
from duixian.server.ledger.services.proposing import Asked

# Two people


def test_who_proposes_does_not_confirm(funded: Books) -> None:
    both = funded.actors[Role.FINANCE_CLERK].person
    asked = funded.propose("surrender", 5)
    with refused("ledger.same_person"):
        confirm(Actor(Role.FINANCE_APPROVER, both, funded.fund), proposal=asked.id)
    assert not Decision.objects.filter(proposal=asked).exists()


def test_a_declined_proposal_stays_declined(funded: Books) -> None:
    asked = funded.propose("surrender", 5)
    approver = funded.confirmer("surrender")
    with refused("ledger.no_reason"):
        decline(approver, proposal=asked.id, why="")
    first = decline(approver, proposal=asked.id, why="金额有误")
    assert decline(approver, proposal=asked.id, why="金额有误") == first
    with refused("ledger.declined"):
        confirm(approver, proposal=asked.id)
    with refused("ledger.declined"):
        decline(funded.proposer("surrender"), proposal=asked.id, why="撤回")
    assert funded.kinds() == {"appropriation": 100_000, "available": 100_000}


def test_a_confirmed_proposal_is_not_answered_again(funded: Books) -> None:
    asked = funded.propose("surrender", 5)
    approver = funded.confirmer("surrender")
    entry = confirm(approver, proposal=asked.id)
    assert confirm(approver, proposal=asked.id) == entry  # a retry after a lost answer
    with refused("ledger.confirmed"):
        confirm(Actor(Role.FINANCE_APPROVER, person("other").id, funded.fund), proposal=asked.id)
    with refused("ledger.confirmed"):
        decline(approver, proposal=asked.id, why="后悔")
    assert Entry.objects.filter(decision__proposal=asked).count() == 1
    with pytest.raises(Refused):  # one's own, but the money has moved
        decline(funded.proposer("surrender"), proposal=asked.id, why="撤回")


def test_one_may_take_ones_own_proposal_back(funded: Books) -> None:
    asked = funded.propose("surrender", 5)
    assert list(undecided(funded.confirmer("surrender"))) == [asked]
    decline(funded.proposer("surrender"), proposal=asked.id, why="填错")
    assert not undecided(funded.confirmer("surrender"))


@pytest.mark.parametrize("code", sorted(MOVES))
def test_each_move_is_asked_for_and_agreed_to_by_its_own_roles_only(funded: Books, code: str) -> None:
    """Every move × every role, before anything else is looked at."""
    move = MOVES[code]
    for role in Role:
        by = Actor(role, person(f"p-{role}").id)
        asked = Asked(move=code, envelope=funded.envelope.id, amount_fen=0)
        with pytest.raises(Refused) as caught:
            propose(by, key="k", asked=asked, why="w")
        assert (caught.value.code == "ledger.role") == (role not in move.proposed_by)
    assert not move.proposed_by & move.confirmed_by
    assert move.automatic == (not move.proposed_by) == (not move.confirmed_by)


def test_the_system_is_no_second_person(funded: Books) -> None:
    asked = funded.propose("surrender", 5)
    with refused("ledger.role"):
        confirm(Actor(Role.FINANCE_APPROVER), proposal=asked.id)
    with refused("ledger.role"):
        funded.propose("surrender", 5, by=Actor(Role.FINANCE_CLERK))


# Idempotency


def test_the_same_command_with_the_same_key_is_one(funded: Books) -> None:
    award = funded.award()
    first = funded.propose("reserve", 5, award, key="k-1", expires_on=date(2099, 1, 1))
    assert funded.propose("reserve", 5, award, key="k-1", expires_on=date(2099, 1, 1)) == first
    assert Event.objects.filter(action="ledger.propose", after__contains="k-1").count() == 1
    changes: list[dict[str, object]] = [
        {"amount_fen": 6},
        {"expires_on": None},
        {"award": funded.award("A-2")},
    ]
    for change in changes:
        given = {"amount_fen": 5, "award": award, "expires_on": date(2099, 1, 1)} | change
        with refused("ledger.key_used"):
            funded.propose("reserve", key="k-1", **given)
    other = Actor(Role.CITY_OFFICER, person("other").id, funded.fund)
    with refused("ledger.key_used"):
        funded.propose("reserve", 5, award, key="k-1", expires_on=date(2099, 1, 1), by=other)


def test_a_retry_finds_its_proposal_even_when_the_year_was_closed_meanwhile(books: Books) -> None:
    first = books.propose("appropriate", 5, key="k")
    close_year(books.actors[Role.FINANCE_APPROVER], envelope=books.envelope.id)
    assert books.propose("appropriate", 5, key="k") == first


def test_a_reference_names_one_award(books: Books) -> None:
    assert books.award("A-1") == books.award("A-1")
    with refused("ledger.other_award"):
        books.award("A-1", THERE)
    with refused("ledger.other_award"):
        books.award("A-1", from_quota=True)


# What is asked for must fit


@pytest.mark.parametrize("amount", [0, -1, LARGEST + 1, True, 1.5, "5"])
def test_a_sum_is_a_positive_whole_number_of_fen(funded: Books, amount: object) -> None:
    with refused("ledger.sum"):
        funded.propose("surrender", amount)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("move", "details", "code"),
    [
        ("reserve", {}, "ledger.award"),
        ("surrender", {"award": "A-1"}, "ledger.award"),
        ("appropriate", {"source": ""}, "ledger.source"),
        ("appropriate", {"source": "carried_over"}, "ledger.source"),
        ("appropriate", {"source": "nowhere"}, "ledger.source"),
        ("surrender", {"source": "city"}, "ledger.source"),
        ("allot", {}, "ledger.district"),
        ("surrender", {"district": HERE}, "ledger.district"),
        ("carry_over", {}, "ledger.onward"),
        ("commit", {"award": "A-1", "expires_on": YESTERDAY}, "ledger.expires_on"),
    ],
)
def test_a_move_has_its_details_and_no_others(
    funded: Books, move: str, details: dict[str, object], code: str
) -> None:
    if "award" in details:
        details = details | {"award": funded.award(str(details["award"]))}
    with refused(code):
        funded.propose(move, 5, **details)  # type: ignore[arg-type]


def test_a_movement_needs_a_known_name_a_key_and_a_reason(funded: Books) -> None:
    by, envelope = funded.proposer("surrender"), funded.envelope.id
    with refused("ledger.no_such_move"):
        propose(by, key="k", asked=Asked(move="steal", envelope=envelope, amount_fen=1), why="w")
    with refused("ledger.no_reason"):
        propose(by, key="k", asked=Asked(move="surrender", envelope=envelope, amount_fen=1), why=" ")
    for key in ("", "k" * 101):
        with refused("ledger.key"):
            propose(by, key=key, asked=Asked(move="surrender", envelope=envelope, amount_fen=1), why="w")
    with refused("ledger.year"):
        open_year(by, fund=funded.fund, year=26)


# Scope


def test_another_funds_money_cannot_be_seen_or_moved(funded: Books) -> None:
    foreign = Books()
    asked = funded.propose("surrender", 5)
    entry = Entry.objects.get(envelope=funded.envelope)
    attempts: list[Callable[[], object]] = [
        lambda: funded.propose("surrender", 5, by=foreign.proposer("surrender")),
        lambda: confirm(foreign.confirmer("surrender"), proposal=asked.id),
        lambda: decline(foreign.confirmer("surrender"), proposal=asked.id, why="w"),
        lambda: propose_reversal(foreign.proposer("appropriate"), key="k", entry=entry.id, why="w"),
        lambda: close_year(foreign.actors[Role.FINANCE_APPROVER], envelope=funded.envelope.id),
        lambda: open_year(foreign.actors[Role.FINANCE_CLERK], fund=funded.fund, year=2027),
        lambda: foreign.propose("reserve", 5, funded.award()),
        lambda: foreign.propose("carry_over", 5, onward=funded.envelope),
        lambda: name_award(foreign.actors[Role.CITY_OFFICER], fund=funded.fund, reference="x", district=HERE),
    ]
    before = (Proposal.objects.count(), Decision.objects.count(), Line.objects.count())
    for attempt in attempts:
        with pytest.raises(NotFound):
            attempt()
    funded.award()
    assert (Proposal.objects.count(), Decision.objects.count(), Line.objects.count()) == before


def test_a_district_moves_its_own_money_only(funded: Books) -> None:
    there = funded.award("A-1", THERE)
    for move in ("reserve", "commit", "send"):
        funded.do(move, 5, there)
    with pytest.raises(NotFound):
        funded.propose("pay", 5, there)
    here = funded.award("A-2", HERE)
    for move in ("reserve", "commit", "send"):
        funded.do(move, 5, here)
    asked = funded.propose("pay", 5, here)
    with pytest.raises(NotFound):
        confirm(Actor(Role.DISTRICT_APPROVER, person("there").id, funded.fund, THERE), proposal=asked.id)
    with pytest.raises(NotFound):
        confirm(Actor(Role.DISTRICT_APPROVER, person("nowhere").id, funded.fund), proposal=asked.id)
    confirm(funded.confirmer("pay"), proposal=asked.id)
    assert funded.kinds()["paid"] == 5


def test_what_was_refused_is_told_without_what_somebody_wrote(funded: Books) -> None:
    by, envelope = funded.proposer("surrender"), funded.envelope.id
    for move, source, kept in (
        ("surrender", "city", ["surrender", "city"]),
        ("王小明", "王小明", [None, None]),
    ):
        with pytest.raises(Refused):
            propose(
                by,
                key="k",
                asked=Asked(move=move, envelope=envelope, amount_fen=7, source=source),
                why="王小明",
            )
        event = Event.objects.exclude(refusal="").latest("id")
        told = json.loads(event.after or "")["asked"]
        assert (told["envelope"], told["amount_fen"], [told["move"], told["source"]]) == (envelope, 7, kept)
        assert "王小明" not in str(vars(event))
