"""The other commands, and how fast the whole process is."""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import jsonschema
import pytest
import yaml
from click.testing import CliRunner, Result

from duixian.cli import main
from duixian.language.pack import pack_folders
from duixian.language.vocabulary import POLICIES

HERE = Path(__file__).parent
PACKS = HERE.parent / "packs"
WUHAN = "wuhan-digital-economy-2022"


def run(*args: object) -> Result:
    return CliRunner().invoke(main, [str(arg) for arg in args], env={"COLUMNS": "100"})


def printed(*args: object) -> str:
    result = run(*args)
    assert result.exit_code == 0, result.output
    return result.stdout


def test_help_names_every_command() -> None:
    found = printed("--help")
    assert all(f"  {name} " in found for name in main.commands)
    for name in main.commands:
        assert printed(name, "--help").startswith("Usage:")


class TestPolicies:
    def test_ids_are_one_a_line(self) -> None:
        assert printed("policies", "--ids").split() == [folder.name for folder in pack_folders()]

    @pytest.mark.parametrize(("lang", "words"), [("zh", ("武汉市", "已失效")), ("en", ("420100", "expired"))])
    def test_the_table_tells_number_city_state_and_days(self, lang: str, words: tuple[str, str]) -> None:
        found = printed("policies", "--lang", lang)
        for word in (WUHAN, "武政规〔2022〕6号", "2022-06-01", "2025-05-31", *words):
            assert word in found


class TestShow:
    def test_a_policy_and_a_measure_by_id_or_title(self) -> None:
        assert "software-rnd" in printed("show", WUHAN)
        assert printed("show", WUHAN, "software-rnd") == printed("show", WUHAN, "软件企业研发投入补助")
        assert "R&D subsidy" in printed("show", WUHAN, "software-rnd", "--lang", "en")

    def test_the_nearest_is_named(self) -> None:
        result = run("show", WUHAN, "software-rn")
        assert result.exit_code == 2
        assert "software-rnd" in result.stderr


class TestCheck:
    def test_a_good_pack(self) -> None:
        assert "全部相符" in printed("check", PACKS / "sample-policy")

    def test_all_problems_of_a_bad_pack_are_printed_and_the_code_is_one(self, tmp_path: Path) -> None:
        pack = _copy(tmp_path)
        text = (pack / "policy.yaml").read_text("utf-8")
        (pack / "policy.yaml").write_text(
            text.replace("issuer:", "isuer:").replace("city:", "citty:"), "utf-8"
        )
        result = run("check", pack)
        assert result.exit_code == 1
        assert "did you mean `issuer`?" in result.stdout
        assert "did you mean `city`?" in result.stdout

    def test_a_case_that_does_not_hold_is_named(self, tmp_path: Path) -> None:
        pack = _copy(tmp_path)
        file = pack / "cases.yaml"
        text = file.read_text("utf-8").replace("verdict: eligible", "verdict: case_by_case", 1)
        file.write_text(text, "utf-8")
        result = run("check", pack, "--lang", "en")
        assert result.exit_code == 1
        assert "cases.yaml:" in result.stdout
        assert "expected case_by_case" in result.stdout
        assert "1 fail" in result.stdout

    def test_survivors_are_listed(self, monkeypatch: pytest.MonkeyPatch) -> None:
        from duixian.engine import mutation
        from duixian.language.problems import Position

        report = mutation.MutationReport(3, 2, [(Position("measures.yaml", 7, 3), "drop the cap")])
        monkeypatch.setattr(mutation, "mutate_pack", lambda folder, progress: report)
        result = run("check", "--mutate", PACKS / "sample-policy", "--lang", "en")
        assert result.exit_code == 1
        assert "measures.yaml:7:3: survivor: drop the cap" in result.stdout
        assert "3 mutants, 2 failed a case, 1 survived" in result.stdout

    def test_an_unknown_policy_is_refused(self) -> None:
        result = run("check", "wuhan-digital-economy")
        assert result.exit_code == 2
        assert WUHAN in result.stderr


class TestVocabularyAndSchema:
    def test_all_record_types_or_one_by_its_chinese_name(self) -> None:
        assert "platform_year" in printed("vocabulary")
        assert printed("vocabulary", "年度经营") == printed("vocabulary", "year")
        assert "R&D spending" in printed("vocabulary", "year", "--lang", "en")
        assert "有哪些" not in printed("vocabulary", "project")

    def test_schemas_accept_the_installed_packs(self, tmp_path: Path) -> None:
        printed("schema", "-o", tmp_path / "schemas")
        for name in ("policy", "measures", "statements"):
            schema = json.loads((tmp_path / "schemas" / f"{name}.schema.json").read_text("utf-8"))
            jsonschema.Draft202012Validator.check_schema(schema)
            document = yaml.load((POLICIES / WUHAN / f"{name}.yaml").read_text("utf-8"), yaml.BaseLoader)  # noqa: S506
            assert document
            jsonschema.validate(document, schema)

    def test_which_schema_must_be_said(self) -> None:
        result = run("schema")
        assert result.exit_code == 2
        assert "measures" in result.stderr


class TestTemplate:
    def test_the_template_is_a_register_without_applicants(self, tmp_path: Path) -> None:
        file = tmp_path / "register.xlsx"
        assert "已写入" in printed("template", file)
        result = run("assess", file)
        assert result.exit_code == 2

    def test_a_filled_in_file_is_not_overwritten(self, tmp_path: Path) -> None:
        file = tmp_path / "register.xlsx"
        file.write_bytes(b"precious")
        assert run("template", file).exit_code == 2
        assert file.read_bytes() == b"precious"
        printed("template", file, "--force")
        assert file.read_bytes() != b"precious"


def test_the_outline_of_a_source_is_yaml(tmp_path: Path) -> None:
    source = tmp_path / "source.txt"
    source.write_text("关于支持发展的若干政策\n一、支持研发\n（一）给予补助，最高100万元。\n", "utf-8")
    found = yaml.safe_load(printed("coverage", "--outline", "--source", source))
    assert "一（一）" in found["outline"]


def _copy(folder: Path) -> Path:
    """Copy the sample packs, which refer to each other, and return the first."""
    return shutil.copytree(PACKS, folder / "packs") / "sample-policy"


@pytest.mark.parametrize(
    ("args", "times"), [(["--help"], 12), (["assess", str(HERE / "one.yaml"), "--on", "2024-06-30"], 90)]
)
def test_a_whole_process_is_quick(args: list[str], times: int) -> None:
    # As a multiple of the time in which the bare interpreter starts, so that a slow machine changes nothing;
    # the seconds themselves are measured by `script/bench startup`.
    # Both take turns, so that what else the machine does meets both.
    command = [str(Path(sys.executable).parent / "duixian"), *args]
    turns = [(processor_time(BARE), processor_time(command)) for _ in range(8)]
    assert min(own for _, own in turns) < times * min(bare for bare, _ in turns)


BARE = [sys.executable, "-I", "-S", "-c", "pass"]


def processor_time(command: list[str]) -> float:
    """Return the seconds of the processor that a run takes, which another process hardly changes."""
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, env={**os.environ, "COLUMNS": "100"})
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = status
    assert status == 0
    return usage.ru_utime + usage.ru_stime


@pytest.mark.parametrize("line", [("schema", "-o"), ("schema", "result", "-o"), ("template",)])
def test_what_stands_in_the_way_of_writing_is_told(line: tuple[str, ...], tmp_path: Path) -> None:
    (tmp_path / "file").write_text("", "utf-8")
    target = tmp_path / "file" / ("register.xlsx" if line == ("template",) else "schemas")
    found = CliRunner().invoke(main, [*line, str(target), "--lang", "en"])
    assert found.exit_code in {1, 2}
    assert str(tmp_path / "file") in found.stderr
    assert isinstance(found.exception, SystemExit)
