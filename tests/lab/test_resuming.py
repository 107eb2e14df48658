"""A sweep that was stopped goes on where it was, and gives what it gives undisturbed."""

import datetime as dt
import os
from pathlib import Path

import msgspec
import pyarrow.parquet as pq
import pytest
from click.testing import CliRunner, Result

from duixian.cli import main
from duixian.engine.assess import Request
from duixian.engine.progress import Progress
from duixian.lab import resuming
from duixian.lab.registers import Register, open_register
from duixian.lab.resuming import Milestone
from duixian.lab.sweeping import Sweep, sweep
from duixian.lab.variants import read_vary
from duixian.language.pack import load_pack
from duixian.language.vocabulary import POLICIES, shared_vocabulary

SAMPLE = Path(__file__).parents[2] / "examples" / "register.yaml"
WUHAN = "wuhan-digital-economy-2022"
VARY = "software-rnd.cap=50万元..200万元/50万元"
ON = dt.date(2023, 6, 1)


@pytest.fixture(autouse=True)
def kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where milestones are kept."""
    folder = tmp_path / "kept"
    monkeypatch.setattr(resuming, "_folder", lambda: folder)
    monkeypatch.setattr("duixian.lab.registers.ROWS", 10)
    return folder


@pytest.fixture
def register(tmp_path: Path) -> Register:
    """The sample register in Parquet: 49 applicants in five batches."""
    sample = open_register(SAMPLE, shared_vocabulary())
    pq.write_table(sample.table, tmp_path / "register.parquet")
    return open_register(tmp_path / "register.parquet", shared_vocabulary())


class Watch:
    """Notes how far a run is, and stops it once."""

    def __init__(self, stop_at: int | None = None, turn: int = 0) -> None:
        self.stop_at, self.turn = stop_at, turn
        self.told: list[Progress] = []

    def __call__(self, at: Progress) -> None:
        self.told.append(at)
        if self.stop_at is not None and at.done >= self.stop_at and at.turn == self.turn:
            raise KeyboardInterrupt


def swept(
    register: Register, watch: Watch, on: dt.date = ON, vary: str = VARY, budget: int | None = None
) -> Sweep:
    policy = load_pack(POLICIES / WUHAN)
    return sweep(policy, register, Request(on=on), [read_vary(vary, policy, 10**6)], budget, watch)


def stopped(register: Register, watch: Watch, budget: int | None = None) -> None:
    with pytest.raises(KeyboardInterrupt):
        swept(register, watch, budget=budget)


def test_it_goes_on_after_the_batches_that_are_done(register: Register, kept: Path) -> None:
    whole = swept(register, Watch())
    assert any(point.claims for point in whole.points)
    stopped(register, Watch(35))
    assert len(list(kept.iterdir())) == 1
    again = Watch()
    assert msgspec.json.encode(swept(register, again)) == msgspec.json.encode(whole)
    assert {at.resumed for at in again.told} == {30}
    assert [at.done for at in again.told if at.done < 30] == []
    assert again.told[-1].done == 49
    assert list(kept.iterdir()) == []


@pytest.mark.parametrize("at", [1, 10, 11, 20, 49])
def test_wherever_it_is_stopped_and_stopped_again(register: Register, at: int) -> None:
    whole = swept(register, Watch())
    stopped(register, Watch(at))
    stopped(register, Watch(49))
    assert swept(register, Watch()) == whole


def test_batches_of_another_size_change_nothing(register: Register, monkeypatch: pytest.MonkeyPatch) -> None:
    whole = swept(register, Watch())
    stopped(register, Watch(35))
    monkeypatch.setattr("duixian.lab.registers.ROWS", 16)
    again = Watch()
    assert swept(register, again) == whole
    assert {at.resumed for at in again.told} == {30}


def test_a_search_does_not_do_its_earlier_turns_again(register: Register) -> None:
    # 200 settings: a grid first, then ever closer around the mean of two of its costs.
    vary = "software-rnd.cap=1万元..200万元/1万元"
    low, high = (point.sums.at_most_fen for point in swept(register, Watch()).points[:2])
    assert low < high
    budget = (low + high) // 2
    first = Watch()
    whole = swept(register, first, vary=vary, budget=budget)
    assert max(at.turn for at in first.told) >= 2
    halted = Watch(20, turn=2)
    with pytest.raises(KeyboardInterrupt):
        swept(register, halted, vary=vary, budget=budget)
    again = Watch()
    assert swept(register, again, vary=vary, budget=budget) == whole
    assert min(at.turn for at in again.told) == 2
    assert next(at.resumed for at in again.told) > 0


def test_another_question_begins_anew(register: Register, kept: Path) -> None:
    stopped(register, Watch(35))
    for on, vary in ((dt.date(2023, 6, 2), VARY), (ON, VARY.replace("200", "150"))):
        other = Watch()
        swept(register, other, on, vary)
        assert {at.resumed for at in other.told} == {0}
    assert len(list(kept.iterdir())) == 1


def test_another_register_under_the_same_name_begins_anew(register: Register) -> None:
    stopped(register, Watch(35))
    assert register.path is not None
    table = pq.read_table(register.path)
    pq.write_table(table.slice(0, 48), register.path)
    other = Watch()
    swept(open_register(register.path, register.vocabulary), other)
    assert {at.resumed for at in other.told} == {0}


@pytest.mark.parametrize("spoilt", ["", "{", "[30]", "[30, [[1, 2, 3, 4, 5]]]", '["30", []]'])
def test_what_cannot_be_read_is_passed_over(register: Register, kept: Path, spoilt: str) -> None:
    whole = swept(register, Watch())
    stopped(register, Watch(35))
    next(kept.iterdir()).write_text(spoilt)
    again = Watch()
    assert swept(register, again) == whole
    assert {at.resumed for at in again.told} == {0}


def test_what_others_could_have_written_is_passed_over(register: Register, kept: Path) -> None:
    stopped(register, Watch(35))
    next(kept.iterdir()).chmod(0o666)
    again = Watch()
    swept(register, again)
    assert {at.resumed for at in again.told} == {0}


def test_it_is_written_down_now_and_then(kept: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A killed run has what was written last; sums may be larger than 64 bits."""
    one = Milestone("a")
    one.at(10, [(1, 2)])
    assert not kept.exists()
    monkeypatch.setattr(resuming, "SECONDS", 0)
    one.at(20, [(2**70, 4), (5, 6)])
    assert Milestone("a").read(2) == (20, [[2**70, 4], [5, 6]])
    assert Milestone("a").read(1) is None
    assert Milestone("b").read(2) is None
    one.forget()
    assert Milestone("a").read(2) is None


def test_what_nobody_goes_on_with_is_thrown_away_after_a_month(kept: Path) -> None:
    old, new = Milestone("old"), Milestone("new")
    for one in (old, new):
        one.at(1, [])
        one.write()
    os.utime(kept / "old.json", (0, 0))
    new.write()
    assert [path.name for path in kept.iterdir()] == ["new.json"]


def test_a_home_that_cannot_be_written_stops_nobody(
    register: Register, kept: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    kept.write_text("a file where the folder would be")
    monkeypatch.setattr(resuming, "SECONDS", 0)
    assert len(swept(register, Watch()).points) == 4


def run(*args: object) -> Result:
    return CliRunner().invoke(main, ["lab", "sweep", *map(str, args)], env={"COLUMNS": "100"})


def test_the_command_says_so(register: Register, monkeypatch: pytest.MonkeyPatch) -> None:
    asked = (WUHAN, "--vary", VARY, "--register", register.path, "--on", ON, "--lang", "en")
    whole = run(*asked)
    assert whole.exit_code == 0
    with monkeypatch.context() as patch:
        right = Milestone.at

        def stop(self: Milestone, applicants: int, rows: list[list[int]]) -> None:
            right(self, applicants, rows)
            if applicants == 20:
                raise KeyboardInterrupt

        patch.setattr(Milestone, "at", stop)
        halted = run(*asked)
    assert (halted.exit_code, halted.stdout) == (130, "")
    assert "stopped, nothing was written; run the same command again to go on from here\n" in halted.stderr
    again = run(*asked)
    assert (again.exit_code, again.stdout) == (0, whole.stdout)
    assert "49 / 49 (20 from an earlier run)" in again.stderr
