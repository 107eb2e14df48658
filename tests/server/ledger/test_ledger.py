"""Money through a fund's year: what each move does to the books, and what they do not allow."""

from __future__ import annotations

import json
from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import date

from tests.server.ledger.books import HERE, THERE, YESTERDAY, Books
from tests.server.ledger.refusals import refused

from duixian.server.accounts.roles import Role
from duixian.server.audit.models import Event
from duixian.server.common.acting import Actor
from duixian.server.ledger.kinds import Kind
from duixian.server.ledger.models import Account, Entry
from duixian.server.ledger.selectors import award_position, statement
from duixian.server.ledger.services import (
    close_year,
    confirm,
    expire_reservations,
    propose_reversal,
    reopen_year,
)
from duixian.server.ledger.services.expiring import expire


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
