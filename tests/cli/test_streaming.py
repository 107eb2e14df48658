"""`duixian assess register.parquet -o claims.parquet`: what people see, what programs read, how it stops."""

import json
import signal
import time
from pathlib import Path

import pyarrow.parquet as pq
import pytest
from click.testing import CliRunner, Result
from tests.engine.registers import ASKED, ROWS, asked, command, spoil, write_register

from duixian.cli import main

SAMPLE = Path(__file__).resolve().parents[2] / "examples" / "register.yaml"


@pytest.fixture(scope="module")
def register(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_register(tmp_path_factory.mktemp("register") / "register.parquet")


def run(*args: object) -> Result:
    return CliRunner().invoke(main, ["assess", *map(str, args), *ASKED])


def test_a_person_sees_counts_and_totals(register: Path, tmp_path: Path) -> None:
    target = tmp_path / "claims.parquet"
    found = run(register, "-o", target)
    assert found.exit_code == 0, found.output
    assert "240 个申报主体" in found.stdout
    for word in ("待定", "不符合", "确定", "最高", "若评审都通过"):
        assert word in found.stdout
    assert "240 / 240" in found.stderr
    assert f"已写入 {target}" in found.stderr


def test_in_english(register: Path, tmp_path: Path) -> None:
    found = run(register, "-o", tmp_path / "claims.parquet", "--lang", "en")
    assert "240 applicants" in found.stdout
    assert "if all decisions fall well" in found.stdout


def test_a_program_reads_the_same_as_json(register: Path, tmp_path: Path) -> None:
    found = run(register, "-o", tmp_path / "claims.parquet", "--json")
    summary = json.loads(found.stdout)
    claims = pq.read_table(tmp_path / "claims.parquet").to_pylist()
    assert summary["applicants"] == ROWS
    assert summary["written"] == len(claims)
    assert summary["at_most_fen"] == sum(claim["at_most_fen"] for claim in claims)
    assert sum(summary["claims"].values()) == sum(item["claims"] for item in summary["by_measure"])
    assert summary["bad_groups"] == []


def test_all_claims_are_written_if_asked_for(register: Path, tmp_path: Path) -> None:
    found = run(register, "-o", tmp_path / "claims.parquet", "--emit", "all", "--json")
    summary = json.loads(found.stdout)
    assert summary["written"] == sum(summary["claims"].values())


def test_only_the_columns_asked_for_are_written(register: Path, tmp_path: Path) -> None:
    target = tmp_path / "claims.parquet"
    found = run(register, "-o", target, "--columns", "max_fen, verdict,applicant", "--json")
    assert found.exit_code == 0, found.output
    assert pq.read_schema(target).names == ["applicant", "verdict", "max_fen"]
    whole = run(register, "-o", tmp_path / "whole.parquet", "--json")
    told, expected = json.loads(found.stdout), json.loads(whole.stdout)
    assert told["at_most_fen"] == expected["at_most_fen"] > 0
    assert told["by_measure"] == expected["by_measure"]


@pytest.mark.parametrize(
    ("names", "told"), [("verdict,sum,row", "there is no sum, row"), (" ,", "names none")]
)
def test_a_column_that_is_not_there_is_told(register: Path, tmp_path: Path, names: str, told: str) -> None:
    found = run(register, "-o", tmp_path / "claims.parquet", "--columns", names, "--lang", "en")
    assert found.exit_code == 2
    assert (
        f"--columns{':' if 'there' in told else ''} {told}; the columns are applicant, policy, measure,"
        in found.stderr
    )
    assert list(tmp_path.iterdir()) == []


def test_quietly_it_says_only_what_was_written(register: Path, tmp_path: Path) -> None:
    found = run(register, "-o", tmp_path / "claims.parquet", "-q")
    assert (found.stdout, found.stderr) == ("", f"已写入 {tmp_path / 'claims.parquet'}\n")


def test_interrupted_it_says_how_to_go_on_and_does(register: Path, tmp_path: Path) -> None:
    target = tmp_path / "claims.parquet"
    line = ("assess", register, "-o", target, "--lang", "en", *ASKED)
    process = command(*line, seconds=0.2)
    while process.poll() is None and not list(tmp_path.rglob("*.part")):
        time.sleep(0.002)
    process.send_signal(signal.SIGINT)
    _, told = process.communicate()
    assert process.returncode == 130
    assert "run the same command again" in told
    assert "Traceback" not in told
    assert not target.exists()
    found = run(register, "-o", target, "--json")
    assert json.loads(found.stdout)["resumed"] > 0
    asked().write(register, tmp_path / "right.parquet")
    assert target.read_bytes() == (tmp_path / "right.parquet").read_bytes()


class TestFaults:
    def test_a_bad_row_group_ends_it_with_how_to_go_on(self, tmp_path: Path) -> None:
        source = write_register(tmp_path / "register.parquet")
        spoil(source, 5)
        found = run(source, "-o", tmp_path / "claims.parquet")
        assert found.exit_code == 2
        assert f"{source}：第6个行组（第 101 至 120 行）" in found.stderr
        assert "--skip-bad" in found.stderr
        assert not (tmp_path / "claims.parquet").exists()

    def test_left_out_it_is_counted(self, tmp_path: Path) -> None:
        source = write_register(tmp_path / "register.parquet")
        spoil(source, 5)
        found = run(source, "-o", tmp_path / "claims.parquet", "--skip-bad", "--lang", "en")
        assert found.exit_code == 0
        assert "row group 6 (rows 101 to 120)" in found.stderr
        assert "left out: 1 row groups, 20 applicants" in found.stdout
        again = run(source, "-o", tmp_path / "claims.parquet", "--skip-bad", "--json")
        bad = json.loads(again.stdout)["bad_groups"]
        assert [(item["group"], item["first_row"], item["last_row"]) for item in bad] == [(6, 101, 120)]

    def test_other_files_are_not_streamed(self, tmp_path: Path) -> None:
        found = run(Path(__file__).parent / "register.yaml", "-o", tmp_path / "claims.parquet")
        assert found.exit_code == 2
        assert "登记表" in found.stderr

    def test_the_register_is_not_overwritten(self, register: Path) -> None:
        found = run(register, "-o", register)
        assert found.exit_code == 2
        assert "就是登记表本身" in found.stderr

    @pytest.mark.parametrize(
        "option",
        [("--emit", "all"), ("--columns", "verdict"), ("--threads", "2"), ("--spark", "local[2]")],
    )
    def test_its_options_go_with_parquet_only(self, register: Path, option: tuple[str, str]) -> None:
        found = run(register, *option, "--lang", "en")
        assert found.exit_code == 2
        assert found.stderr == f"{option[0]} goes with an output that ends in .parquet\n"

    def test_a_register_that_cannot_be_opened_is_told(self, tmp_path: Path) -> None:
        (tmp_path / "register.parquet").write_bytes(b"id,kind\n")
        found = run(tmp_path / "register.parquet", "-o", tmp_path / "claims.parquet", "--lang", "en")
        assert found.exit_code == 2
        assert "the Parquet file cannot be opened" in found.stderr


def test_stopped_while_the_rules_compile_it_says_so_too(
    register: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def stopped(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("duixian.engine.batch.compile_kernel", stopped)
    found = run(register, "-o", tmp_path / "claims.parquet")
    assert found.exit_code == 130
    assert "已停止，没有写出文件" in found.stderr


def test_without_a_compiler_it_says_that_it_will_be_slow_and_what_to_do(
    register: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    run(register, "-o", tmp_path / "native.parquet")
    monkeypatch.setattr("importlib.util.find_spec", lambda _: None)
    found = run(register, "-o", tmp_path / "claims.parquet", "--lang", "en")
    assert (
        "hundreds of times slower (no compiler is installed: `pip install duixian[kernel]` brings one"
        in found.stderr
    )
    assert (tmp_path / "claims.parquet").read_bytes() == (tmp_path / "native.parquet").read_bytes()


def test_totals_stand_below_each_other_in_one_unit(register: Path, tmp_path: Path) -> None:
    lines = run(register, "-o", tmp_path / "claims.parquet").stdout.splitlines()
    sums = [line for line in lines if line.strip().startswith(("确定", "最高", "若"))]
    assert len(sums) == 4
    assert all(line[-3] == "." for line in sums)


def test_the_reasons_of_one_claim_are_told_by_the_applicants_id(tmp_path: Path) -> None:
    register, target = tmp_path / "register.parquet", tmp_path / "claims.parquet"
    assert CliRunner().invoke(main, ["import", str(SAMPLE), "-o", str(register)]).exit_code == 0
    run(register, "-o", target, "--emit", "all")
    refused = [row for row in pq.read_table(target).to_pylist() if row["failed"] and row["record"]][-1]
    found = json.loads(run(register, "--id", refused["applicant"], "--json").stdout)
    (applicant,) = found["applicants"]
    assert applicant["id"] == refused["applicant"]
    (claim,) = (
        item
        for item in applicant["claims"]
        if all(item[name] == refused[name] for name in ("policy", "measure", "record"))
    )
    names = json.loads(pq.read_schema(target).metadata[b"duixian.conditions"])
    bits = names[f"{refused['policy']}/{refused['measure']}"]
    failed = {item["id"] for item in claim["conditions"] if item["holds"] is False}
    assert failed == {id for bit, id in enumerate(bits) if refused["failed"] >> bit & 1}


def test_an_id_that_is_not_there_and_a_whole_register_are_told(register: Path, tmp_path: Path) -> None:
    found = run(register, "--id", "nobody", "--id", "none", "--lang", "en")
    assert found.exit_code == 2
    assert "there is no applicant nobody, none" in found.stderr
    found = run(register, "--id", "nobody", "-o", tmp_path / "claims.parquet", "--lang", "en")
    assert found.exit_code == 2
    assert "--id does not go with -o *.parquet" in found.stderr
