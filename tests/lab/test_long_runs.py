"""A long run of the lab: how far it is, that it stops when told to, what it reads, why a file cannot be written."""

import datetime as dt
import errno
import os
import signal
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import msgspec
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from click.testing import CliRunner, Result

from duixian.cli import main
from duixian.engine.assess import Request
from duixian.engine.batch import BatchResult, Kernel, compile_kernel
from duixian.engine.progress import Progress, Tell
from duixian.lab.calibrate import calibrate
from duixian.lab.comparing import Side, compare
from duixian.lab.costing import cost
from duixian.lab.population.firms import BLOCK, Society
from duixian.lab.registers import Register, open_register
from duixian.lab.sweeping import sweep
from duixian.lab.synth import synthetic_batches
from duixian.lab.targets import targets
from duixian.lab.totals import Totals
from duixian.lab.variants import read_vary
from duixian.language.pack import load_pack
from duixian.language.vocabulary import POLICIES, shared_vocabulary

HERE = Path(__file__).parent
TINY = HERE / "tiny.yaml"
SAMPLE = HERE.parent.parent / "examples" / "register.yaml"
WUHAN, CHENGDU, CHANGSHA = (
    "wuhan-digital-economy-2022",
    "chengdu-cybersecurity-2020",
    "changsha-cybersecurity-2019",
)
VOCABULARY = shared_vocabulary()
ON = Request(on=dt.date(2023, 6, 1))
VARY = "software-rnd.cap=50万元..200万元/3万元"
COMMANDS = {
    "cost": ("cost", WUHAN),
    "compare": ("compare", WUHAN, CHENGDU),
    "sweep": ("sweep", WUHAN, "--vary", VARY),
    "targets": ("targets", CHANGSHA),
}


def run(*args: object) -> Result:
    return CliRunner().invoke(main, ["lab", *map(str, args)], env={"COLUMNS": "100"})


def asked(name: str, register: Path = SAMPLE) -> tuple[object, ...]:
    return (*COMMANDS[name], "--register", register, "--on", "2023-06-01", "--lang", "en")


def swept(register: Register, progress: Tell, budget: int | None = None, vary: str = VARY) -> object:
    policy = load_pack(POLICIES / WUHAN)
    return sweep(policy, register, ON, [read_vary(vary, policy, 10**6)], budget, progress)


WORK: dict[str, Callable[[Register, Tell], Any]] = {
    "cost": lambda register, tell: cost(load_pack(POLICIES / WUHAN), register, ON, None, tell),
    "compare": lambda register, tell: compare(
        Side(load_pack(POLICIES / WUHAN), ON), Side(load_pack(POLICIES / CHENGDU), ON), register, tell
    ),
    "sweep": swept,
    "targets": lambda register, tell: targets(load_pack(POLICIES / CHANGSHA), register, ON.on, tell),
}


@pytest.fixture(scope="module")
def parquet(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The sample register in Parquet."""
    path = tmp_path_factory.mktemp("registers") / SAMPLE.name
    sample = open_register(SAMPLE, VOCABULARY)
    pq.write_table(sample.table, path.with_suffix(".parquet"))
    return path.with_suffix(".parquet")


class TestHowFarItIs:
    @pytest.mark.parametrize("name", WORK)
    def test_grows_to_the_whole(self, name: str, parquet: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr("duixian.lab.registers.ROWS", 10)
        told: list[Progress] = []
        WORK[name](open_register(parquet, VOCABULARY), told.append)
        done = [at.done for at in told]
        assert done == sorted(done)
        assert {10, 20, 49} <= set(done)
        assert {(at.total, at.resumed, at.turn) for at in told} == {(49, 0, 0)}
        assert told[-1].seconds_left == 0

    def test_a_sweep_tells_it_within_a_batch_too(self) -> None:
        told: list[Progress] = []
        swept(open_register(TINY, VOCABULARY), told.append, vary="software-rnd.cap=50万元..60万元/10万元")
        # Three applicants, one batch, three settings (the present one is the third).
        assert [at.done for at in told] == [1, 2, 3]

    def test_a_search_says_which_turn_it_is(self) -> None:
        told: list[Progress] = []
        swept(
            open_register(TINY, VOCABULARY), told.append, 120 * 10**6, "software-rnd.cap=1万元..200万元/1万元"
        )
        turns = [at.turn for at in told]
        assert turns == sorted(turns)
        assert set(turns) == set(range(1, max(turns) + 1))
        assert max(turns) >= 2

    def test_synth_tells_of_calibration_and_of_writing(self) -> None:
        society, told = Society(BLOCK, 1, years=1), list[Progress]()
        totals = Totals(firms_over={2 * 10**9: 3000}, certified={"dcmm": 30})
        calibrate(society, totals, told.append)
        whole = society.applicants
        assert [(at.turn, at.done) for at in told] == [(1, BLOCK), (1, whole), (2, BLOCK), (2, whole)]
        written: list[Progress] = []
        for _ in synthetic_batches(society, VOCABULARY, progress=written.append):
            pass
        assert [(at.turn, at.done, at.total) for at in written] == [(0, BLOCK, whole), (0, whole, whole)]

    @pytest.mark.parametrize("name", COMMANDS)
    def test_is_shown_unless_quiet(self, name: str) -> None:
        loud, quiet = run(*asked(name)), run(*asked(name), "-q")
        assert (loud.exit_code, quiet.exit_code) == (0, 0)
        assert "49 / 49" in loud.stderr
        assert (quiet.stdout, quiet.stderr) == ("", "")

    def test_is_shown_of_synth_unless_quiet(self, tmp_path: Path) -> None:
        path = tmp_path / "r.parquet"
        assert "52 / 52" in run("synth", "--firms", 50, "-o", path).stderr
        assert run("synth", "--firms", 50, "-o", path, "--force", "-q").stderr == ""

    def test_can_be_told_soon_without_native_code(
        self, table: pa.Table, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        path = tmp_path / "r.parquet"
        pq.write_table(table.slice(0, 300), path)
        monkeypatch.setattr("importlib.util.find_spec", lambda _: None)
        kernel = compile_kernel([load_pack(POLICIES / WUHAN)], VOCABULARY)
        batches = open_register(path, VOCABULARY).batches([kernel])
        assert [batch.num_rows for batch in batches] == [128, 128, 44]


class TestStopped:
    @pytest.fixture
    def interrupted(self, monkeypatch: pytest.MonkeyPatch) -> None:
        def stop(*_: object, **__: object) -> None:
            raise KeyboardInterrupt

        monkeypatch.setattr(Kernel, "run", stop)
        monkeypatch.setattr("duixian.lab.synth.draw_block", stop)

    @pytest.mark.parametrize("name", COMMANDS)
    @pytest.mark.usefixtures("interrupted")
    def test_it_says_so_and_leaves_nothing(self, name: str, tmp_path: Path) -> None:
        found = run(*asked(name), "-o", tmp_path / "report.html")
        assert (found.exit_code, found.stdout) == (130, "")
        assert "stopped, nothing was written\n" in found.stderr
        assert list(tmp_path.iterdir()) == []

    @pytest.mark.usefixtures("interrupted")
    def test_synth_says_so_and_leaves_nothing(self, tmp_path: Path) -> None:
        found = run("synth", "--firms", 10, "-o", tmp_path / "r.parquet")
        assert found.exit_code == 130
        assert "已停止，没有写出文件\n" in found.stderr
        assert list(tmp_path.iterdir()) == []

    def test_while_the_second_file_is_written_it_names_the_first(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        def stop(*_: object, **__: object) -> None:
            raise KeyboardInterrupt

        monkeypatch.setattr("duixian.cli.workbook.write_sheets", stop)
        page = tmp_path / "report.html"
        found = run(*asked("cost", TINY), "-q", "-o", page, "-o", tmp_path / "report.xlsx")
        assert found.exit_code == 130
        assert f"stopped, only {page} was written\n" in found.stderr
        assert list(tmp_path.iterdir()) == [page]

    @pytest.fixture
    def ctrl_c(self) -> Iterator[None]:
        """Whoever started the tests may have them ignore Ctrl-C."""
        before = signal.signal(signal.SIGINT, signal.default_int_handler)
        yield
        signal.signal(signal.SIGINT, before)

    @pytest.mark.usefixtures("ctrl_c")
    def test_a_sweep_does_not_work_out_what_it_has_not_begun(self, monkeypatch: pytest.MonkeyPatch) -> None:
        begun: list[float] = []
        right = Kernel.run

        def slowly(self: Kernel, *args: Any, **named: Any) -> BatchResult:
            begun.append(time.monotonic())
            if len(begun) == 3:
                os.kill(os.getpid(), signal.SIGINT)
            time.sleep(0.1)
            return right(self, *args, **named)

        monkeypatch.setattr(Kernel, "run", slowly)
        found = run(*asked("sweep", TINY))
        assert found.exit_code == 130
        # 52 settings; those that the threads were at when it was stopped, and not many more.
        assert len(begun) < 10 + (os.cpu_count() or 1)


class TestWhatIsRead:
    @pytest.mark.parametrize("name", WORK)
    def test_is_enough_for_the_same_figures(self, name: str, parquet: Path) -> None:
        whole, part = (open_register(path, VOCABULARY) for path in (SAMPLE, parquet))
        one, two = (
            msgspec.json.encode(WORK[name](register, lambda _: None)).decode() for register in (whole, part)
        )
        assert one.replace(SAMPLE.name, parquet.name) == two

    def test_is_no_more_than_is_needed(self, parquet: Path) -> None:
        kernel = compile_kernel([load_pack(POLICIES / WUHAN)], VOCABULARY)
        register = open_register(parquet, VOCABULARY)
        [batch] = register.batches([kernel], ("name",))
        [everything] = register.batches()
        assert {"id", "name", "division", "year"} <= set(batch.schema.names)
        # No rule of Wuhan's asks for the code of an applicant.
        assert "uscc" in everything.schema.names
        assert "uscc" not in batch.schema.names
        assert batch["name"].equals(everything["name"])


class TestAFileThatCannotBeWritten:
    @pytest.mark.parametrize(
        ("number", "told"), [(errno.ENOSPC, "make room"), (errno.EROFS, "it is read-only")]
    )
    @pytest.mark.parametrize("place", ["duixian.lab.report.page.page", "duixian.lab.synth.synthetic_batches"])
    def test_is_told_by_its_reason_and_is_no_wrong_request(
        self, place: str, number: int, told: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        def fails(*_: object, **__: object) -> None:
            raise OSError(number, "")

        monkeypatch.setattr(place, fails)
        target = tmp_path / ("r.parquet" if "synth" in place else "report.html")
        request = ("synth", "--firms", 10, "--lang", "en") if "synth" in place else asked("cost", TINY)
        found = run(*request, "-q", "-o", target)
        assert found.exit_code == 1
        assert found.stderr.startswith(f"{target}: cannot write ({os.strerror(number)}): {told}")
        assert list(tmp_path.iterdir()) == []
