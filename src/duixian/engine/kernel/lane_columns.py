"""Reads columns over 64 applicants, and puts into the plan what rests on no fact.

The plan is worked out for as many bits as each column of numbers has needed so far: literals, thresholds, common
denominators, and how large a number can become. A wider number makes it anew; whatever 64 bits might not hold makes
it fail, and a chunk of rows is assessed row by row.
"""

from __future__ import annotations

from dataclasses import dataclass

from duixian.engine.kernel.emit import Emitter
from duixian.engine.kernel.expressions import Expressions
from duixian.engine.kernel.slots import NotNativeError, Slots, word_code
from duixian.language import tree as t
from duixian.language.policy import Policy

Key = tuple[str, t.AnyNode]
_UNIFORM = (
    *(t.Constant, t.Word, t.Builtin, t.Chosen, t.EndOf, t.Arithmetic, t.Compare, t.OneOf, t.And, t.Or, t.Not),
    *(t.If, t.Extreme, t.Match, t.Steps, t.Crossing, t.YearOf, t.YearEnd),
)
_AMPLE = {"money": 42, "count": 24}
"""Bits that hold nearly every number of a kind: 439 亿元 in fen, 16 million people or things."""


class NotLanesError(Exception):
    """There is no code over lanes for a construct; the policies are assessed row by row."""


@dataclass(frozen=True)
class Number:
    """Lanes: the C of where they are told (a group of eight: of itself), the plan's denominator and greatest size."""

    code: str
    d: str
    b: str


class LaneColumns:
    """Columns and the plan; `plan`, `start` and `common` collect the C that runs for a chunk and for a word."""

    def __init__(self, slots: Slots, shared: frozenset[Key]) -> None:
        """Take where columns and literals have their numbers, and what is worked out once for all measures."""
        self.slots = slots
        self.shared = shared
        self.plan, self.start, self.common = Emitter(), Emitter(), Emitter()
        self.stand: list[str] = []
        self.given = self.truths = self.numbers = self.rooms = self.kept = 0
        self.facts: list[tuple[int, int]] = []
        self._columns: dict[tuple[str, str], str | Number] = {}
        self._kept: dict[Key, str | Number] = {}
        self._local: dict[Key, str | Number] = {}
        self._summed: dict[Key, str | Number] = {}
        self.grouped = Emitter("s")
        self.in_groups = False
        self._uniform: dict[Key, str] = {}

    def begin(self, policy: Policy, out: Emitter, day: int) -> None:
        """Begin a measure."""
        self.policy = policy
        self.out = out
        self._own = out
        self._day = day
        self._local = {}
        self._summed = {}
        self.grouped = Emitter("s")

    def give(self, value: str) -> str:
        """Hand a number of the plan to the lanes; return the C that reads it there."""
        self.plan.line(f"p->u[{self.given}] = {value};")
        self.given += 1
        return f"p->u[{self.given - 1}]"

    def _column(self, node: t.AnyNode) -> int:
        if not (
            isinstance(node, t.Get) and isinstance(node.record, t.Record) and node.record.of == "applicant"
        ):
            raise NotLanesError
        return self.slots.column("applicant", node.field)

    def _known(self, slot: int) -> str:
        key = ("known", str(slot))
        if key not in self._columns:
            self._columns[key] = f"w->known[{slot}]"
            self.start.line(f"w->known[{slot}] = l_valid(&k->col[{slot}], row);")
            how = next(column.how for column, number in self.slots.columns.items() if number == slot)
            self._fetch(slot, 2 if how == "enum" else 4)
        return str(self._columns[key])

    def _fetch(self, slot: int, width: int) -> None:
        """Have rows of a column that come later fetched while these are worked at."""
        self.start.line(f"l_fetch(k->col[{slot}].data + {width} * (row + FETCHED), {width} * LANES);")

    def date(self, node: t.AnyNode) -> tuple[str, str]:
        """Return the C of where a column of days stands for these rows, and of which are known."""
        slot = self._column(node)
        return f"((const i32 *)w->col[{slot}].data + w->row)", self._known(slot)

    def flag(self, node: t.Get) -> str:
        """Write a flag."""
        if node.type.kind != "flag":
            raise NotLanesError
        slot = self._column(node)
        key = ("flag", str(slot))
        if key not in self._columns:
            self._columns[key] = f"w->b[{self.truths}]"
            self.start.line(f"w->b[{self.truths}] = l_flag(&k->col[{slot}], row);")
            self.truths += 1
        return str(self._columns[key])

    def enum(self, node: t.Get, words: list[str]) -> str:
        """Write whether an enum is one of these words."""
        self._column(node)
        codes = [word_code(self.slots.vocabulary, self.policy, node.type.of, word) for word in words]
        return self.words(node.field, codes)

    def words(self, field: str, codes: list[int]) -> str:
        """Write whether an enum of the applicant is one of these words."""
        slot = self.slots.column("applicant", field)
        known, data = self._known(slot), f"(const i16 *)w->col[{slot}].data + w->row"
        if ("bad", str(slot)) not in self._columns:
            # A word that no vocabulary has, and what is known to be none, are looked at row by row.
            self._columns["bad", str(slot)] = ""
            self.stand.append(f"if (k->col[{slot}].none) return 0;")
            here = data.replace("w->row", "row")
            self.start.line(f"w->odd |= {known} & l_code({here}, BAD_WORD);")
        for code in codes:
            key = ("word", f"{slot}.{code}")
            if key not in self._columns:
                self._columns[key] = f"w->b[{self.truths}].t"
                self.common.line(f"w->b[{self.truths}].t = l_code({data}, {code}) & {known};")
                self.truths += 1
        held = " | ".join(str(self._columns["word", f"{slot}.{code}"]) for code in codes)
        return f"((B){{{held}, {known} & ~({held})}})"

    def fact(self, node: t.Get) -> Number:
        """Write a number that is a fact."""
        slot, kind = self._column(node), node.type.kind
        if kind not in ("money", "count", "year"):
            raise NotLanesError
        key = ("number", str(slot))
        if key not in self._columns:
            given = f"&w->n[{self.numbers}], &k->col[{slot}], row, w->room[{self.rooms}]"
            if kind == "year":
                self.start.line(f"l_year({given});")
                bits = self.plan.name("int", "31")
            else:
                bits = self.plan.name("int", f"p->bits[{len(self.facts)}]")
                self.start.line(f"w->wide |= l_number({given}, p->bits[{len(self.facts)}]);")
                self.facts.append((slot, _AMPLE[kind]))
                self._fetch(slot, 8)
            self.plan.line(f"if ({bits} > 60) return 0;")
            bound = self.plan.name("i128", f"(i128)1 << {bits}")
            self._columns[key] = Number(f"&w->n[{self.numbers}]", self.plan.name("i64", "1"), bound)
            self.numbers += 1
            self.rooms += 1
        found = self._columns[key]
        assert isinstance(found, Number)
        return found

    def scalar(self, node: t.AnyNode) -> str:
        """Write what rests on no fact into the plan, by the code of single rows."""
        key = (self.policy.id, node)
        if key not in self._uniform:
            self.plan.line(f"ev = k->day[{self._day}];")
            try:
                self._uniform[key] = Expressions(self.slots, self.policy, self.plan).value(node)
            except NotNativeError as error:
                raise NotLanesError from error
        return self._uniform[key]

    def exact(self, node: t.AnyNode) -> str:
        """Return the C of an exact fraction."""
        found = self.scalar(node)
        self.plan.line(f"if (!exact({found})) return 0;")
        return f"{found}.lo"


def is_uniform(node: t.AnyNode) -> bool:
    """Say whether a node rests on no fact: it is the same for every applicant of a run."""
    return all(isinstance(part, _UNIFORM) for part in t.walk(node))
