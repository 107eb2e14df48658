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
        """Write what makes one claim anew, under other choices of readings, on the same record.

        `told`: the conditions that are not known, where it is told already that none fails.
        """
        measure, out, number = self.measure, Emitter(), self.of.number
        if self.of.record:
            self._same_record(out)
        else:
            out.line(f"i64 rec = NO_RECORD; D ev = {self.of.day};")
        bare = "rec == NO_RECORD" if self.of.record else "0"
        out.line(f"if (told) {{ t{number}(k, row, rec, ev, {bare}, *told, 0); return; }}")
        out.line("u64 open = 0, failed = 0;")
        if measure.to:
            out.line("if (k->kind == -1) open = 1ull << B_TO;")
        if self.of.record and measure.which is not None:
            with out.block("if (rec != NO_RECORD)"):
                out.line(f"T speaks = {self.of.which()}(k, row, rec, ev);")
                out.line("if (speaks == 2) open |= 1ull << B_WHICH;")
                out.line("if (!speaks) failed |= 1ull << B_WHICH;")
        out.line(f"c{number}(k, row, rec, ev, {bare}, open, failed);")
        self.functions.add(f"COLD void again{number}(K *k, i64 row, const Claim *c, const u64 *told)", out)

    def _same_record(self, out: Emitter) -> None:
        out.line("i64 rec = c->rec; D ev = {c->event, c->has_event};")

    def _moves(self) -> None:
        """Write what another choice of a reading of these bits makes of a claim's conditions (`Moved` in C)."""
        out = Emitter()
        if self.of.record:
            self._same_record(out)
        else:
            out.line(f"i64 rec = NO_RECORD; D ev = {self.of.day};")
        out.line("const u64 failed = c->failed & ~OF_SUMS, was = c->unknown & ~OF_SUMS; *open = was;")
        for bit, reads, test in self._tests():
            here = " && rec != NO_RECORD" if bit == _WHICH else ""
            with out.block(f"if (bit & {reads}ull{here})"):
                out.line(f"T held = {test}(k, row, rec, ev);")
                told = f"(failed >> {bit} & 1 ? 0 : was >> {bit} & 1 ? 2 : 1)"
                out.line(f"if (held != {told}) {{ if (failed) return ALL_ANEW; if (!held) return REFUSED;")
                out.line(f"*open ^= 1ull << {bit}; }}")
        sums = self._reads(nodes_of_sums(self.measure))
        out.line(f"return !failed && (bit & {sums}ull || !*open != !was) ? SUM_ANEW : SAME;")
        self.functions.add(
            f"Moved moves{self.of.number}(K *k, i64 row, const Claim *c, u64 bit, u64 *open)", out
        )

    def _tests(self) -> list[tuple[int, int, str]]:
        """Return the conditions that ask for readings: bit, readings and function of each."""
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
        return [test for test in tests if test[1]]

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
