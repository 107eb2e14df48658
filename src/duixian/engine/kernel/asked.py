"""The readings that expressions of a policy ask for, by id and as bits of the column `readings`."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from duixian.language import tree as t
from duixian.language.policy import Measure, Policy


def readings_asked(nodes: Iterable[t.AnyNode | None], days: Iterable[str] = ()) -> set[str]:
    """Return the readings that expressions ask for; where they speak of the policy's own days also `days`."""
    found: set[str] = set()
    for part in (part for node in nodes if node is not None for part in t.walk(node)):
        if isinstance(part, t.Chosen):
            found.add(part.id)
        elif isinstance(part, t.Builtin) and part.name in ("starts", "ends"):
            found.update(days)
    return found


def readings_mask(policy: Policy, readings: Iterable[str]) -> int:
    """Return readings as bits, in the order of the policy."""
    bits = {reading.id: 1 << bit for bit, reading in enumerate(policy.readings)}
    return sum(bits[id] for id in set(readings))


def nodes_of_sums(measure: Measure) -> Iterator[t.AnyNode | None]:
    """Yield the expressions on which the sum of a claim rests."""
    yield from (item.when for item in measure.instead)
    for terms in (measure.terms, *(item.terms for item in measure.instead)):
        yield from (terms.amount, terms.least, *terms.options, *terms.caps)
