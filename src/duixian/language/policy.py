"""A checked policy: what a pack says once it is read, resolved and typed."""

from __future__ import annotations

import datetime as dt
from typing import Literal

import msgspec

from duixian.language.problems import Position
from duixian.language.tree import AnyNode, Constant
from duixian.language.vocabulary import Label

Verdict = Literal[
    "eligible",
    "eligible_up_to",
    "competitive_up_to",
    "case_by_case",
    "amount_not_stated",
    "undetermined",
    "ineligible",
    "not_in_force",
]
Right = Literal["entitled", "automatic", "selected", "case_by_case", "fund", "none"]
Sum = Literal["exact", "up_to", "range", "one_of", "by_reference", "not_stated"]
RIGHTS = ("entitled", "automatic", "selected", "case_by_case", "fund", "none")
SUMS = ("exact", "up_to", "range", "one_of", "by_reference", "not_stated")
FORMS = ("cash", "equity_and_cash", "voucher", "project_money", "housing", "other")
OWN_CONDITIONS = ("to", "record", "role", "which", "happened", "positive", "selected")
"""The conditions that every claim can have, beside those of its measure."""
CLASSES = (
    "letterhead",
    "title",
    "notice",
    "preface",
    "purpose",
    "encouragement",
    "organisation",
    "procedure",
    "definition",
    "interpretation",
    "duty",
    "publication",
    "footer",
    "other",
)


class Figure(msgspec.Struct, frozen=True):
    """A figure of the text that no expression holds: as written, and what it is."""

    value: str
    label: Label
    than: str = ""


class Place(msgspec.Struct, frozen=True):
    """What claims sentences of the document: their locators, and the figures in them.

    `not_parameters` are figures of the text that are no parameter, `not_in_text` literals of the expressions
    that the text does not write; each with the reason.
    """

    at: tuple[str, ...]
    figures: tuple[Figure, ...] = ()
    not_parameters: dict[str, str] = {}
    not_in_text: dict[str, str] = {}


class Condition(msgspec.Struct, frozen=True):
    """A named condition: its test, its words, and its own place where it has one.

    `per` is the record type that a condition of the policy's scope speaks of, empty for every one.
    """

    id: str
    test: AnyNode
    label: Label
    position: Position
    at: tuple[str, ...] = ()
    per: str = ""


class Choice(msgspec.Struct, frozen=True):
    """One way to read the text."""

    id: str
    label: Label


class Reading(msgspec.Struct, frozen=True):
    """Where the text can be read in more than one way. `default` is empty if the answer stays open."""

    id: str
    at: tuple[str, ...]
    question: Label
    choices: tuple[Choice, ...]
    default: str
    reason: Label


class Overlap(msgspec.Struct, frozen=True):
    """A conflict relation (take the higher): which claims exclude each other.

    With `between` only claims of two different measures of that list do.
    """

    id: str
    at: tuple[str, ...]
    same: Literal["matter", "enterprise"]
    partners: tuple[str, ...]
    period: Literal["ever", "year"]
    only: tuple[str, ...] = ()
    when: AnyNode | None = None
    between: tuple[str, ...] = ()


class Bound(msgspec.Struct, frozen=True):
    """What several claims share: a ceiling on their sum, or `at_most` so many of them, net of what was paid.

    `per` is what the claims have in common, `entity.field` for a fact of their record.
    """

    id: str
    at: tuple[str, ...]
    label: Label
    over: tuple[str, ...]
    per: tuple[str, ...]
    ceiling: AnyNode | None = None
    when: AnyNode | None = None
    at_most: AnyNode | None = None


class Terms(msgspec.Struct, frozen=True):
    """Whether it is owed, what the figure is, and the figure: the three things a measure promises."""

    right: Right
    sum: Sum
    amount: AnyNode | None = None
    least: AnyNode | None = None
    options: tuple[AnyNode, ...] = ()
    caps: tuple[AnyNode, ...] = ()
    form: str = "cash"


class Instead(msgspec.Struct, frozen=True):
    """Other terms that hold under a condition."""

    when: AnyNode
    label: Label
    terms: Terms


class Quota(msgspec.Struct, frozen=True):
    """A limit on how many may be chosen; data for the allocation, not for an assessment."""

    label: Label
    count: int


class Stage(msgspec.Struct, frozen=True):
    """A part of the sum that is paid from a day on, if its conditions hold then; declared and shown."""

    share: AnyNode
    begins: AnyNode | None
    label: Label
    position: Position
    at: tuple[str, ...] = ()
    conditions: tuple[Condition, ...] = ()


class ClawBack(msgspec.Struct, frozen=True):
    """Until which day paid sums may have to be paid back, and how, in words; declared and shown."""

    until: AnyNode | None
    label: Label
    place: Place
    position: Position


class Measure(msgspec.Struct, frozen=True):
    """One thing that a policy gives, or only encourages, at one place of the document."""

    id: str
    place: Place
    title: Label
    terms: Terms
    position: Position
    to: tuple[str, ...] = ()
    per: str = ""
    which: AnyNode | None = None
    roles: tuple[str, ...] = ()
    conditions: tuple[Condition, ...] = ()
    instead: tuple[Instead, ...] = ()
    payee: Label | None = None
    decided_by: tuple[str, ...] = ()
    evidence: tuple[str, ...] = ()
    apply_by: AnyNode | None = None
    quota: Quota | None = None
    note: Label | None = None
    in_addition_to: tuple[str, ...] = ()
    implements: tuple[str, ...] = ()
    stages: tuple[Stage, ...] = ()
    claw_back: ClawBack | None = None

    @property
    def at(self) -> str:
        """Return the first place of the measure, for tables."""
        return self.place.at[0]

    @property
    def claimable(self) -> bool:
        """Say whether an applicant can have a claim under it."""
        return self.terms.right not in ("fund", "none")


class Statement(msgspec.Struct, frozen=True):
    """A sentence that gives no money, and what it is."""

    place: Place
    kind: str
    label: Label


class Goal(msgspec.Struct, frozen=True):
    """A figure of a plan that is to be reached, and how a register shows how far it is.

    measure: an expression about one applicant: a yes/no counts applicants, a sum or count is added up. Without
        it there is neither `value` nor `to`, and `why_not` says why no register answers, if the pack says it.
    value, to: the figure in the measure's unit, and the upper end if it is a range (`upper` as written).
    """

    figure: Figure
    value: Constant | None
    to: Constant | None
    measure: AnyNode | None
    why_not: Label | None
    upper: str = ""


class Target(msgspec.Struct, frozen=True):
    """A target or a task of a plan: its figures, deadline and lead unit."""

    id: str
    place: Place
    kind: Literal["target", "task"]
    label: Label
    by: dt.date | None
    lead: tuple[str, ...]
    units: tuple[str, ...]
    goals: tuple[Goal, ...] = ()


class Document(msgspec.Struct, frozen=True):
    """A document that is named but is not a pack here; `ends` is its last day if that is known."""

    number: str
    title: Label
    ends: dt.date | None = None


class Part(msgspec.Struct, frozen=True):
    """A part of a document that numbers by itself; it begins at the line that begins with its title."""

    id: str
    title: str


class Policy(msgspec.Struct, frozen=True):
    """One issued document (or draft) as checked rules."""

    id: str
    title: Label
    short: Label
    number: str
    issuer: tuple[str, ...]
    city: str
    kind: Literal["issued", "draft"]
    issued: dt.date | None
    place: Place
    starts: AnyNode | None
    ends: AnyNode | None
    validity: Place
    measures: tuple[Measure, ...]
    readings: tuple[Reading, ...] = ()
    overlap: tuple[Overlap, ...] = ()
    bounds: tuple[Bound, ...] = ()
    scope: tuple[Condition, ...] = ()
    documents: dict[str, Document] = {}
    parts: tuple[Part, ...] = ()
    outline: dict[str, tuple[int, ...]] = {}
    statements: tuple[Statement, ...] = ()
    targets: tuple[Target, ...] = ()

    def measure(self, id: str) -> Measure | None:
        """Return a measure by its id, or None."""
        return next((measure for measure in self.measures if measure.id == id), None)

    def reading(self, id: str) -> Reading | None:
        """Return a reading by its id, or None."""
        return next((reading for reading in self.readings if reading.id == id), None)
