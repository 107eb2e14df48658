"""Writes the C that assesses 64 applicants at a time, where every measure rests on the applicant's own facts."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from duixian.engine.kernel.emit import Emitter
from duixian.engine.kernel.functions import Functions
from duixian.engine.kernel.lane_columns import NotLanesError
from duixian.engine.kernel.laning import Laning
from duixian.engine.kernel.measures import OWN_BITS
from duixian.engine.kernel.shared import Numbered
from duixian.engine.kernel.slots import word_code
from duixian.engine.kernel.terms import VERDICTS
from duixian.language import tree as t
from duixian.language.policy import Policy

_TO = 0
_MOST = 250


def write_lanes(
    functions: Functions, policies: Sequence[Policy], measures: Sequence[Numbered]
) -> Laned | None:
    """Write the C of lanes, or return None where the policies need more than an applicant's own facts."""
    if any(policy.overlap or policy.bounds for policy in policies):
        return None
    writer = _Writer(functions, measures)
    try:
        for item in measures:
            writer.measure(item)
    except NotLanesError:
        return None
    return writer.laned()


@dataclass(frozen=True)
class Laned:
    """The tables and the functions of lanes, to stand before and behind what is the same for all policies."""

    tables: tuple[str, ...]
    functions: tuple[str, ...]


class _Writer:
    def __init__(self, functions: Functions, measures: Sequence[Numbered]) -> None:
        self.functions = functions
        self.slots = functions.slots
        self.measures = measures
        self.laning = Laning(functions.slots, _shared(measures))
        self.lines: list[str] = []
        self.opens: list[int] = []
        self.open_from: list[int] = [0]
        self.verdicts: list[str] = []
        self.sure: list[int] = []
        self.days: list[int] = []

    def measure(self, item: Numbered) -> None:
        """Write one measure: its conditions in turn until all 64 fail, then its sum."""
        measure, terms = item.measure, item.measure.terms
        if (
            item.number >= _MOST
            or measure.per != "applicant"
            or measure.instead
            or terms.sum not in ("exact", "up_to")
        ):
            raise NotLanesError
        if terms.amount is None or measure.roles:
            raise NotLanesError
        out = Emitter()
        self.laning.begin(item.policy, out, self.slots.day(item.policy.id, "application_day"))
        out.line("u64 failed = ~w->rows, open = 0;")
        if measure.to:
            self._condition(item, out, _TO, self._kind(item))
        for bit, condition in enumerate(measure.conditions):
            self._condition(item, out, OWN_BITS + bit, self.laning.truth(condition.test))
        self._sum(item, out)
        self.lines += [f"static void l{item.number}(const Plan *p, Word *w) {{", *out.lines, "}"]
        self.open_from.append(len(self.opens))
        self.verdicts.append(VERDICTS.get(terms.right, "ELIGIBLE" if terms.sum == "exact" else "UP_TO"))
        self.sure.append(int(terms.sum == "exact" and terms.right not in VERDICTS))
        self.days.append(self.slots.day(item.policy.id, "application_day"))

    def _sum(self, item: Numbered, out: Emitter) -> None:
        """Write the sum, for eight at a time of those who are left."""
        laning, terms, number = self.laning, item.measure.terms, item.number
        assert terms.amount is not None
        top = laning.sum(terms.amount, terms.caps)
        laning.plan.line(f"if ({top.b} >= FEN_LIMIT) return 0;")
        out.line(f"const i64 d = {laning.give(top.d)};")
        out.line("const double inverse = 1.0 / (double)d;")
        out.line("Given given = {0};")
        with out.block("for (u64 left = ~failed; left;)"):
            out.line("const At at = at_next(&left);")
            for line in laning.grouped.lines:
                out.line(line.strip())
            out.line(f"l_group(w, {number}, &given, &at, open, {top.code}, d, inverse);")
        out.line(f"l_given(w, {number}, &given);")

    def _kind(self, item: Numbered) -> str:
        enum = self.slots.vocabulary.entities["applicant"].fields["kind"].type.of
        codes = [word_code(self.slots.vocabulary, item.policy, enum, word) for word in item.measure.to]
        return self.laning.words("kind", codes)

    def _condition(self, item: Numbered, out: Emitter, bit: int, truth: str) -> None:
        number, name = item.number, out.name("B", truth)
        out.line(f"failed |= {name}.f; open |= w->open[{len(self.opens)}] = ~({name}.t | {name}.f);")
        out.line(f"if (failed == ALL) {{ w->live[{number}] = w->sure[{number}] = 0; return; }}")
        self.opens.append(bit)

    def laned(self) -> Laned:
        """Put everything together."""
        laning, count = self.laning, len(self.measures)
        room = -(-count // 64) * 64
        verdicts = [*self.verdicts, *["0"] * (room - count)]
        in_turn = len({item.measure.id for item in self.measures}) == count

        def table(type: str, name: str, values: Sequence[object]) -> str:
            return f"static const {type} {name}[] = {{{', '.join(map(str, values))}}};"

        tables = (
            f"#define MEASURES {count}",
            f"#define BLOCKS {room // 64}",
            f"#define NAME(m) {'(m)' if in_turn else 'NAME_OF[m]'}",
            table("u8", "NUMBER_OF", range(room)),
            table("u8", "VERDICT_OF", verdicts),
            table("u8", "SURE_OF", self.sure),
            table("i16", "DAY_OF", self.days),
            table("i16", "OPEN_FROM", self.open_from),
            table("u8", "OPEN_BIT", self.opens or [0]),
            f"#define FACTS {len(laning.facts)}",
            table("i16", "FACT_OF", [slot for slot, _ in laning.facts] or [0]),
            table("u8", "AMPLE_OF", [bits for _, bits in laning.facts] or [0]),
            f"typedef struct {{ i64 u[{max(1, laning.given)}]; u8 bits[FACTS + 1]; }} Plan;",
            "typedef struct {",
            "    const Col *col; i64 row; u64 rows, odd, wide; int written;",
            f"    B b[{laning.truths + 1}]; L n[{laning.numbers + 1}];",
            f"    const L *at[{laning.kept + 1}]; u64 known[{len(self.slots.columns) + 1}];",
            f"    u64 live[{room}], sure[{room}], has_hi[{count}], open[{len(self.opens) + 1}];",
            f"    v8 paid_all[{count}], reach_all[{count}];",
            f"    i64 fen[{count}][LANES], room[{laning.rooms + 1}][LANES];",
            "    u64 has[BLOCKS][LANES], certain[BLOCKS][LANES]; u16 start[LANES];",
            f"    u16 claim[{count} * LANES];",
            f"    u8 measure_of[{count + 1} * LANES], row_of[{count + 1} * LANES], verdict_of[{count + 1} * LANES];",
            "} Word;",
        )
        functions = (
            *self.lines,
            "static int lanes_stand(const K *k) {",
            "    for (int m = 0; m < MEASURES; m++) if (k->force[POLICY_OF[m]] != 1) return 0;",
            *(f"    {line}" for line in laning.stand),
            "    return 1;",
            "}",
            "static int lanes_plan(K *k, Plan *p) {",
            "    i64 row = 0, rec = NO_RECORD; D ev = {0, 0}; k->over = 0;",
            *laning.plan.lines,
            "    return !k->over;",
            "}",
            "static int lanes_word(const K *k, const Plan *p, Word *w, i64 row, u64 rows) {",
            "    w->col = k->col; w->row = row; w->rows = rows; w->odd = w->wide = 0;",
            *laning.start.lines,
            "    if (w->wide) return -1;",
            "    if (w->odd & rows) return 0;",
            *laning.common.lines,
            *(f"    l{item.number}(p, w);" for item in self.measures),
            "    return 1;",
            "}",
        )
        return Laned(tables, functions)


def _shared(measures: Sequence[Numbered]) -> frozenset[tuple[str, t.AnyNode]]:
    """Return the parts of expressions that several measures have in common: they are worked out once."""
    seen: dict[tuple[str, t.AnyNode], set[int]] = {}
    for item in measures:
        terms = item.measure.terms
        roots = [condition.test for condition in item.measure.conditions]
        roots += [node for node in (terms.amount, *terms.caps) if node is not None]
        for root in roots:
            for node in t.walk(root):
                if not isinstance(node, t.Constant | t.Word | t.Record | t.Get):
                    seen.setdefault((item.policy.id, node), set()).add(item.number)
    return frozenset(key for key, numbers in seen.items() if len(numbers) > 1)
