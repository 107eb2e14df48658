"""`duixian register`: the description, the problems, samples; what is synthetic is said by every command."""

import json
from pathlib import Path

import pyarrow.parquet as pq
import pytest
from click.testing import CliRunner, Result

from duixian.cli import main
from duixian.lab.population.firms import Society
from duixian.lab.synth import write_synthetic
from duixian.language.vocabulary import shared_vocabulary
from duixian.register.applicant import Applicant
from duixian.register.origin import NOTE, synthetic_origin
from duixian.register.read import read_register
from duixian.register.write import write_register

VOCABULARY = shared_vocabulary()


def run(*arguments: object) -> Result:
    return CliRunner().invoke(main, [str(argument) for argument in arguments])


@pytest.fixture(scope="module")
def made_up(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("registers") / "r.parquet"
    write_synthetic(path, Society(600, 9), VOCABULARY)
    return path


@pytest.fixture
def real(tmp_path: Path) -> Path:
    path = tmp_path / "real.parquet"
    year = {"id": "y", "year": 2022, "revenue": 6 * 10**8, "rnd_spend": 10**8}
    facts = {"kind": "enterprise", "name": "甲", "division": "420106"}
    write_register(path, [Applicant("A", facts, {"year": (year,)})], VOCABULARY)
    return path


class TestDescription:
    @pytest.mark.parametrize(
        ("lang", "words"),
        [
            ("zh", ("1 个申报主体", "年度经营", "营业收入", "金额（万元）")),
            ("en", ("applicants: 1", "fiscal year", "revenue", "sums in 10,000 yuan")),
        ],
    )
    def test_tables(self, real: Path, lang: str, words: tuple[str, ...]) -> None:
        result = run("register", real, "--lang", lang)
        assert (result.exit_code, result.stderr) == (0, "")
        assert all(word in result.stdout for word in words)
        assert NOTE.text("zh" if lang == "zh" else "en") not in result.stdout

    def test_json(self, made_up: Path) -> None:
        found = json.loads(run("register", made_up, "--json").stdout)
        assert (found["rows"], found["synthetic"]["seed"]) == (Society(600, 9).applicants, 9)
        assert {kind["name"] for kind in found["types"]} == set(VOCABULARY.entities)

    def test_problems_are_told_and_the_code_is_2(self, real: Path) -> None:
        table = pq.read_table(real)
        pq.write_table(table.append_column("colour", table["name"]), real)
        result = run("register", real, "--lang", "en")
        assert result.exit_code == 2
        assert "unknown column `colour`" in result.stderr

    def test_a_workbook_is_to_be_imported(self, tmp_path: Path) -> None:
        (tmp_path / "r.xlsx").touch()
        result = run("register", tmp_path / "r.xlsx")
        assert result.exit_code == 2
        assert "duixian import" in result.stderr

    @pytest.mark.parametrize(
        "arguments", [("--sample", 3), ("-o", "x.yaml"), ("--sample", 0, "-o", "x.yaml")]
    )
    def test_half_a_sample_is_refused(self, real: Path, arguments: tuple[object, ...]) -> None:
        assert run("register", real, *arguments).exit_code == 2


class TestSynthetic:
    def test_every_description_says_so(self, made_up: Path) -> None:
        assert NOTE.zh in run("register", made_up).stdout.replace("\n", "")

    @pytest.mark.parametrize("name", ["s.yaml", "s.parquet"])
    def test_a_sample_says_so_and_can_be_read(self, made_up: Path, tmp_path: Path, name: str) -> None:
        result = run("register", made_up, "--sample", 20, "-o", tmp_path / name)
        assert (result.exit_code, result.stderr) == (0, NOTE.zh + "\n")
        read = read_register(tmp_path / name, VOCABULARY)
        assert (len(read.applicants), read.problems) == (20, ())
        assert synthetic_origin(tmp_path / name) == synthetic_origin(made_up)

    def test_both_samples_are_the_same(self, made_up: Path, tmp_path: Path) -> None:
        for name in ("s.yaml", "s.parquet"):
            assert run("register", made_up, "--sample", 20, "-o", tmp_path / name).exit_code == 0
        one, two = (read_register(tmp_path / name, VOCABULARY) for name in ("s.yaml", "s.parquet"))
        assert one == two

    def test_import_passes_it_on(self, made_up: Path, tmp_path: Path) -> None:
        result = run("import", made_up, "-o", tmp_path / "again.parquet")
        assert result.stderr == NOTE.zh + "\n"
        assert synthetic_origin(tmp_path / "again.parquet") == synthetic_origin(made_up)

    def test_assess_says_so(self, made_up: Path, tmp_path: Path) -> None:
        run("register", made_up, "--sample", 2, "-o", tmp_path / "s.yaml")
        result = run("assess", tmp_path / "s.yaml", "--on", "2023-06-30", "--lang", "en")
        assert result.exit_code == 0
        assert NOTE.en in result.stderr

    def test_a_real_register_is_not_called_synthetic(self, real: Path, tmp_path: Path) -> None:
        result = run("import", real, "-o", tmp_path / "r.yaml")
        assert (result.exit_code, result.stderr) == (0, "")
        assert synthetic_origin(tmp_path / "r.yaml") is None


def test_an_existing_sample_is_kept(real: Path, tmp_path: Path) -> None:
    (tmp_path / "s.yaml").write_text("mine", "utf-8")
    assert run("register", real, "--sample", 1, "-o", tmp_path / "s.yaml").exit_code == 2
    assert (tmp_path / "s.yaml").read_text("utf-8") == "mine"


@pytest.mark.parametrize(
    ("what", "options"), [("survey.survey", ()), ("sampling.sample_register", ("--sample", 1))]
)
def test_stopped_it_says_so(
    what: str, options: tuple[object, ...], real: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def stop(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(f"duixian.register.{what}", stop)
    target = tmp_path / "sample.yaml"
    found = run("register", real, *options, *(("-o", target) if options else ()))
    assert (found.exit_code, found.stderr) == (130, "\n已停止，没有写出文件\n")
    assert not target.exists()
