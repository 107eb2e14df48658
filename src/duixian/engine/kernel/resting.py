"""The readings on which claims rest: which of them a measure can ask for, and every other choice of each."""

from __future__ import annotations

import ctypes
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

from duixian.engine.assess import Session
from duixian.engine.kernel.slots import NotNativeError, Slots
from duixian.engine.standing import Standing
from duixian.language.policy import Policy

_MOST = 63


class Variant(ctypes.Structure):
    """As `Variant` in c/claims.h."""

    _fields_ = (
        *((name, ctypes.c_int32) for name in ("policy", "bit", "slot", "choice")),
        ("force", ctypes.c_void_p),
        ("day", ctypes.c_void_p),
    )


class Variants:
    """Every other choice of each reading for one run; keeps what native code points to alive."""

    def __init__(
        self,
        session: Session,
        slots: Slots,
        base: tuple[Any, Any],
        given: Callable[[Mapping[str, Standing]], tuple[Any, Any]],
    ) -> None:
        """Take the numbers of readings; `given` makes the arrays of standings and days, as `base` has them."""
        self._kept: list[Any] = [base]
        found = list(self._all(session, slots, base, given))
        self.count = len(found)
        self.items = (Variant * max(1, len(found)))(*found)

    def _all(self, session: Session, slots: Slots, base: Any, given: Any) -> Iterator[Variant]:
        for number, (id, rules) in enumerate(session.book.rules.items()):
            for bit, reading in enumerate(rules.policy.readings):
                taken = session.readings[id].get(reading.id)
                slot = slots.readings.get((id, reading.id), -1)
                for place, choice in enumerate(reading.choices):
                    if choice.id == taken:
                        continue
                    made = base
                    if reading.id in rules.validity_readings:
                        standing = session.otherwise(id, reading.id, choice.id).standing
                        made = given({**session.standings, id: standing})
                        self._kept.append(made)
                    force, day = (ctypes.addressof(array) for array in made)
                    yield Variant(number, bit, slot, place, force, day)


def standing_tables(policies: Sequence[Policy]) -> list[str]:
    """Return the table of policies that are all in force. Raises NotNativeError for one with too many readings."""
    for policy in policies:
        if len(policy.readings) > _MOST:
            raise NotNativeError(f"{policy.id} has too many readings")
    return [
        f"#define POLICIES {len(policies)}",
        f"static const int IN_FORCE[{len(policies)}] = {{{','.join('1' for _ in policies)}}};",
    ]
