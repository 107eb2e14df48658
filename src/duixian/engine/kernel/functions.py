"""The functions of C written so far, one for each expression, and those that are kept for an applicant."""

from __future__ import annotations

from dataclasses import dataclass, field

from duixian.engine.kernel.emit import Emitter
from duixian.engine.kernel.expressions import Expressions
from duixian.engine.kernel.slots import Slots
from duixian.language import tree as t
from duixian.language.policy import Policy, Terms

HEAD = "K *k, i64 row, i64 rec, D ev"
"""What every function of an expression takes: the run, the row, the claim's record and its event's day."""


@dataclass
class Functions:
    """The functions written so far, and the conditions that rest on the applicant alone (kept for a row)."""

    slots: Slots
    names: tuple[str, ...]
    policies: tuple[str, ...]
    texts: list[str] = field(default_factory=list)
    written: dict[tuple[str, t.AnyNode | Terms, bool], str] = field(default_factory=dict)
    fixed: int = 0
    kept: dict[str, int] = field(default_factory=dict)
    shared: set[str] = field(default_factory=set)

    def add(self, head: str, out: Emitter) -> None:
        """Add a function."""
        self.texts.append("\n".join((f"{head} {{", *out.lines, "}")))

    def kept_number(self, name: str) -> int | None:
        """Return the number under which a function's value is kept for a row, None if it is not."""
        return self.kept.get(name)

    def expression(self, policy: Policy, node: t.AnyNode, type: str, keep: bool = True) -> str:
        """Return the name of the function of an expression, written once for each node."""
        # By what it says and where, not by identity: policies from the cache share no nodes.
        key = (policy.id, node, keep)
        if key not in self.written:
            name = f"x{len(self.written)}"
            self.written[key] = name
            out = Emitter()
            out.line(f"return {Expressions(self.slots, policy, out).value(node)};")
            self.add(f"{type} {name}({HEAD})", out)
            if type == "T" and keep and _rests_on_applicant(node):
                self.written[key] = self._kept(name, self.policies.index(policy.id))
        return self.written[key]

    def _kept(self, name: str, policy: int) -> str:
        number = self.fixed
        self.fixed += 1
        out = Emitter()
        with out.block(f"if (k->fixed[{number}] < 0)"):
            out.line("u64 touched = k->touched;")
            out.line("k->touched = 0;")
            out.line(f"k->fixed[{number}] = {name}(k, row, NO_RECORD, (D){{0, 0}});")
            out.line(f"k->fixed_touched[{number}] = k->touched;")
            out.line(f"k->kept_touched[{policy}] |= k->touched;")
            out.line("k->touched = touched;")
        out.line(f"return k->fixed[{number}];")
        self.add(f"T {name}_kept({HEAD})", out)
        self.kept[f"{name}_kept"] = number
        return f"{name}_kept"


def _rests_on_applicant(node: t.AnyNode) -> bool:
    return not any(
        (isinstance(part, t.Record) and part.of in ("claim", "previous"))
        or isinstance(part, t.First)
        or (isinstance(part, t.Builtin) and part.name == "event_day")
        for part in t.walk(node)
    )
