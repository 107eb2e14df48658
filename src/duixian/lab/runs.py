"""Runs a policy with other literals over a register, and keeps what each setting costs."""

from __future__ import annotations

import os
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import msgspec
import numpy as np

from duixian import __version__
from duixian.engine.assess import Request
from duixian.engine.batch import compile_kernel
from duixian.engine.journal import digest
from duixian.engine.kernel.parameters import Amount
from duixian.engine.progress import Pace, Tell, silent
from duixian.lab.costing import Basis, basis_of
from duixian.lab.registers import Register
from duixian.lab.resuming import Milestone
from duixian.lab.tally import LEVELS, Sums, numbers, sum_by
from duixian.lab.variants import Vary, check_variant, parameters
from duixian.language.policy import Policy

if TYPE_CHECKING:
    import pyarrow as pa


class Point(msgspec.Struct, frozen=True):
    """One variant: its values in the order of what is varied, its cost in fen, claims and applicants reached."""

    values: tuple[Amount, ...]
    sums: Sums
    claims: int
    reached: int


class Runs:
    """Runs settings over the register and keeps what each costs; what was stopped goes on where it was."""

    def __init__(
        self,
        policy: Policy,
        register: Register,
        request: Request,
        varies: Sequence[Vary],
        progress: Tell = silent,
    ) -> None:
        self.policy, self.register, self.request, self.varies = policy, register, request, varies
        self.kernel = compile_kernel([policy], register.vocabulary)
        self.tallies: dict[tuple[Amount, ...], _Tally] = {}
        self.applicants = 0
        self.progress = progress
        self._milestones: list[Milestone] = []

    def check(self, setting: tuple[Amount, ...]) -> None:
        """Raise VariantError if the policy with this setting is none."""
        check_variant(self.policy, parameters(self.policy, self.varies, setting))

    def run(self, settings: Sequence[tuple[Amount, ...]], turn: int = 0) -> None:
        """Work out settings in one turn over the register; those that were already are not run again."""
        fresh = [setting for setting in dict.fromkeys(settings) if setting not in self.tallies]
        asked = [parameters(self.policy, self.varies, setting) for setting in fresh]
        milestone = Milestone(self._key(fresh))
        self._milestones.append(milestone)
        resumed, rows = milestone.read(len(fresh)) or (0, [[]] * len(fresh))
        tallies = [_Tally.of(row) for row in rows]
        applicants, pace = resumed, Pace(self.progress, turn)
        with ThreadPoolExecutor(os.cpu_count() if self.kernel.native else 1) as pool:
            try:
                for batch in self.register.batches([self.kernel], after=resumed):

                    def one(place: int, batch: pa.RecordBatch = batch) -> None:
                        found = self.kernel.run(batch, self.request, parameters=asked[place], readings=False)
                        tallies[place].add(found.claims)

                    for count, _ in enumerate(pool.map(one, range(len(fresh))), 1):
                        done = applicants - resumed + batch.num_rows * count // len(fresh)
                        pace.at(done, self.register.rows, resumed)
                    applicants += batch.num_rows
                    milestone.at(applicants, [tally.row() for tally in tallies])
            except BaseException:
                # Who stops the run does not wait for the settings that have not begun.
                pool.shutdown(wait=False, cancel_futures=True)
                for each in self._milestones:
                    each.write()
                raise
        self.tallies |= dict(zip(fresh, tallies, strict=True))
        self.applicants = applicants

    def _key(self, settings: Sequence[tuple[Amount, ...]]) -> str | None:
        """Return a hash of all that what settings cost rests on; None for a register that is read whole."""
        if self.register.path is None:
            return None
        path = self.register.path.resolve()
        status, encode = path.stat(), msgspec.msgpack.encode
        file = str(path), status.st_size, status.st_mtime_ns, self.register.rows
        varied = [vary.address for vary in self.varies]
        return digest(
            encode(self.policy),
            encode(self.register.vocabulary),
            self.request.told,
            repr((__version__, file, varied, settings)).encode(),
        )

    def forget(self) -> None:
        """Throw away what was kept in case the runs should be stopped."""
        for milestone in self._milestones:
            milestone.forget()

    def point(self, setting: tuple[Amount, ...]) -> Point:
        """Return what a setting costs that was run."""
        return self.tallies[setting].point(setting)

    def points(self, settings: Sequence[tuple[Amount, ...]]) -> tuple[Point, ...]:
        """Return what several settings cost."""
        return tuple(map(self.point, settings))

    def basis(self) -> Basis:
        """Return what the figures rest on."""
        return basis_of(self.policy, self.register, self.request, self.applicants, self.kernel)


@dataclass
class _Tally:
    """Adds up the claims of one variant."""

    sums: Sums = field(default_factory=Sums)
    claims: int = 0
    reached: int = 0

    @classmethod
    def of(cls, row: Sequence[int]) -> _Tally:
        """Return the tally of a row of `row()`; that of no numbers is empty."""
        return cls(Sums(*row[:-2]), *row[-2:])

    def row(self) -> tuple[int, ...]:
        return (*(getattr(self.sums, level) for level in LEVELS), self.claims, self.reached)

    def add(self, claims: pa.RecordBatch) -> None:
        money = [numbers(claims[level]) for level in LEVELS]
        whole = np.zeros(claims.num_rows, np.int64)
        self.sums += Sums(*(sum_by(values, whole, 1)[0] for values in money))
        paid = money[-1] > 0
        self.claims += int(np.count_nonzero(paid))
        self.reached += len(np.unique(numbers(claims["row"])[paid]))

    def point(self, values: tuple[Amount, ...]) -> Point:
        return Point(values, self.sums, self.claims, self.reached)
