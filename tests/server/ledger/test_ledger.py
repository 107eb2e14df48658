"""Money through a fund's year: what each move does, who may do it, and what is refused."""

from __future__ import annotations

import json
from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import date

import pytest
from tests.server.ledger.books import HERE, THERE, YESTERDAY, Books, person

from duixian.server.accounts.roles import Role
from duixian.server.audit.models import Event
from duixian.server.common.acting import Actor
from duixian.server.common.money import LARGEST
from duixian.server.common.refusals import NotFound, Refused
from duixian.server.ledger.kinds import Kind
from duixian.server.ledger.models import Account, Decision, Entry, Line, Proposal
from duixian.server.ledger.moves import MOVES
from duixian.server.ledger.selectors import award_position, statement, undecided
from duixian.server.ledger.services import (
    close_year,
    confirm,
    decline,
    expire_reservations,
    name_award,
    open_year,
    propose,
    propose_reversal,
    reopen_year,
)
from duixian.server.ledger.services.expiring import expire
from duixian.server.ledger.services.proposing import Asked


@pytest.fixture
def books() -> Books:
    return Books()


@pytest.fixture
def funded(books: Books) -> Books:
    books.do("appropriate", 100_000, source="city")
    return books


def refused(code: str) -> pytest.RaisesExc[Refused]:
    return pytest.raises(Refused, check=lambda error: error.code == code)


def test_a_year_from_appropriation_to_surrender(books: Books) -> None:
    books.do("appropriate", 60_000, source="city")
    books.do("appropriate", 50_000, source="higher")
    books.do("cut", 10_000, source="city")
    award = books.award()
    books.do("reserve", 30_000, award)
    books.do("void", 5_000, award)
    books.do("commit", 25_000, award)
    books.do("send", 20_000, award)
    books.do("pay", 18_000, award)
    books.do("hand_back", 2_000, award)
    books.do("pay_directly", 1_000, award)
    books.do("cancel", 6_000, award)
    assert books.kinds() == {"appropriation": 100_000, "available": 81_000, "paid": 19_000}
    books.do("return", 3_000, award)
    books.do("pay_again", 1_000, award)
    books.do("claim_back", 10_000, award)
    books.do("recover", 8_000, award)
    books.do("withdraw_claim", 2_000, award)
    assert books.kinds() == {
        "appropriation": 100_000, "available": 81_000, "paid": 9_000, "returned": 2_000, "recovered": 8_000,
    }  # fmt: skip
    said = books.statement()
    assert (said.budget, said.available, said.paid_net) == (100_000, 81_000, 19_000)
    books.do("release_recovered", 7_000, award)
    books.do("surrender_recovered", 1_000, award)
    books.do("release_returned", 1_500, award)
    books.do("surrender_returned", 500, award)
    books.do("surrender", 89_500)
    said = books.statement()
    assert books.kinds() == {"appropriation": 100_000, "paid": 9_000, "surrendered": 91_000}
    assert said.budget == said.accounted == 100_000
    assert said.appropriated == {"city": 50_000, "higher": 50_000}
    assert {kind: fen for kind, fen in said.districts[HERE].items() if fen} == {Kind.PAID: 9_000}
    assert books.replayed() == books.kinds()


def test_recovered_money_is_not_available_until_finance_says_so(funded: Books) -> None:
    award = funded.award()
    for move in ("reserve", "commit", "pay_directly", "claim_back", "recover"):
        funded.do(move, 100_000, award)
    assert funded.kinds() == {"appropriation": 100_000, "recovered": 100_000}
    with refused("ledger.over_ceiling"):
        funded.do("reserve", 1, funded.award("A-2"))
    with refused("ledger.role"):
        funded.propose("release_recovered", 1, award, by=funded.actors[Role.CITY_OFFICER])
    funded.do("release_recovered", 100_000, award)
    funded.do("reserve", 1, funded.award("A-2"))


def test_a_quota_bounds_its_district(funded: Books) -> None:
    funded.do("allot", 40_000, district=HERE)
    funded.do("allot", 10_000, district=THERE)
    here = funded.award("A-1", HERE, from_quota=True)
    with refused("ledger.over_ceiling"):
        funded.do("reserve_quota", 40_001, here)  # although the year has 100,000
    funded.do("reserve_quota", 40_000, here)
    funded.do("void_quota", 1_000, here)
    funded.do("commit", 39_000, here)
    funded.do("cancel_quota", 500, here)
    funded.do("recall", 1_500, district=HERE)
    said = funded.statement()
    assert said.districts[HERE][Kind.QUOTA] == 0
    assert said.districts[THERE][Kind.QUOTA] == 10_000
    assert (said.kinds[Kind.AVAILABLE], said.kinds[Kind.COMMITTED]) == (51_500, 38_500)
    for move, award in (("reserve", here), ("reserve_quota", funded.award("A-2", HERE))):
        with refused("ledger.from_quota"):
            funded.propose(move, 1, award)


def test_one_award_is_never_paid_from_anothers_money(funded: Books) -> None:
    one, other = funded.award("A-1"), funded.award("A-2")
    funded.do("reserve", 100, one)
    funded.do("reserve", 100, other)
    with refused("ledger.over_ceiling"):
        funded.do("commit", 101, one)
    funded.do("commit", 100, one)
    assert award_position(Actor(Role.AUDITOR, 1), award=one.id) == {Kind.RESERVED: 0, Kind.COMMITTED: 100}


def test_carrying_over_fills_the_next_year(funded: Books) -> None:
    following, award = funded.year(2027), funded.award()
    funded.do("reserve", 30_000, award)
    funded.do("commit", 30_000, award)
    entry = funded.do("carry_over", 50_000, onward=following)
    funded.do("carry_over_committed", 30_000, award, onward=following)
    assert funded.kinds() == {"appropriation": 100_000, "available": 20_000, "carried_over": 80_000}
    assert funded.kinds(following) == {"appropriation": 80_000, "available": 50_000, "committed": 30_000}
    assert funded.statement().budget == 20_000
    assert funded.statement(following).appropriated == {"carried_over": 80_000}
    funded.do("pay_directly", 30_000, award, envelope=following)
    funded.reverse(entry)
    assert funded.kinds() == {"appropriation": 100_000, "available": 70_000, "carried_over": 30_000}
    assert funded.kinds(following) == {"appropriation": 30_000, "paid": 30_000}
    with refused("ledger.not_forward"):
        funded.do("carry_over", 1, envelope=following, onward=funded.envelope)
    with refused("ledger.not_forward"):
        funded.do("carry_over", 1, onward=funded.envelope)


def test_a_closed_year_takes_no_promises_but_pays_what_it_decided(funded: Books) -> None:
    award, approver = funded.award(), funded.actors[Role.FINANCE_APPROVER]
    funded.do("reserve", 40_000, award)
    early = funded.propose("reserve", 1, award)
    with refused("ledger.unsettled"):
        close_year(approver, envelope=funded.envelope.id)
    funded.do("commit", 40_000, award)
    funded.do("surrender", 60_000)
    close_year(approver, envelope=funded.envelope.id)
    with refused("ledger.year_closed"):
        close_year(approver, envelope=funded.envelope.id)
    with refused("ledger.year_closed"):
        funded.propose("appropriate", 1)
    with refused("ledger.year_closed"):
        confirm(funded.confirmer("reserve"), proposal=early.id)
    funded.do("pay_directly", 40_000, award)
    with refused("ledger.no_reason"):
        reopen_year(approver, envelope=funded.envelope.id, why=" ")
    reopen_year(approver, envelope=funded.envelope.id, why="关账日期有误")
    with refused("ledger.year_open"):
        reopen_year(approver, envelope=funded.envelope.id, why="再次")
    funded.do("appropriate", 1)


def test_an_entry_is_undone_only_by_its_mirror_image(funded: Books) -> None:
    award = funded.award()
    entry = funded.do("reserve", 30_000, award)
    late = propose_reversal(funded.proposer("reserve"), key="late", entry=entry.id, why="测试")
    back = funded.reverse(entry)
    with refused("ledger.reversed"):
        confirm(funded.confirmer("reserve"), proposal=late.id)
    assert propose_reversal(funded.proposer("reserve"), key="late", entry=entry.id, why="测试") == late
    lines = [sorted(e.lines.values_list("account", "debit_fen", "credit_fen")) for e in (entry, back)]
    assert lines[1] == [(account, credit, debit) for account, debit, credit in lines[0]]
    assert funded.kinds() == {"appropriation": 100_000, "available": 100_000}
    with refused("ledger.not_reversible"):
        propose_reversal(funded.proposer("reserve"), key="k", entry=back.id, why="测试")
    with refused("ledger.reversed"):
        funded.reverse(entry)
    assert funded.replayed() == funded.kinds()


def test_money_that_has_moved_on_cannot_be_reversed_away(funded: Books) -> None:
    given = funded.statement().kinds[Kind.APPROPRIATION]
    entry = Entry.objects.get(envelope=funded.envelope, move="appropriate")
    funded.do("reserve", given, funded.award())
    with refused("ledger.over_ceiling"):
        funded.reverse(entry)


def test_a_reservation_expires_by_itself_and_only_then(funded: Books) -> None:
    one, other, endless, renewed = (funded.award(f"A-{n}") for n in range(4))
    funded.do("reserve", 10, one, expires_on=YESTERDAY)
    funded.do("commit", 4, one)
    funded.do("reserve", 20, other, expires_on=date(2099, 1, 1))
    funded.do("reserve", 30, endless)
    funded.do("reserve", 30, endless, expires_on=YESTERDAY)
    funded.do("reserve", 40, renewed, expires_on=YESTERDAY)
    wrong = funded.do("reserve", 40, renewed, expires_on=date(2099, 1, 1))
    job = Actor.system("expire")
    entries = expire_reservations(job)
    assert [(entry.award_id, entry.amount_fen, entry.decision_id) for entry in entries] == [(one.id, 6, None)]
    assert expire_reservations(job) == []
    funded.reverse(wrong)  # what was a mistake does not keep the rest
    assert [entry.award_id for entry in expire_reservations(job)] == [renewed.id]
    funded.do("reserve", 7, one, expires_on=YESTERDAY)
    assert [entry.amount_fen for entry in expire_reservations(job)] == [7]
    assert funded.kinds() == {"appropriation": 100_000, "available": 99_916, "reserved": 80, "committed": 4}
    with refused("ledger.role"):
        expire(funded.actors[Role.CITY_APPROVER], account=Account.objects.filter(kind=Kind.RESERVED)[0].id)


def test_a_quotas_reservation_expires_into_the_quota(funded: Books) -> None:
    funded.do("allot", 100, district=HERE)
    funded.do("reserve_quota", 60, funded.award(from_quota=True), expires_on=YESTERDAY)
    assert len(expire_reservations(Actor.system("expire"))) == 1
    assert funded.kinds() == {"appropriation": 100_000, "available": 99_900, "quota": 100}


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


def test_every_entry_is_told_in_the_event_log(funded: Books) -> None:
    entry = funded.do("reserve", 7, funded.award(), expires_on=date(2099, 1, 1))
    event = Event.objects.get(kind="ledger.entry", key=str(entry.id))
    told = json.loads(event.after or "")
    assert event.action == "ledger.reserve"
    assert (told["amount_fen"], told["award"], told["expires_on"]) == (7, entry.award_id, "2099-01-01")
    assert told["proposed_by"] == funded.proposer("reserve").person
    assert told["decided_by"] == funded.confirmer("reserve").person == event.person
    assert [(line["debit_fen"], line["credit_fen"]) for line in told["lines"]] == [(0, 7), (7, 0)]


def test_a_movement_takes_a_bounded_number_of_queries(
    funded: Books, django_assert_max_num_queries: Callable[..., AbstractContextManager[object]]
) -> None:
    award = funded.award()
    funded.do("reserve", 5, award)
    with django_assert_max_num_queries(10):
        asked = funded.propose("reserve", 5, award)
    with django_assert_max_num_queries(15):
        confirm(funded.confirmer("reserve"), proposal=asked.id)
    with django_assert_max_num_queries(2):
        statement(Actor(Role.AUDITOR, 1), envelope=funded.envelope.id)


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
