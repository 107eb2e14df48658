"""Writes the C that makes a claim anew under another choice of a reading, and says first whether it need be."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from duixian.engine.kernel.asked import nodes_of_sums, readings_asked, readings_mask
from duixian.engine.kernel.emit import Emitter
from duixian.language import tree as t
from duixian.language.policy import OWN_CONDITIONS

if TYPE_CHECKING:
    from duixian.engine.kernel.measures import MeasureWriter

_WHICH = OWN_CONDITIONS.index("which")


class AgainWriter:
    """Writes `again` and `moves` of one measure."""

    def __init__(self, of: MeasureWriter) -> None:
        """Take what writes the rest of the measure."""
        self.of = of
        self.measure, self.policy, self.functions = of.measure, of.policy, of.functions
        self.validity = readings_asked((of.policy.starts, of.policy.ends))

    def write(self) -> None:
        """Write both functions."""
        self._again()
        self._moves()

    def _again(self) -> None:
        """Write what makes one claim anew, under other choices of readings, on the same record."""
        measure, out, number = self.measure, Emitter(), self.of.number
        out.line("u64 open = 0, failed = 0;")
        if measure.to:
            out.line("if (k->kind == -1) open = 1ull << B_TO;")
        if not self.of.record:
            out.line(f"c{number}(k, row, NO_RECORD, {self.of.day}, 0, open, failed);")
        else:
            self._same_record(out)
            bare = f"c{number}(k, row, rec, ev, 1, open, failed)"
            out.line(f"if (rec == NO_RECORD) {{ {bare}; return; }}")
            if measure.which is not None:
                out.line(f"T speaks = {self.of.which()}(k, row, rec, ev);")
                out.line("if (speaks == 2) open |= 1ull << B_WHICH;")
                out.line("if (!speaks) failed |= 1ull << B_WHICH;")
            out.line(f"c{number}(k, row, rec, ev, 0, open, failed);")
        self.functions.add(f"void again{number}(K *k, i64 row, const Claim *c)", out)

    def _same_record(self, out: Emitter) -> None:
        out.line("i64 rec = c->rec; D ev = {c->event, c->has_event};")

    def _moves(self) -> None:
        """Write whether anything of a claim comes out otherwise, under another choice of a reading of these bits."""
        out = Emitter()
        if self.of.record:
            self._same_record(out)
        else:
            out.line(f"i64 rec = NO_RECORD; D ev = {self.of.day};")
        if self._reads(nodes_of_sums(self.measure)):
            out.line(f"if (bit & {self._reads(nodes_of_sums(self.measure))}ull) return 1;")
        tests = [
            (
                len(OWN_CONDITIONS) + bit,
                self._reads([item.test]),
                self.functions.expression(self.policy, item.test, "T"),
            )
            for bit, item in enumerate(self.measure.conditions)
        ]
        if self.measure.which is not None:
            tests.append((_WHICH, self._reads([self.measure.which]), self.of.which()))
        for bit, reads, test in tests:
            if reads:
                was = f"(c->failed >> {bit} & 1 ? 0 : c->unknown >> {bit} & 1 ? 2 : 1)"
                here = " && rec != NO_RECORD" if bit == _WHICH else ""
                out.line(f"if (bit & {reads}ull{here} && {test}(k, row, rec, ev) != {was}) return 1;")
        out.line("return 0;")
        self.functions.add(f"int moves{self.of.number}(K *k, i64 row, const Claim *c, u64 bit)", out)

    def _reads(self, nodes: Iterable[t.AnyNode | None]) -> int:
        return readings_mask(self.policy, readings_asked(nodes, self.validity))

    def touched(self) -> str:
        """Return the C of the readings that a claim's rules asked for."""
        tests = [item.test for item in self.measure.conditions] + [item.when for item in self.measure.instead]
        names = [self.functions.expression(self.policy, test, "T") for test in tests]
        kept = dict.fromkeys(self.functions.kept_number(name) for name in names)
        which = self._reads([self.measure.which])
        parts = [f"k->fixed_touched[{number}]" for number in kept if number is not None]
        return " | ".join(["k->touched", *parts, *([f"{which}ull"] if which else [])])
