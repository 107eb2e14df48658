"""Runs native code over a batch: gives it days, readings and literals, and hands over what it leaves."""

from __future__ import annotations

import ctypes
import datetime as dt
from collections.abc import Mapping, Sequence
from functools import partial
from typing import TYPE_CHECKING, Any

from duixian.calendar.periods import Period
from duixian.engine.assess import Session
from duixian.engine.kernel.arrow import Inputs
from duixian.engine.kernel.compiler import load
from duixian.engine.kernel.layout import CHOICES, VERDICTS, Counts, Dictionaries
from duixian.engine.kernel.output import Room, Tally
from duixian.engine.kernel.parameters import Amount
from duixian.engine.kernel.program import make_program
from duixian.engine.kernel.resting import Variants
from duixian.engine.standing import Standing
from duixian.language.policy import Policy
from duixian.language.vocabulary import Vocabulary

if TYPE_CHECKING:
    import pyarrow as pa

_EPOCH = dt.date(1970, 1, 1).toordinal()
_FIT = 1 << 62
_LEAST_ROOM = 8192
_COUNT_ONLY = -1


class _Arg(ctypes.Structure):
    _fields_ = (("n", ctypes.c_int64), ("d", ctypes.c_int64), ("y", ctypes.c_int32), ("m", ctypes.c_int32))


class _Day(ctypes.Structure):
    _fields_ = (("v", ctypes.c_int32), ("k", ctypes.c_int32))


class Native:
    """The native function of a set of policies. Threads may share it: all that changes is a guess at room."""

    def __init__(self, policies: Sequence[Policy], vocabulary: Vocabulary) -> None:
        """Make or find the code. Raises NotNativeError if there can be none."""
        self.policies = policies
        self.program = make_program(policies, vocabulary)
        self.words = Dictionaries(policies)
        library = load(self.program.sources, self.program.lanes)
        self._run = library.duixian_run
        self._run.restype = ctypes.c_int64
        self._run.argtypes = (
            *([ctypes.c_void_p] * 7),
            *([ctypes.c_int64] * 4),
            *([ctypes.c_void_p] * 2),
        )
        self._encode = library.duixian_encode
        self._encode.restype = None
        self._encode.argtypes = (
            ctypes.c_int64,
            ctypes.c_int64,
            ctypes.c_void_p,
            ctypes.c_void_p,
            ctypes.c_char_p,
            ctypes.c_void_p,
            ctypes.c_int64,
            ctypes.c_void_p,
            ctypes.c_void_p,
        )
        self._recode = library.duixian_recode
        self._recode.restype = None
        self._recode.argtypes = (
            *(ctypes.c_int64, ctypes.c_int64, ctypes.c_void_p, ctypes.c_int64, ctypes.c_int64),
            *(ctypes.c_void_p, ctypes.c_void_p),
        )
        library.duixian_scratch.restype = ctypes.c_int64
        self._scratch = int(library.duixian_scratch())
        self._most = 4.0
        self._last: tuple[Session, Mapping[str, Amount], tuple[Any, ...], Variants] | None = None

    def fits(self, values: Mapping[str, Amount]) -> bool:
        """Say whether 64 bits hold the literals."""
        return all(
            abs(part) < _FIT
            for value in values.values()
            if not isinstance(value, dt.date | Period)
            for part in value.as_integer_ratio()
        )

    def run(
        self,
        batch: pa.RecordBatch,
        session: Session,
        values: Mapping[str, Amount],
        every: bool,
        columns: Sequence[str] | None,
        readings: bool,
        first: int = 0,
    ) -> tuple[list[pa.RecordBatch], Tally]:
        """Return the claims in order of rows, and what was counted.

        `values` are all literals by their full address, `columns` those of `claims_schema` that are
        wanted, None if claims are only counted; rows are counted from `first`.
        """
        import pyarrow as pa

        given, others = self._given(session, values)
        inputs = Inputs(batch, self.program.slots, self._encode, self._recode)
        rows = batch.num_rows
        tally = Tally(len(self.program.measures), rows)
        scratch = pa.allocate_buffer(self._scratch)
        # Over lanes a word of 64 applicants is begun only where all that it may come to has room.
        least = _LEAST_ROOM + (64 * len(self.program.measures) if self.program.lanes else 0)
        room, text, done, found = int(self._most * rows) + least, max(1 << 16, 48 * rows), 0, []
        while True:
            place = Room(room if columns is not None else _COUNT_ONLY, text, tally, columns or (), first)
            start = done
            done = self._run(
                inputs.columns,
                inputs.lists,
                *given,
                others.items,
                others.count if readings else 0,
                int(every),
                start,
                rows,
                ctypes.addressof(place.out),
                scratch.address,
            )
            tally.left = place.out.handed_count
            if columns is not None:
                found.append(place.batch(self.words))
            if done == rows:
                return found, tally
            if done == start:
                room, text = 2 * room, 2 * text
            else:
                # Claims a row differ little between batches: the next one gets the room in one piece.
                self._most = max(self._most, 1.2 * place.out.count / (done - start))

    def _given(self, session: Session, values: Mapping[str, Amount]) -> tuple[tuple[Any, ...], Variants]:
        """Return a request as native code takes it; the last one is kept, as a register asks for each batch anew.

        Readings are each run's own: native code tries other choices in place.
        """
        last = self._last
        if last is None or last[0] is not session or last[1] is not values:
            forces, days = base = self._stand(session, session.standings)
            others = Variants(session, self.program.slots, base, partial(self._stand, session))
            fixed = (self._arguments(values), days, self._readings(session), forces)
            last = self._last = (session, values, fixed, others)
        arguments, days, readings, forces = last[2]
        return (arguments, days, type(readings).from_buffer_copy(readings), forces), last[3]

    def counts(self, tally: Tally) -> Counts:
        """Return what was counted by policy, measure and verdict."""
        return {
            (*measure, verdict): tally.counts[number * len(VERDICTS) + code]
            for number, measure in enumerate(self.program.measures)
            for code, verdict in enumerate(VERDICTS)
            if tally.counts[number * len(VERDICTS) + code]
        }

    def paid(self, tally: Tally) -> dict[tuple[str, str], list[int]]:
        """Return the sums of each measure in fen."""
        sums, many = tally.sums(), len(CHOICES)
        return {
            measure: sums[number * many : number * many + many]
            for number, measure in enumerate(self.program.measures)
        }

    def _arguments(self, values: Mapping[str, Amount]) -> Any:
        cities = {policy.id: policy.city for policy in self.policies}
        made = (_Arg * max(1, len(self.program.slots.arguments)))()
        for (policy, address), number in self.program.slots.arguments.items():
            if address == "city":
                city = cities[policy]
                made[number].n = int(city) if len(city) == 6 and city.isdecimal() else -2
                continue
            value = values[f"{policy}/{address}"]
            if isinstance(value, dt.date):
                made[number].n = value.toordinal() - _EPOCH
            elif isinstance(value, Period):
                made[number] = _Arg(value.days, 1, value.years, value.months)
            else:
                made[number].n, made[number].d = value.as_integer_ratio()
        return made

    def _stand(self, session: Session, standings: Mapping[str, Standing]) -> tuple[Any, Any]:
        """Return how the policies stand, and their days."""
        return self._forces(standings), self._days(session, standings)

    def _days(self, session: Session, standings: Mapping[str, Standing]) -> Any:
        made = (_Day * max(1, len(self.program.slots.days)))()
        for (policy, name), number in self.program.slots.days.items():
            found = standings[policy].days.get(name)
            day = session.day(policy) if name == "application_day" else found
            if isinstance(day, dt.date):
                made[number] = _Day(day.toordinal() - _EPOCH, 1)
        return made

    def _readings(self, session: Session) -> Any:
        made = (ctypes.c_int32 * max(1, len(self.program.slots.readings)))()
        for (policy, id), number in self.program.slots.readings.items():
            rules = session.book.rules[policy].policy
            reading, taken = rules.reading(id), session.readings[policy].get(id)
            choices = [choice.id for choice in reading.choices] if reading else []
            made[number] = choices.index(taken) if taken in choices else -1
        return made

    def _forces(self, standings: Mapping[str, Standing]) -> Any:
        states = {True: 1, False: 0, None: 2}
        made = (ctypes.c_int32 * max(1, len(self.policies)))()
        for number, policy in enumerate(self.policies):
            made[number] = states[standings[policy.id].in_force]
        return made
