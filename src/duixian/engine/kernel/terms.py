"""Writes the C of the terms of a measure: what they give, between which sums, and which decided sums they allow."""

from __future__ import annotations

from duixian.engine.kernel.emit import Emitter
from duixian.engine.kernel.expressions import Expressions
from duixian.engine.kernel.functions import HEAD, Functions
from duixian.engine.kernel.slots import NotNativeError
from duixian.language import tree as t
from duixian.language.policy import Policy, Terms

VERDICTS = {"selected": "COMPETITIVE", "case_by_case": "CASE_BY_CASE"}
"""The verdict under a right that hangs on a decision."""
_NO_NUMBER = ("by_reference", "not_stated")


class TermsWriter:
    """Writes the functions of terms, once for each."""

    def __init__(self, functions: Functions, policy: Policy) -> None:
        """Take where functions go, and whose terms these are."""
        self.functions = functions
        self.slots = functions.slots
        self.policy = policy

    def write(self, terms: Terms) -> str:
        """Write what terms give under known and unknown conditions; return the function's name."""
        key = (self.policy.id, terms, False)
        if key in self.functions.written:
            return self.functions.written[key]
        name = self.functions.written[key] = f"y{len(self.functions.written)}"
        self._span(terms, name)
        self._allowed(terms, name)
        out = Emitter()
        if terms.sum in _NO_NUMBER:
            out.line("if (!known) return (Sum){UNDETERMINED, 1, 0, 0, 0, 0};")
            verdict = "CASE_BY_CASE" if terms.right == "case_by_case" else "NOT_STATED"
            out.line(f"return (Sum){{{verdict}, 0, 0, 0, 0, 0}};")
        else:
            out.line(f"Span span = {name}_span(k, row, rec, ev, paid.fen);")
            out.line(
                "if (span.has_hi && span.hi == 0 && !paid.fen && !paid.open) return (Sum){INELIGIBLE, 1, 1, 1, 0, 0};"
            )
            out.line(
                "if (!known || !span.settled || paid.open) "
                "return (Sum){UNDETERMINED, 1, (u8)span.has_hi, 0, 0, span.hi};"
            )
            verdict = VERDICTS.get(terms.right, "ELIGIBLE" if terms.sum == "exact" else "UP_TO")
            low = "0" if terms.right in VERDICTS else "span.lo"
            out.line(f"return (Sum){{{verdict}, 1, 1, 0, {low}, span.hi}};")
        self.functions.add(f"Sum {name}({HEAD}, Paid paid, int known)", out)
        return name

    def _span(self, terms: Terms, name: str) -> None:
        out = Emitter()
        head = f"Span {name}_span({HEAD}, i64 paid)"
        if terms.sum in _NO_NUMBER:
            out.line("return (Span){0, 0, 0, 1};")
            self.functions.add(head, out)
            return
        write = Expressions(self.slots, self.policy, out)
        caps = [write.value(node) for node in terms.caps]
        nodes = terms.options if terms.sum == "one_of" else (terms.amount,)
        if not nodes or None in nodes:
            raise NotNativeError(f"terms of the kind {terms.sum} without an amount")
        capped = [
            write.folded("money", "min", [write.value(node), *caps]) for node in nodes if node is not None
        ]
        top = write.folded("money", "max", capped)
        bottom, kind, settled = top, int(terms.sum == "exact"), "1"
        if terms.sum == "one_of":
            bottom, kind = write.folded("money", "min", capped), 2
        elif terms.sum == "range" and terms.least is not None:
            bottom, kind = write.folded("money", "min", [write.value(terms.least), *caps]), 2
            settled = f"n_met({bottom})"
        out.line(f"return span_of(k, {top}, {bottom}, {kind}, {settled}, paid);")
        self.functions.add(head, out)

    def _allowed(self, terms: Terms, name: str) -> None:
        """Write whether the clause allows a decided sum; above its ceiling it is lowered later."""
        out = Emitter()
        write = Expressions(self.slots, self.policy, out)
        nodes: tuple[t.AnyNode, ...] = ()
        if terms.sum == "one_of":
            nodes = terms.options
        elif terms.sum == "range" and terms.least is not None:
            nodes = (terms.least,)
        caps = [write.value(node) for node in terms.caps] if nodes else []
        for node in nodes:
            least = write.folded("money", "min", [write.value(node), *caps])
            if terms.sum == "range":
                out.line(f"return n_ge(number(fen), {least}) == 1;")
            else:
                out.line(f"if (!exact({least})) k->over = 1;")
                out.line(f"if (floorq({least}.lo) == fen) return 1;")
        out.line(f"return {int(not nodes)};")
        self.functions.add(f"COLD int {name}_allowed({HEAD}, i64 fen)", out)
