"""Assesses a register in a Parquet file of any length: all cores, bounded memory, and it can be stopped.

    run = RegisterRun(compile_kernel(policies, vocabulary), Request(on=dt.date(2023, 6, 1)))
    summary = run.write(Path("register.parquet"), Path("claims.parquet"))

Each row group is a piece of work for one thread, whose claims go to a part of their own (`engine.journal`) as
they will stand in the target (`engine.blocks`); with the last ones the others help. The parts are put together in
the order of the register, and neither threads, batches, row groups nor a break in between change a byte of it. Only
a whole target gets its name.
"""

from __future__ import annotations

import os
import threading
from collections import deque
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import Future, ThreadPoolExecutor, wait
from dataclasses import dataclass, field
from functools import cached_property, partial
from itertools import groupby
from operator import attrgetter
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import msgspec

from duixian import __version__
from duixian.calendar.days import Both
from duixian.engine import blocks
from duixian.engine.assess import Request
from duixian.engine.batch import Emit, Kernel
from duixian.engine.blocks import Block, arranged, block, cut, encoded
from duixian.engine.helping import in_order
from duixian.engine.journal import Journal, PartWriter, digest
from duixian.engine.kernel.parameters import Amount
from duixian.engine.parquet_blocks import JoinedFile
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
        values = sorted((name, repr(value)) for name, value in self.parameters.items())
        return digest(
            register.footer(),
            encode(self.kernel.policies),
            encode(self.kernel.vocabulary),
            self.request.told,
            repr((values, self.emit, __version__, str(self._schema))).encode(),
        )


class _Made(NamedTuple):
    """The claims of some applicants of one span, and what they come to."""

    span: int
    claims: pa.RecordBatch
    tally: Tally


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
        self.left = register.groups
        self.pieces = 2 * self.threads
        self.tally = Tally()
        self.bad: list[BadGroup] = []

    def run(self) -> Summary:
        """Assess every group and write the target."""
        whole = self.journal.unfinished("whole")
        schema, origin = self.asked._schema, self.register.origin
        told = described(marked(schema, origin) if origin else schema, self.asked.kernel)
        with self.journal.writing():
            with whole.open("wb") as file:
                target = JoinedFile(file, encoded(told.empty_table()))
                for data in arranged(self._blocks(), schema):
                    target.add(data)
                target.finish()
                file.flush()
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

    def _blocks(self) -> Iterator[Block]:
        """The claims of all groups in order, while the threads work on those that follow."""
        numbers = iter(range(self.register.groups))
        waiting: deque[tuple[int, Future[Future[Tally]]]] = deque()
        with ThreadPoolExecutor(1) as self.keeping, ThreadPoolExecutor(self.threads) as self.pool:
            try:
                while True:
                    while len(waiting) < 2 * self.threads and (number := next(numbers, -1)) >= 0:
                        waiting.append((number, self.pool.submit(self._group, number)))
                    if not waiting:
                        return
                    number, done = waiting.popleft()
                    try:
                        self.tally.add(self._result(self._result(done)))
                    except BadGroup as bad:
                        if not self.asked.skip_bad:
                            raise
                        self.bad.append(bad)
                    else:
                        yield from self.journal.blocks(number)
                    self._tell()
            finally:
                self.stop.set()
                for _, group in waiting:
                    group.cancel()

    def _result(self, future: Future[Any]) -> Any:
        """What a thread has made, telling how far the run is until it has."""
        while not wait([future], TICK_S).done:
            self._tell()
        return future.result()

    def _tell(self) -> None:
        total = self.register.rows - sum(bad.last - bad.first + 1 for bad in self.bad)
        self.pace.at(self.rows, total, self.resumed)

    def _group(self, number: int) -> Future[Tally]:
        """Assess a row group, unless an earlier run did; what comes of it is there once it is on the disk."""
        kept: Future[Tally] = Future()
        try:
            tally = self.journal.tally(number)
            if tally is None:
                return self.keeping.submit(self._keep, number, self._part(number))
            kept.set_result(tally)
            with self.lock:
                self.resumed += tally.applicants
            return kept
        finally:
            with self.lock:
                self.left -= 1

    def _keep(self, number: int, tally: Tally) -> Tally:
        self.journal.keep(number)
        return tally

    def _part(self, number: int) -> Tally:
        """Assess a row group and write its part."""
        part, whole = PartWriter(self.journal, number), Tally()

        def claims(made: Iterator[_Made]) -> Iterator[pa.RecordBatch]:
            for item in made:
                whole.add(item.tally)
                yield item.claims

        made = in_order(
            self._pieces(number), partial(self._assessed, number), self.pool, self._few_left, self.pieces
        )
        try:
            for span, items in groupby(made, attrgetter("span")):
                whole_span = self._has_whole(number, span)
                for table in cut(claims(items), self.asked._schema):
                    part.add(block(number, span, whole_span, table))
            part.finish(whole)
        except BaseException:
            part.drop()
            raise
        return whole

    def _has_whole(self, number: int, span: int) -> bool:
        """Whether a span's applicants are all of this row group."""
        first, last = self.register.starts[number : number + 2]
        return first <= span * blocks.SPAN and min((span + 1) * blocks.SPAN, self.register.rows) <= last

    def _few_left(self) -> bool:
        """Whether a thread may be without a row group, now or soon."""
        return self.left <= self.threads > 1

    def _pieces(self, number: int) -> Iterator[tuple[int, pa.RecordBatch]]:
        """The applicants of a row group in batches, each of one span, with its number; small ones to be shared."""
        row = self.register.starts[number]
        for batch in self.register.batches(number, self.batch_rows):
            most = -(-batch.num_rows // self.pieces) if self._few_left() else batch.num_rows
            rest = batch
            while rest.num_rows:
                if self.stop.is_set():
                    raise _Stopped
                rows = min(rest.num_rows, most, blocks.SPAN - row % blocks.SPAN)
                yield row // blocks.SPAN, rest.slice(0, rows)
                row, rest = row + rows, rest.slice(rows)

    def _assessed(self, number: int, piece: tuple[int, pa.RecordBatch]) -> _Made:
        span, batch = piece
        try:
            claims, tally = self.asked._assess(batch)
        except InputError as error:
            told = error.problems[0]
            raise self.register.bad(number, Both(told.text("zh"), told.text("en"))) from None
        except (ArithmeticError, ValueError) as error:  # a number beyond 64 bits, a share of nothing
            reason = one_line(error)
            why = Both(f"有算不了的数（{reason}）", f"it has numbers that cannot be worked with ({reason})")
            raise self.register.bad(number, why) from error
        with self.lock:
            self.rows += batch.num_rows
        return _Made(span, claims, tally)


def _cores() -> int:
    """The cores that this process may use."""
    allowed: Callable[[int], set[int]] | None = getattr(os, "sched_getaffinity", None)
    return len(allowed(0)) if allowed else os.cpu_count() or 1


def _nobody() -> pa.RecordBatch:
    import pyarrow as pa

    return pa.RecordBatch.from_pylist([{"id": ""}])
