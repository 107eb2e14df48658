"""`sweep`: what a policy costs and whom it reaches as its literals take other values."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from duixian.engine.assess import Request
from duixian.engine.kernel.parameters import Amount
from duixian.engine.progress import Tell, silent
from duixian.lab.costing import Basis
from duixian.lab.registers import Register
from duixian.lab.runs import Point, Runs
from duixian.lab.seeking import Search, Seeker, costliest
from duixian.lab.variants import Vary, variants
from duixian.language.policy import Policy


class Sweep(msgspec.Struct, frozen=True):
    """A policy over a range.

    present: the policy as it stands. points: what was run. within: the place (from 0) among them of the setting that
        keeps within the budget by what is owed at most; None if none does, or if there is no budget. In one range
        whose cost only rises with the literal it is the largest such setting, if it only falls the smallest,
        otherwise the costliest.
    """

    basis: Basis
    varies: tuple[Vary, ...]
    present: Point
    points: tuple[Point, ...]
    budget_fen: int | None = None
    within: int | None = None
    search: Search | None = None


def sweep(
    policy: Policy,
    register: Register,
    request: Request,
    varies: Sequence[Vary],
    budget_fen: int | None = None,
    progress: Tell = silent,
) -> Sweep:
    """Work out the cost of every combination of values, the rules compiled once, the register read once.

    With a budget and one range of more than `WHOLE` settings, only some are worked out: some evenly spaced ones, and
    then ever closer ones around the budget, each round reading the register again. That needs a cost that goes one
    way; where it does not on what was run, all settings are tried.

    A sweep of a Parquet file that was stopped or killed goes on where it was when the same is asked again.

    Raises:
        VariantError: a variant is no policy, or there are too many.
        RequestError: the request names what the policy does not have.
        InputError: the register cannot be read.
    """
    present = tuple(vary.present for vary in varies)
    runs = Runs(policy, register, request, varies, progress)
    found = _swept(runs, present, varies, budget_fen)
    runs.forget()
    return found


def _swept(runs: Runs, present: tuple[Amount, ...], varies: Sequence[Vary], budget_fen: int | None) -> Sweep:
    if budget_fen is None or len(varies) > 1 or not varies[0].even:
        every = variants(runs.policy, varies)
        runs.run([present, *every])
        points = runs.points(every)
        within = None if budget_fen is None else costliest(points, budget_fen)
        return Sweep(runs.basis(), tuple(varies), runs.point(present), points, budget_fen, within)
    search = Seeker(runs, varies[0], budget_fen)
    search.look(present)
    points = search.points()
    within, how = search.within(points), search.found(points)
    return Sweep(runs.basis(), tuple(varies), runs.point(present), points, budget_fen, within, how)
