"""Assesses a register in a Parquet file of any length: all cores, bounded memory, and it can be stopped.

    run = RegisterRun(compile_kernel(policies, vocabulary), Request(on=dt.date(2023, 6, 1)))
    summary = run.write(Path("register.parquet"), Path("claims.parquet"))

Each row group is a piece of work for one thread, whose claims go to a part of their own (`engine.journal`).
The parts are written to the target in the order of the register, in row groups of their own size, so that
neither threads, batches nor a break in between change a byte of it. Only a whole target gets its name.
"""

from __future__ import annotations

import os
import threading
from collections import deque
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field
from functools import cached_property
from itertools import islice
from pathlib import Path
from queue import Empty, SimpleQueue
from typing import TYPE_CHECKING, Any

import msgspec

from duixian import __version__
from duixian.calendar.days import Both
from duixian.engine.assess import Request
from duixian.engine.batch import Emit, Kernel
from duixian.engine.journal import Journal, PartWriter, digest
from duixian.engine.kernel.parameters import Amount
from duixian.engine.parquet_register import BadGroup, ParquetRegister
from duixian.engine.progress import Pace, Tell, silent
from duixian.engine.written import PAID, Tally, described, tally, written, written_schema
from duixian.register.conform import conform
from duixian.register.origin import marked
from duixian.register.problems import InputError, one_line

if TYPE_CHECKING:
    import pyarrow as pa

ROWS_NATIVE, ROWS_REFERENCE = 65_536, 128
"""How many applicants are assessed at once: few enough to stop soon, enough that a batch costs nothing."""
WRITTEN_ROWS = 262_144
"""The rows of a row group of the target."""
KEPT_BYTES = 256 << 20
"""How much of the finished parts that are not yet written may stay in memory besides; the rest is read again."""
TICK_S = 0.2


@dataclass(frozen=True, slots=True)
class Summary:
    """What a run did: the tally of all claims, the groups that were left out, and how it went.

    `missing` are the columns that the rules read and the register lacks, `resumed` the applicants taken over
    from an earlier run.
    """

    tally: Tally
    bad: tuple[BadGroup, ...]
    missing: tuple[str, ...]
    resumed: int
    seconds: float
    threads: int


@dataclass(frozen=True)
class RegisterRun:
    """What is asked of every register: policies, request, other values of parameters, and how to work.

    `columns` are those of `written_schema` that are written besides `applicant` (None: all); fewer take less
    time, most of all without `readings`. `skip_bad` leaves out the row groups that cannot be used instead of
    ending; `threads` 0 takes every core that the process may use; `batch_rows` 0 leaves the choice to the run.
    """

    kernel: Kernel
    request: Request
    parameters: Mapping[str, Amount] = field(default_factory=dict)
    emit: Emit = "payable"
    columns: tuple[str, ...] | None = None
    skip_bad: bool = False
    threads: int = 0
    batch_rows: int = 0

    def write(self, source: Path, target: Path, progress: Tell = silent) -> Summary:
        """Assess the register in `source` and write its claims to `target`, whole or not at all.

        Goes on where an earlier call for the same register, policies and request ended, however it ended.

        Raises:
            InputError: the register cannot be opened, or its columns are wrong.
            BadGroup: a row group cannot be used, and `skip_bad` is not set.
            RequestError: the request names what the policies do not have.
            CannotWrite, Busy: the target cannot be written, or another process is writing it.
            KeyboardInterrupt: it was interrupted; what is finished is kept.
        """
        register = ParquetRegister(source, self.kernel)
        # An applicant of whom nothing is known shows at once whether the request will do.
        self._assess(conform(_nobody(), register.schema))
        journal = Journal(target, self._key(register))
        done = False
        try:
            summary = _Work(self, register, journal, progress).run()
            done = True
            return summary
        finally:
            journal.close(done)

    def _assess(self, batch: pa.RecordBatch) -> tuple[pa.RecordBatch, Tally]:
        wanted = None if self.columns is None else ("row", *dict.fromkeys((*self._schema.names[1:], *PAID)))
        result = self.kernel.run(
            batch, self.request, parameters=self.parameters, emit=self.emit, columns=wanted
        )
        return written(self.kernel, batch, result, self._schema), tally(batch, result)

    @cached_property
    def _schema(self) -> pa.Schema:
        """The columns that are written."""
        return written_schema(columns=self.columns)

    def _key(self, register: ParquetRegister) -> str:
        """What the parts rest on: another key, other parts."""
        encode = msgspec.msgpack.encode
        request = self.request
        asked = [request.on, request.on_policy, request.if_adopted, request.readings]
        values = sorted((name, repr(value)) for name, value in self.parameters.items())
        return digest(
            register.footer(),
            encode(self.kernel.policies),
            encode(self.kernel.vocabulary),
            repr(
                [dict(sorted(item.items())) if isinstance(item, Mapping) else item for item in asked]
            ).encode(),
            repr((values, self.emit, __version__, str(self._schema))).encode(),
        )


class _Group:
    """A row group on its way: its claims come batch by batch from the thread that makes them, then None.

    `at_once`: each batch as soon as it is made, else none before the group is whole. `room` is how many bytes of
    them may wait in memory; what is beyond stands in the part only.
    """

    def __init__(self, number: int, room: int, at_once: bool) -> None:
        self.number, self.room, self.at_once = number, room, at_once
        self.claims: SimpleQueue[pa.RecordBatch | None] = SimpleQueue()
        self.held: list[pa.RecordBatch] = []
        self.tally: Future[Tally]

    def take(self, claims: pa.RecordBatch) -> None:
        """Pass claims on, while there is room."""
        self.room -= claims.nbytes
        if self.room < 0:
            self.held.clear()
        elif self.at_once:
            self.claims.put(claims)
        else:
            self.held.append(claims)

    def pass_held(self) -> None:
        """Pass on what was held back: the group is whole."""
        for claims in self.held:
            self.claims.put(claims)


class _Stopped(Exception):  # noqa: N818 - nobody's error
    """The run ends before this group does."""


class _Work:
    """One run over one register."""

    def __init__(
        self,
        asked: RegisterRun,
        register: ParquetRegister,
        journal: Journal,
        progress: Tell,
    ) -> None:
        self.asked, self.register, self.journal = asked, register, journal
        self.pace = Pace(progress)
        self.threads = asked.threads or _cores()
        self.batch_rows = asked.batch_rows or (ROWS_NATIVE if asked.kernel.native else ROWS_REFERENCE)
        self.stop = threading.Event()
        self.lock = threading.Lock()
        self.rows = self.resumed = 0
        self.tally = Tally()
        self.bad: list[BadGroup] = []

    def run(self) -> Summary:
        """Assess every group and write the target."""
        import pyarrow.parquet as pq

        whole = self.journal.unfinished("whole")
        origin, schema = self.register.origin, self.asked._schema
        schema = described(marked(schema, origin) if origin else schema, self.asked.kernel)
        with self.journal.writing():
            with pq.ParquetWriter(whole, schema, **_layout(schema)) as writer:
                for table in _blocks(self._claims(), schema):
                    writer.write_table(table, row_group_size=WRITTEN_ROWS)
            with whole.open("rb") as file:
                os.fsync(file.fileno())
            if self.journal.target.exists():
                whole.chmod(self.journal.target.stat().st_mode & 0o777)
            whole.replace(self.journal.target)
        self._tell()
        return Summary(
            self.tally,
            tuple(self.bad),
            self.register.missing,
            self.resumed,
            self.pace.seconds,
            self.threads,
        )

    def _claims(self) -> Iterator[pa.RecordBatch]:
        """The claims of all groups in order, while the threads work on those that follow."""
        numbers = iter(range(self.register.groups))
        waiting: deque[_Group] = deque()
        with ThreadPoolExecutor(self.threads) as pool:
            try:
                while True:
                    while len(waiting) < 2 * self.threads and (number := next(numbers, -1)) >= 0:
                        group = _Group(number, KEPT_BYTES // (2 * self.threads), not self.asked.skip_bad)
                        group.tally = pool.submit(self._group, group)
                        waiting.append(group)
                    if not waiting:
                        return
                    yield from self._finished(waiting.popleft())
            finally:
                self.stop.set()
                for group in waiting:
                    group.tally.cancel()

    def _finished(self, group: _Group) -> Iterator[pa.RecordBatch]:
        """The claims of a group, telling how far the run is; none if it is bad."""
        passed = 0
        while (claims := self._next(group)) is not None:
            yield claims
            passed += 1
            self._tell()
        try:
            self.tally.add(group.tally.result())
        except BadGroup as bad:
            if not self.asked.skip_bad:
                raise
            self.bad.append(bad)
            return
        if group.room < 0 or not passed:
            yield from islice(self.journal.claims(group.number), passed, None)

    def _next(self, group: _Group) -> pa.RecordBatch | None:
        while True:
            try:
                return group.claims.get(timeout=TICK_S)
            except Empty:
                self._tell()

    def _tell(self) -> None:
        total = self.register.rows - sum(bad.last - bad.first + 1 for bad in self.bad)
        self.pace.at(self.rows, total, self.resumed)

    def _group(self, group: _Group) -> Tally:
        """Assess a row group, unless an earlier run did."""
        try:
            earlier = self.journal.tally(group.number)
            if earlier is None:
                return self._part(group)
            with self.lock:
                self.resumed += earlier.applicants
            return earlier
        finally:
            group.claims.put(None)

    def _part(self, group: _Group) -> Tally:
        part = PartWriter(self.journal, group.number, self.asked._schema)
        try:
            for batch in self.register.batches(group.number, self.batch_rows):
                if self.stop.is_set():
                    raise _Stopped
                claims, tally = self._assessed(group.number, batch)
                part.write(claims, tally)
                group.take(claims)
                with self.lock:
                    self.rows += batch.num_rows
            whole = part.finish()
        except BaseException:
            part.drop()
            raise
        group.pass_held()
        return whole

    def _assessed(self, number: int, batch: pa.RecordBatch) -> tuple[pa.RecordBatch, Tally]:
        try:
            return self.asked._assess(batch)
        except InputError as error:
            told = error.problems[0]
            raise self.register.bad(number, Both(told.text("zh"), told.text("en"))) from None
        except (ArithmeticError, ValueError) as error:  # a number beyond 64 bits, a share of nothing
            reason = one_line(error)
            why = Both(f"有算不了的数（{reason}）", f"it has numbers that cannot be worked with ({reason})")
            raise self.register.bad(number, why) from error


def _blocks(batches: Iterator[pa.RecordBatch], schema: pa.Schema) -> Iterator[pa.Table]:
    """The same rows in tables of exactly WRITTEN_ROWS, the last one shorter."""
    import pyarrow as pa

    held: list[pa.RecordBatch] = []
    count = 0
    for batch in batches:
        rest = batch.replace_schema_metadata(schema.metadata)
        while count + rest.num_rows >= WRITTEN_ROWS:
            cut = WRITTEN_ROWS - count
            yield pa.Table.from_batches([*held, rest.slice(0, cut)], schema=schema).combine_chunks()
            held, count, rest = [], 0, rest.slice(cut)
        if rest.num_rows:
            held.append(rest)
            count += rest.num_rows
    if held:
        yield pa.Table.from_batches(held, schema=schema).combine_chunks()


def _layout(schema: pa.Schema) -> dict[str, Any]:
    """How the target is written: a fifth smaller than by default, and in two thirds of the time.

    Ids stand a few times in a row, which zstd sees for less than a dictionary costs; all else repeats a lot.
    """
    return {
        "compression": "zstd",
        "compression_level": 1,
        "use_dictionary": schema.names[1:],
        "write_statistics": schema.names[:1],
    }


def _cores() -> int:
    """The cores that this process may use."""
    allowed: Callable[[int], set[int]] | None = getattr(os, "sched_getaffinity", None)
    return len(allowed(0)) if allowed else os.cpu_count() or 1


def _nobody() -> pa.RecordBatch:
    import pyarrow as pa

    return pa.RecordBatch.from_pylist([{"id": ""}])
