"""Builds what a measure says of paying in stages and of paying back; both are shown, and carried out elsewhere."""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING

from duixian.language import policy as p
from duixian.language import tree as t
from duixian.language.scope import Scope
from duixian.language.shape import Entry
from duixian.language.units import DATE, RATIO
from duixian.language.vocabulary import label

if TYPE_CHECKING:
    from duixian.language.build import Builder


def stages(builder: Builder, entry: Entry, scope: Scope, id: str) -> tuple[p.Stage, ...]:
    """Return the stages of a measure, in their order; their shares must make the whole."""
    found = []
    for number, item in enumerate(entry.get("stages", ()), 1):
        slot = f"{id}.stages.{number}"
        share = builder.expression(item.get("share"), scope.at(f"{slot}.share"), RATIO)
        begins = builder.expression(item.get("from"), scope.at(f"{slot}.from"), DATE)
        conditions = builder.conditions(item.get("requires", {}), scope, slot)
        if share is not None:
            found.append(p.Stage(share, begins, label(item), item.position, item.texts("at"), conditions))
    shares = [item.share.value for item in found if isinstance(item.share, t.Constant)]
    whole = sum(share for share in shares if isinstance(share, int | Fraction))
    if found and len(shares) == len(entry.get("stages", ())) and whole != 1:
        message = f"the shares of the stages make {float(whole * 100):g}%, not 100%"
        builder.report.add(entry.place("stages"), "wrong-form", message, "mend the shares")
    return tuple(found)


def claw_back(builder: Builder, entry: Entry | None, scope: Scope, id: str) -> p.ClawBack | None:
    """Return what a measure says of paying back, None if it says nothing."""
    if entry is None:
        return None
    until = builder.expression(entry.get("until"), scope.at(f"{id}.claw_back.until"), DATE)
    return p.ClawBack(until, label(entry), builder.place(entry), entry.position)
