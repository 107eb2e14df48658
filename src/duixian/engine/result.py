"""The shape of an assessment: what `--json` writes, with a published schema; sums in fen, days in ISO form."""

from __future__ import annotations

import datetime as dt
from typing import Literal

import msgspec

from duixian.language.policy import Verdict

Plain = int | str | bool | list[str] | None
"""A fact in JSON: sums in fen, days in ISO form, shares and areas as exact text (`3/20`), null if unknown."""


class ConditionResult(msgspec.Struct, frozen=True, gc=False):
    """One condition: whether it holds (null: open), its words, its place, and the facts it used."""

    id: str
    holds: bool | None
    text: str
    at: str
    facts: dict[str, Plain]


class MissingFact(msgspec.Struct, frozen=True, order=True, gc=False):
    """A fact that is not known: `entity.field`.

    An entity's name alone is a list that may not be whole; `reading.ID` is a reading without a default.
    """

    fact: str
    record: str


class Outcome(msgspec.Struct, frozen=True, gc=False):
    """A verdict and its interval in fen; null where no number is stated or known.

    Of what would have been, `payable_fen` is what take-the-higher and shared ceilings would have left of the
    greatest sum (null where that is open or has no number).
    """

    verdict: Verdict
    min_fen: int | None
    max_fen: int | None
    payable_fen: int | None = None


class Alternative(msgspec.Struct, frozen=True, gc=False):
    """What another choice of a reading would give."""

    choice: str
    verdict: Verdict
    min_fen: int | None
    max_fen: int | None


class ReadingResult(msgspec.Struct, frozen=True, gc=False):
    """A reading that the claim rests on: the choice taken (null: open), the default, and the others."""

    id: str
    question: str
    choice: str | None
    default: str | None
    alternatives: list[Alternative]


class Near(msgspec.Struct, frozen=True, gc=False):
    """What would change the verdict or the sum: a fact, what it is, and what it must reach.

    `short` is by how much, in the unit of the fact (fen for money); `gain_fen` is what a higher step gives.
    `derived`: the figure is made from several facts, of which `fact` names the first, or what it must reach
    moves with it. A share or an area that must be more than `need`, and not just that, has `short` 0 there.
    """

    condition: str
    fact: str
    unit: str
    have: Plain
    need: Plain
    short: Plain
    gain_fen: int | None = None
    derived: bool = False


class ClaimKey(msgspec.Struct, frozen=True, order=True, gc=False):
    """Names a claim of the applicant: policy, measure and record."""

    policy: str
    measure: str
    record: str | None


class SetAside(msgspec.Struct, frozen=True, gc=False):
    """Why a claim is not paid beside others (take the higher): for which, and by which relation.

    `open`: the choice is not settled, so both are shown; `missing` are facts that would settle whether they
    exclude each other at all. Of a policy that is not in force it tells what would have been.
    """

    claims: list[ClaimKey] = msgspec.field(name="for")
    because: str
    at: str
    would_have_been_fen: int | None
    open: bool
    missing: list[MissingFact] = []


class Stage(msgspec.Struct, frozen=True, gc=False):
    """A part of the claim's sum as the text has it paid: its share, and the most of it in fen before any payment.

    `from` is the first day (null: none is stated or known); `due`: it could be paid on the day of application.
    """

    share: str
    max_fen: int | None
    begins: dt.date | None = msgspec.field(name="from")
    due: bool | None
    text: str
    at: str


class ClawBack(msgspec.Struct, frozen=True, gc=False):
    """Until when (null: not stated or not known) and how paid sums may have to be paid back."""

    until: dt.date | None
    text: str
    at: str


class Claim(msgspec.Struct, frozen=True, gc=False):
    """What one measure gives for one record of the applicant."""

    policy: str
    measure: str
    title: str
    at: str
    record: str | None
    verdict: Verdict
    min_fen: int | None
    max_fen: int | None
    right: str
    sum: str
    form: str
    payee: str
    event_date: dt.date | None
    year: int | None
    conditions: list[ConditionResult]
    missing: list[MissingFact]
    readings: list[ReadingResult]
    near: list[Near]
    set_aside: SetAside | None
    payable_fen: int | None
    would_be: Outcome | None
    decided_by: list[str]
    evidence: list[str]
    apply_by: dt.date | None
    already_paid_fen: int
    note: str
    stages: list[Stage]
    claw_back: ClawBack | None


class Total(msgspec.Struct, frozen=True, gc=False):
    """Money of one policy and year: certain, at most, and at most if every decision falls well."""

    policy: str
    year: int | None
    certain_fen: int
    at_most_fen: int
    with_decisions_fen: int


class Totals(msgspec.Struct, frozen=True, gc=False):
    """The applicant's money after take-the-higher and shared bounds, in fen.

    certain: owed whatever is still open; at most: owed in principle; with decisions: if selections and
    case-by-case decisions fall well; with missing: if missing facts turn out well too (null: no bound is
    known). `not_stated` counts claims that promise money without a number, `open` those whose choice
    under take-the-higher is open. `would_have_been` is the same for policies not in force on the day.
    """

    certain_fen: int
    at_most_fen: int
    with_decisions_fen: int
    with_missing_fen: int | None
    not_stated: int
    open: int
    by: list[Total]
    readings: list[TotalReading]
    would_have_been: Hypothetical | None


class TotalAlternative(msgspec.Struct, frozen=True, gc=False):
    """The totals under another choice of a reading about overlap or shared bounds."""

    choice: str
    certain_fen: int
    at_most_fen: int
    with_decisions_fen: int


class TotalReading(msgspec.Struct, frozen=True, gc=False):
    """A reading on which the totals rest."""

    policy: str
    id: str
    question: str
    choice: str | None
    alternatives: list[TotalAlternative]


class Hypothetical(msgspec.Struct, frozen=True, gc=False):
    """What policies not in force on the day would have given among themselves, in fen, split in `by`."""

    certain_fen: int
    at_most_fen: int
    with_decisions_fen: int
    by: list[Total]


class ApplicantResult(msgspec.Struct, frozen=True, gc=False):
    """All claims and totals of one applicant."""

    id: str
    name: str
    claims: list[Claim]
    totals: Totals


class PolicyState(msgspec.Struct, frozen=True, gc=False):
    """A policy as it stood on its day: state, first and last day."""

    id: str
    title: str
    on: dt.date
    state: Literal["draft", "not_yet", "in_force", "expired", "open"]
    starts: dt.date | None
    ends: dt.date | None


class Assessment(msgspec.Struct, frozen=True, gc=False):
    """The whole answer: the day, the policies as they stood, and each applicant."""

    on: dt.date
    policies: list[PolicyState]
    applicants: list[ApplicantResult]
