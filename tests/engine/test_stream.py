"""A register in Parquet: the same bytes however it was worked on, and every fault of the disk told."""

import errno
import os
import random
import threading
import time
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
import pytest
from tests.engine.registers import (
    ASKED,
    GROUP,
    REQUEST,
    ROWS,
    asked,
    claims,
    command,
    kernel,
    table,
    write_register,
)

from duixian.engine.batch import BatchResult, claims_schema
from duixian.engine.journal import Busy, CannotWrite, Journal, PartWriter
from duixian.engine.progress import Progress
from duixian.engine.stream import RegisterRun
from duixian.engine.written import PAID, Tally, tally, written, written_schema


@pytest.fixture(scope="module")
def register(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_register(tmp_path_factory.mktemp("register") / "register.parquet")


@pytest.fixture(scope="module")
def right(register: Path) -> bytes:
    """What one thread writes that nobody disturbs."""
    target = register.with_name("right.parquet")
    asked(emit="all", threads=1).write(register, target)
    return target.read_bytes()


def as_texts(kind: pa.DataType, text: pa.DataType) -> pa.DataType:
    """The type with this kind of text at every depth."""
    if pa.types.is_struct(kind):
        return pa.struct([inner.with_type(as_texts(inner.type, text)) for inner in kind])
    if pa.types.is_list(kind):
        return pa.list_(kind.value_field.with_type(as_texts(kind.value_type, text)))
    return text if pa.types.is_string(kind) else kind


class TestWhatIsWritten:
    def test_is_what_the_reference_finds_in_the_order_of_the_register(
        self, register: Path, tmp_path: Path
    ) -> None:
        summary = asked().write(register, tmp_path / "claims.parquet")
        batch = table().combine_chunks().to_batches()[0]
        found = kernel().reference_run(batch, REQUEST)
        expected = written(kernel(), batch, found)
        assert claims(tmp_path / "claims.parquet") == expected.to_pylist()
        assert summary.tally.counts == found.counts
        assert summary.tally.applicants == ROWS
        assert summary.tally.fen == {name: pc.sum(expected[name]).as_py() for name in PAID}

    def test_leaves_nothing_else_behind(self, register: Path, tmp_path: Path) -> None:
        asked().write(register, tmp_path / "claims.parquet")
        assert [path.name for path in tmp_path.iterdir()] == ["claims.parquet"]

    @pytest.mark.parametrize(("threads", "rows"), [(1, 1), (2, 7), (5, 1000), (0, 0)])
    def test_does_not_hang_on_threads_and_batches(
        self, register: Path, right: bytes, tmp_path: Path, threads: int, rows: int
    ) -> None:
        asked(emit="all", threads=threads, batch_rows=rows).write(register, tmp_path / "claims.parquet")
        assert (tmp_path / "claims.parquet").read_bytes() == right

    @pytest.mark.parametrize("group", [7, 33, ROWS])
    def test_does_not_hang_on_row_groups(self, right: bytes, tmp_path: Path, group: int) -> None:
        source = write_register(tmp_path / "register.parquet", group)
        asked(emit="all").write(source, tmp_path / "claims.parquet")
        assert (tmp_path / "claims.parquet").read_bytes() == right

    @pytest.mark.parametrize("words", [True, False])
    @pytest.mark.parametrize("text", [pa.string(), pa.large_string()])
    def test_does_not_hang_on_how_texts_stand_in_the_file(
        self, register: Path, right: bytes, tmp_path: Path, text: pa.DataType, words: bool
    ) -> None:
        """As dictionaries, whose codes are read, or one by one; long or short."""
        whole, source = pq.read_table(register), tmp_path / "register.parquet"
        schema = pa.schema([field.with_type(as_texts(field.type, text)) for field in whole.schema])
        pq.write_table(whole.cast(schema), source, row_group_size=GROUP, use_dictionary=words)
        asked(emit="all").write(source, tmp_path / "claims.parquet")
        assert (tmp_path / "claims.parquet").read_bytes() == right

    @pytest.mark.parametrize(("most", "few"), [(37, 1), (37, 200), (1000, 1), (1000, 200)])
    def test_does_not_hang_on_row_groups_where_each_span_has_its_own_claims(
        self, register: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, most: int, few: int
    ) -> None:
        """Spans within a row group, across several, and the same; those of few claims are put together."""
        monkeypatch.setattr("duixian.engine.blocks.SPAN", 30)
        monkeypatch.setattr("duixian.engine.blocks.MOST_ROWS", most)
        monkeypatch.setattr("duixian.engine.blocks.FEW_ROWS", few)
        for name, group, threads, rows in [
            ("a", 30, 1, 0),
            ("b", 7, 3, 4),
            ("c", 45, 2, 1),
            ("d", ROWS, 4, 0),
        ]:
            source = write_register(tmp_path / f"{name}-register.parquet", group)
            asked(emit="all", threads=threads, batch_rows=rows).write(source, tmp_path / f"{name}.parquet")
        made = pq.ParquetFile(tmp_path / "a.parquet").metadata
        sizes = [made.row_group(number).num_rows for number in range(made.num_row_groups)]
        if most == 1000:
            assert len(sizes) == (8 if few == 1 else 4)  # some 150 claims a span
        else:
            assert max(sizes) == most
        for name in "bcd":
            assert (tmp_path / f"{name}.parquet").read_bytes() == (tmp_path / "a.parquet").read_bytes()
        asked(emit="all").write(register, tmp_path / "right.parquet")
        assert claims(tmp_path / "a.parquet") == claims(tmp_path / "right.parquet")

    def test_the_threads_share_one_row_group(
        self, right: bytes, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        at_once, both = RegisterRun._assess, threading.Barrier(2, timeout=20)
        begun: list[int] = []

        def together(run: RegisterRun, batch: pa.RecordBatch) -> object:
            if threading.current_thread() is not threading.main_thread():
                begun.append(threading.get_ident())
                if len(begun) <= 2:
                    both.wait()
            return at_once(run, batch)

        monkeypatch.setattr(RegisterRun, "_assess", together)
        source = write_register(tmp_path / "register.parquet", ROWS)
        asked(emit="all", threads=2).write(source, tmp_path / "claims.parquet")
        assert len(set(begun)) == 2
        assert (tmp_path / "claims.parquet").read_bytes() == right

    @pytest.mark.parametrize(
        "names",
        [("policy", "measure", "verdict", "max_fen"), ("with_missing_fen",), ("readings", "record"), ()],
    )
    def test_some_columns_are_those_of_all(
        self, register: Path, tmp_path: Path, names: tuple[str, ...]
    ) -> None:
        whole = asked().write(register, tmp_path / "whole.parquet")
        some = asked(columns=names).write(register, tmp_path / "some.parquet")
        found = pq.read_table(tmp_path / "some.parquet")
        assert found.num_rows > 0
        expected = pq.read_table(tmp_path / "whole.parquet")
        assert set(found.column_names) == {"applicant", *names}
        assert found.equals(expected.select(found.column_names))
        assert (some.tally.counts, some.tally.fen) == (whole.tally.counts, whole.tally.fen)

    def test_a_column_that_claims_do_not_have_is_refused(self, register: Path, tmp_path: Path) -> None:
        with pytest.raises(ValueError, match="claims have no row, sum"):
            asked(columns=("sum", "verdict", "row")).write(register, tmp_path / "claims.parquet")
        assert list(tmp_path.iterdir()) == []

    def test_is_cut_into_row_groups_of_one_size(
        self, register: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        asked(emit="all").write(register, tmp_path / "one.parquet")
        monkeypatch.setattr("duixian.engine.blocks.MOST_ROWS", 37)
        asked(emit="all").write(register, tmp_path / "claims.parquet")
        made = pq.ParquetFile(tmp_path / "claims.parquet").metadata
        sizes = [made.row_group(number).num_rows for number in range(made.num_row_groups)]
        assert set(sizes[:-1]) == {37}
        assert 0 < sizes[-1] <= 37
        assert claims(tmp_path / "claims.parquet") == claims(tmp_path / "one.parquet")

    def test_sums_beyond_64_bits_are_exact(self) -> None:
        batch = pa.RecordBatch.from_pylist([{"id": "a"}] * 3)
        row = dict.fromkeys(claims_schema().names)
        row |= {"row": 0, "policy": "p", "measure": "m", "verdict": "eligible", "failed": 0, "unknown": 0}
        row |= dict.fromkeys(PAID, 2**63 - 1)
        result = BatchResult(pa.RecordBatch.from_pylist([row] * 3, schema=claims_schema()), {}, ())
        assert tally(batch, result).fen == dict.fromkeys(PAID, 3 * (2**63 - 1))

    def test_is_empty_for_an_empty_register(self, tmp_path: Path) -> None:
        source = write_register(tmp_path / "register.parquet", data=table().slice(0, 0))
        summary = asked().write(source, tmp_path / "claims.parquet")
        assert pq.read_schema(tmp_path / "claims.parquet").equals(written_schema())
        assert (summary.tally.applicants, claims(tmp_path / "claims.parquet")) == (0, [])

    def test_progress_grows_to_the_whole(self, register: Path, tmp_path: Path) -> None:
        told: list[Progress] = []
        asked(batch_rows=5).write(register, tmp_path / "claims.parquet", told.append)
        assert [at.done for at in told] == sorted(at.done for at in told)
        assert (told[-1].done, told[-1].total, told[-1].resumed) == (ROWS, ROWS, 0)


class TestARunThatEnds:
    def test_killed_at_random_moments_it_goes_on_to_the_same_bytes(
        self, register: Path, right: bytes, tmp_path: Path
    ) -> None:
        target = tmp_path / "claims.parquet"
        kills = kill_and_go_on(register, target, times=5, seed=4)
        assert target.read_bytes() == right
        assert kills >= 3
        assert [path.name for path in tmp_path.iterdir()] == ["claims.parquet"]

    def test_what_is_finished_is_not_done_again(self, register: Path, right: bytes, tmp_path: Path) -> None:
        target = tmp_path / "claims.parquet"
        with pytest.raises(KeyboardInterrupt):
            asked(emit="all", threads=1, batch_rows=1).write(register, target, _Interrupt())
        assert not target.exists()
        summary = asked(emit="all").write(register, target)
        assert summary.resumed >= GROUP
        assert summary.resumed % GROUP == 0
        assert summary.tally.applicants == ROWS
        assert target.read_bytes() == right

    def test_other_questions_do_not_take_over_its_parts(self, register: Path, tmp_path: Path) -> None:
        target = tmp_path / "claims.parquet"
        with pytest.raises(KeyboardInterrupt):
            asked(threads=1, batch_rows=1).write(register, target, _Interrupt())
        assert asked(emit="all").write(register, target).resumed == 0
        with pytest.raises(KeyboardInterrupt):
            asked(threads=1, batch_rows=1).write(register, target, _Interrupt())
        assert asked(columns=("verdict",)).write(register, target).resumed == 0

    def test_a_part_that_lost_its_end_is_done_again(
        self, register: Path, right: bytes, tmp_path: Path
    ) -> None:
        target = tmp_path / "claims.parquet"
        with pytest.raises(KeyboardInterrupt):
            asked(emit="all", threads=1, batch_rows=1).write(register, target, _Interrupt())
        part = sorted((tmp_path / ".claims.parquet.work").glob("*.part"))[0]
        part.write_bytes(part.read_bytes()[:-5])
        asked(emit="all").write(register, target)
        assert target.read_bytes() == right

    def test_two_processes_do_not_write_one_target(self, register: Path, tmp_path: Path) -> None:
        journal = Journal(tmp_path / "claims.parquet", "other")
        with pytest.raises(Busy, match="another process"):
            asked().write(register, tmp_path / "claims.parquet")
        journal.close(done=True)

    @pytest.mark.parametrize("share", [0.02, 0.6])
    def test_a_full_disk_is_told_and_leaves_no_half_file(
        self, register: Path, right: bytes, tmp_path: Path, share: float
    ) -> None:
        target = tmp_path / "claims.parquet"
        line = ("assess", register, "-o", target, "--emit", "all", "--lang", "en", *ASKED)
        process = command(*line, most=round(len(right) * share))
        _, told = process.communicate()
        assert process.returncode == 1
        assert "cannot write (" in told
        assert "run the same command again" in told
        assert "Traceback" not in told
        assert not target.exists()
        assert not list(tmp_path.rglob("*.unfinished"))
        asked(emit="all").write(register, target)
        assert target.read_bytes() == right


class TestATargetThatCannotBeWritten:
    @pytest.mark.parametrize(
        ("number", "told"),
        [
            (errno.ENOSPC, "make room and run the same command again"),
            (errno.EDQUOT, "make room and run the same command again"),
            (errno.EACCES, "check who may write there, or write elsewhere"),
            (errno.EROFS, "it is read-only there: write elsewhere"),
            (errno.ENOENT, "no file can be made there: write elsewhere"),
            (errno.EFBIG, "raise the limit"),
            (errno.EIO, "check the disk"),
        ],
    )
    def test_is_told_by_its_reason(self, tmp_path: Path, number: int, told: str) -> None:
        journal = Journal(tmp_path / "claims.parquet", "key")
        with pytest.raises(CannotWrite) as caught, journal.writing():
            raise OSError(number, "what Arrow says\nin lines", "a file")
        journal.close(done=False)
        assert told in caught.value.text("en")
        assert ("make room" in caught.value.text("en")) == (number in (errno.ENOSPC, errno.EDQUOT))
        assert ("腾出空间" in caught.value.text("zh")) == (number in (errno.ENOSPC, errno.EDQUOT))
        assert os.strerror(number) in caught.value.text("zh")
        assert "is kept" not in caught.value.text("en")  # nothing was finished

    def test_says_where_the_finished_parts_are(self, tmp_path: Path) -> None:
        journal = Journal(tmp_path / "claims.parquet", "key")
        PartWriter(journal, 0).finish(Tally())
        journal.keep(0)
        kept = r"What is finished is kept in .*\.claims\.parquet\.work"
        with pytest.raises(CannotWrite, match=kept), journal.writing():
            raise OSError(errno.ENOSPC, "")
        journal.close(done=False)

    def test_no_folder_is_no_full_disk(self, register: Path, tmp_path: Path) -> None:
        with pytest.raises(CannotWrite, match="no file can be made there"):
            asked().write(register, tmp_path / "none" / "claims.parquet")


class _Interrupt:
    """Interrupts a run once a row group and more are done, as Ctrl-C does."""

    def __call__(self, at: Progress) -> None:
        if at.done > GROUP:
            raise KeyboardInterrupt


def kill_and_go_on(register: Path, target: Path, times: int, seed: int) -> int:
    """Start the run anew until it ends well, killing it at a random moment so many times; say how many hit."""
    chance, kills = random.Random(seed), 0  # noqa: S311
    line = ("assess", register, "-o", target, "--emit", "all", "-q", *ASKED)
    work = target.with_name(f".{target.name}.work")
    for number in range(times):
        process = command(*line, seconds=0.1)
        while process.poll() is None and len(list(work.glob("*.part"))) < number:
            time.sleep(0.002)
        time.sleep(chance.uniform(0, 0.15))
        process.kill()
        process.communicate()
        kills += process.returncode < 0
    last = command(*line)
    _, told = last.communicate()
    assert last.returncode == 0, told
    return kills
