"""A fund's years as a state machine for Hypothesis: moves, retries and mistakes in any order, against a model."""

from __future__ import annotations

from collections import Counter
from typing import Any, ClassVar

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule
from tests.server.ledger.books import HERE, THERE, Books

from duixian.server.common.refusals import Refused
from duixian.server.ledger.kinds import OF_AN_AWARD, Kind
from duixian.server.ledger.models import Entry, Proposal
from duixian.server.ledger.moves import MOVES, Move
from duixian.server.ledger.services import confirm

AWARDS = {"A-1": (HERE, False), "A-2": (HERE, True), "A-3": (THERE, True)}
Place = tuple[int, str, str]
"""The model's account: year, kind, and the district or award, if it has one."""

Changes = list[tuple[Place, int]]
"""What a move changes, in fen."""

PEOPLES = sorted(code for code, move in MOVES.items() if not move.automatic)


class Ledger(RuleBasedStateMachine):
    """What the model says must happen is what happens; every step ends with the identities checked."""

    sequences: ClassVar[int] = 0
    steps: ClassVar[int] = 0

    @initialize()
    def open(self) -> None:
        type(self).sequences += 1
        self.books = Books()
        self.years = {2026: self.books.envelope, 2027: self.books.year(2027)}
        self.awards = {
            name: self.books.award(name, district, from_quota=quota)
            for name, (district, quota) in AWARDS.items()
        }
        self.model: Counter[Place] = Counter()
        self.entries: list[tuple[Entry, Changes]] = []
        self.reversed: set[int] = set()
        self.last: tuple[Proposal, Entry] | None = None
        self._move("appropriate", 1000, "A-1", HERE)

    @rule(
        code=st.sampled_from(PEOPLES),
        amount=st.one_of(st.integers(1, 40), st.sampled_from([1000, 1001])),
        award=st.sampled_from(sorted(AWARDS)),
        district=st.sampled_from([HERE, THERE]),
    )
    def move(self, code: str, amount: int, award: str, district: str) -> None:
        self._move(code, amount, award, district)

    @rule(award=st.sampled_from(sorted(AWARDS)), amount=st.integers(1, 60), steps=st.integers(2, 7))
    def carry_an_award_through(self, award: str, amount: int, steps: int) -> None:
        """The usual way, so that the far accounts are not always empty."""
        reserve = ("allot", "reserve_quota") if AWARDS[award][1] else ("reserve",)
        for code in (*reserve, "commit", "send", "pay", "claim_back", "recover")[:steps]:
            self._move(code, amount, award, AWARDS[award][0])

    @rule(data=st.data())
    def reverse(self, data: st.DataObject) -> None:
        if not self.entries:
            return
        entry, changes = data.draw(st.sampled_from(self.entries))
        type(self).steps += 1
        back = [(place, -fen) for place, fen in changes]
        possible = entry.id not in self.reversed and self._holds(back)
        try:
            self.books.reverse(entry)
        except Refused as refused:
            assert not possible, refused
            return
        assert possible
        self.reversed.add(entry.id)
        self._book(back)

    @rule()
    def retry_after_a_lost_answer(self) -> None:
        """The same two commands again: the same proposal, the same entry, and nothing moves."""
        if self.last is None:
            return
        type(self).steps += 1
        proposal, entry = self.last
        again = self.books.propose(
            proposal.move_id, proposal.amount_fen, proposal.award, key=proposal.key, source=proposal.source,
            expires_on=proposal.expires_on, onward=proposal.onward,
            district="" if proposal.award else proposal.district,
        )  # fmt: skip
        assert again == proposal
        assert confirm(self.books.confirmer(proposal.move_id), proposal=again.id) == entry

    @invariant()
    def the_budget_is_where_its_accounts_are(self) -> None:
        if not hasattr(self, "books"):
            return
        for year, envelope in self.years.items():
            said = self.books.statement(envelope)
            assert said.budget == said.accounted
            kinds: Counter[str] = Counter()
            for (of, kind, _), fen in self.model.items():
                kinds[kind] += fen if of == year else 0
            assert {kind.value: fen for kind, fen in said.kinds.items()} == {
                k.value: kinds[k.value] for k in Kind
            }
            assert all(fen >= 0 for fen in said.kinds.values())

    def teardown(self) -> None:
        """Debit is credit, and the entries alone give the stored balances."""
        if not hasattr(self, "books"):
            return
        for envelope in self.years.values():
            assert self.books.replayed(envelope) == self.books.kinds(envelope)

    def _move(self, code: str, amount: int, award: str, district: str) -> None:
        type(self).steps += 1
        move = MOVES[code]
        if move.code == "pay" or move.proposed_by == MOVES["pay"].proposed_by:
            award = (
                "A-1" if AWARDS[award][0] == THERE else award
            )  # the books' officers are those of one district
        changes, details = self._meant(move, amount, award, district)
        possible = self._holds(changes) and self._fits(move, award)
        try:
            proposal = self.books.propose(code, amount, **details)
            entry = confirm(self.books.confirmer(code), proposal=proposal.id)
        except Refused as refused:
            assert not possible, refused
            assert refused.code in {"ledger.over_ceiling", "ledger.from_quota"}
            return
        assert possible
        self._book(changes)
        self.entries.append((entry, changes))
        self.last = proposal, entry

    def _meant(
        self, move: Move, amount: int, award: str, district: str
    ) -> tuple[list[tuple[Place, int]], dict[str, Any]]:
        """The places that a move changes, and its details."""
        details: dict[str, Any] = {}
        if move.of_an_award:
            details["award"] = self.awards[award]
            district = AWARDS[award][0]
        elif Kind.QUOTA in (move.out_of, move.into):
            details["district"] = district
        source = move.out_of is Kind.APPROPRIATION
        changes = [
            (self._place(2026, move.out_of, award, district), amount if source else -amount),
            (
                self._place(2026, move.into, award, district),
                -amount if move.into is Kind.APPROPRIATION else amount,
            ),
        ]
        if move.onward is not None:
            details["onward"] = self.years[2027]
            changes.append((self._place(2027, Kind.APPROPRIATION, award, district), amount))
            changes.append((self._place(2027, move.onward, award, district), amount))
        return changes, details

    @staticmethod
    def _place(year: int, kind: Kind, award: str, district: str) -> Place:
        return year, kind.value, award if kind in OF_AN_AWARD else district if kind is Kind.QUOTA else ""

    @staticmethod
    def _fits(move: Move, award: str) -> bool:
        """Whether an award's money comes from and goes back to where it belongs."""
        if not move.of_an_award or move.out_of in (Kind.RETURNED, Kind.RECOVERED):
            return True
        kinds, quota = {move.out_of, move.into}, AWARDS[award][1]
        return not ((Kind.QUOTA in kinds and not quota) or (Kind.AVAILABLE in kinds and quota))

    def _holds(self, changes: Changes) -> bool:
        after = self.model.copy()
        for place, fen in changes:
            after[place] += fen
        return all(after[place] >= 0 for place, _ in changes)

    def _book(self, changes: Changes) -> None:
        for place, fen in changes:
            self.model[place] += fen
