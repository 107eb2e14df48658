"""Says of a claim how it would be paid in stages and until when it may have to be paid back.

Shown only: a sum is never lessened by it. What was paid at which stage is the casework's to know.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from duixian.engine.compiling import compile_node
from duixian.engine.context import Context
from duixian.engine.result import ClawBack, Stage
from duixian.engine.values import to_fen
from duixian.language import policy as p

Code = Callable[[Context], Any]


@dataclass(frozen=True, slots=True)
class Staging:
    """A measure's stages and its claw-back, compiled."""

    stages: tuple[tuple[p.Stage, Code, Code | None, tuple[Code, ...]], ...]
    claw_back: tuple[p.ClawBack, Code | None] | None

    def tell(self, context: Context, whole: int | None, lang: str) -> list[Stage]:
        """Return the stages of a claim of which `whole` fen is the greatest sum, payments not taken off."""
        found: list[Stage] = []
        with _aside(context):
            shares = [share(context) for _, share, _, _ in self.stages]
            for number, (stage, _, begins, conditions) in enumerate(self.stages):
                day = begins(context) if begins is not None else None
                held = [condition(context) for condition in conditions]
                if begins is not None:
                    held.append(day <= context.frame.day if isinstance(day, dt.date) else None)
                rest = number == len(shares) - 1 and sum(shares) == 1
                sums = [item.max_fen or 0 for item in found]
                fen = None if whole is None else whole - sum(sums) if rest else to_fen(shares[number] * whole)
                due = False if False in held else None if None in held else True
                at = stage.at[0] if stage.at else ""
                text = stage.label.text(lang)
                share = str(Fraction(shares[number]))
                found.append(Stage(share, fen, day if isinstance(day, dt.date) else None, due, text, at))
        return found

    def pay_back(self, context: Context, lang: str) -> ClawBack | None:
        """Return until when and how the claim's money may have to be paid back, None if nothing is said."""
        if self.claw_back is None:
            return None
        said, until = self.claw_back
        with _aside(context):
            day = until(context) if until is not None else None
        return ClawBack(day if isinstance(day, dt.date) else None, said.label.text(lang), said.place.at[0])


def compile_staging(measure: p.Measure) -> Staging | None:
    """Return the compiled stages and claw-back of a measure, None if it has neither."""
    if not measure.stages and measure.claw_back is None:
        return None
    stages = tuple(
        (
            stage,
            compile_node(stage.share),
            None if stage.begins is None else compile_node(stage.begins),
            tuple(compile_node(condition.test) for condition in stage.conditions),
        )
        for stage in measure.stages
    )
    back = measure.claw_back
    until = None if back is None or back.until is None else compile_node(back.until)
    return Staging(stages, None if back is None else (back, until))


@contextmanager
def _aside(context: Context) -> Iterator[None]:
    """Let what is worked out here count neither as missing from the claim nor as a reading it rests on."""
    missing, touched = len(context.missing), set(context.touched)
    yield
    del context.missing[missing:]
    context.touched.clear()
    context.touched.update(touched)
