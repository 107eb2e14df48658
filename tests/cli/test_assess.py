"""`duixian assess`: what people see, what programs read.

Expected outputs are files; `UPDATE_EXPECTED=1` writes them anew, to be read.
"""

import json
import os
from pathlib import Path

import jsonschema
import msgspec
import pytest
from click.testing import CliRunner, Result

from duixian.cli import main
from duixian.engine.result import Assessment

HERE = Path(__file__).parent
REGISTER, ONE = HERE / "register.yaml", HERE / "one.yaml"
EXPECTED = HERE / "expected"
WUHAN, CHANGSHA = "wuhan-digital-economy-2022", "changsha-cybersecurity-2019"
BOTH = ["--policy", WUHAN, "--policy", CHANGSHA]
IN_FORCE = [*BOTH, "--on", "2024-06-30", "--on", f"{CHANGSHA}=2021-06-30"]


def run(*args: object, width: int = 100) -> Result:
    return CliRunner().invoke(main, [str(arg) for arg in args], env={"COLUMNS": str(width)})


def assess(*args: object, width: int = 100) -> str:
    result = run("assess", *args, width=width)
    assert result.exit_code == 0, result.output
    return result.stdout


def refused(*args: object) -> str:
    result = run("assess", *args)
    assert result.exit_code == 2
    assert result.stdout == ""
    return result.stderr


def expect(name: str, found: str) -> None:
    path = EXPECTED / name
    if os.environ.get("UPDATE_EXPECTED"):
        path.write_text(found, encoding="utf-8")
    assert found == path.read_text(encoding="utf-8")


@pytest.mark.parametrize("lang", ["zh", "en"])
class TestWhatAPersonSees:
    def test_one_applicant_with_full_reasons(self, lang: str) -> None:
        expect(f"one.{lang}.txt", assess(ONE, *IN_FORCE, "--lang", lang))

    def test_one_applicant_when_no_policy_is_in_force(self, lang: str) -> None:
        expect(f"one-expired.{lang}.txt", assess(ONE, *BOTH, "--on", "2026-11-22", "--lang", lang))

    def test_several_applicants_in_eighty_columns(self, lang: str) -> None:
        expect(f"several.{lang}.txt", assess(REGISTER, *IN_FORCE, "--lang", lang, width=80))

    def test_several_applicants_when_no_policy_is_in_force(self, lang: str) -> None:
        expect(f"several-expired.{lang}.txt", assess(REGISTER, *BOTH, "--on", "2026-11-22", "--lang", lang))

    def test_take_the_higher_under_another_reading_with_details(self, lang: str) -> None:
        reading = ["--reading", "within_document=higher_only"]
        expect(f"higher.{lang}.txt", assess(REGISTER, *IN_FORCE, *reading, "--details", "--lang", lang))


def test_no_line_is_wider_than_the_terminal() -> None:
    from rich.cells import cell_len

    for width in (80, 100, 120):
        for lang in ("zh", "en"):
            found = assess(REGISTER, *IN_FORCE, "--details", "--lang", lang, width=width)
            assert max(map(cell_len, found.splitlines())) <= width


def test_a_pipe_gets_no_colour_and_no_trailing_blanks() -> None:
    found = assess(REGISTER, *IN_FORCE)
    assert "\x1b" not in found
    assert all(line == line.rstrip() for line in found.splitlines())


def test_a_draft_gives_no_right_unless_taken_to_be_adopted() -> None:
    draft = "wuhan-industrial-internet-fund"
    assert "草案，尚无效力" in assess(ONE, "--policy", draft, "--on", "2026-11-22")
    adopted = assess(ONE, "--policy", draft, "--on", "2026-11-22", "--if-adopted", f"{draft}=2026-10-01")
    assert "假设草案于 2026-10-01 施行" in adopted


class TestWhatAProgramReads:
    def test_json_is_the_assessment_as_msgspec_writes_it(self) -> None:
        text = assess(REGISTER, *IN_FORCE, "--json").encode()
        found = msgspec.json.decode(text, type=Assessment)
        assert msgspec.json.encode(found) + b"\n" == text
        assert [item.id for item in found.applicants] == ["W1", "W2", "W3", "C1", "P1"]

    def test_json_has_the_published_shape(self) -> None:
        schema = json.loads(run("schema", "result").stdout)
        found = json.loads(assess(REGISTER, *IN_FORCE, "--json"))
        assert found["applicants"]
        jsonschema.validate(found, schema)

    def test_the_file_holds_the_same_as_standard_output(self, tmp_path: Path) -> None:
        out = tmp_path / "result.json"
        printed = assess(ONE, *IN_FORCE, "--json", "-o", out)
        assert out.read_text("utf-8") == printed.rstrip("\n")


class TestRefusals:
    @pytest.mark.parametrize(
        ("args", "message"),
        [
            (
                ["--policy", "wuhan-digital-economy-2020"],
                f"没有政策「wuhan-digital-economy-2020」。是否为「{WUHAN}」",
            ),
            (["--on", "2024-02-30"], "读到「2024-02-30」，应为2024年2月的1日至29日"),
            (["--on", "2024-06"], "读到「2024-06」"),
            (["--on", "2024-06-01", "--on", "2024-06-02"], "--on 只能有一个总的日期，读到 2 个"),
            (["--on", "武汉数字=2024-06-01"], "没有政策「武汉数字」。是否为「武汉数字经济」"),
            (["--if-adopted", WUHAN], "应写成 名称=值"),
            (["--if-adopted", f"{WUHAN}=2024-06-01"], "不是草案"),
            (["--reading", "last_dya=anniversary"], "没有解释口径「last_dya」。是否为「last_day」"),
            (
                ["--reading", "last_day=aniversary"],
                "没有口径 last_day 的选项「aniversary」。是否为「anniversary」",
            ),
            (["-o", "result.csv"], "result.csv：文件名须以 .xlsx、.json、.parquet 结尾"),
            (["-o", "nowhere/result.xlsx"], "没有文件夹 nowhere"),
        ],
    )
    def test_what_is_not_known_is_named_with_the_nearest(self, args: list[str], message: str) -> None:
        assert message in refused(ONE, *args)

    def test_in_english_too(self) -> None:
        assert "did you mean `last_day`?" in refused(ONE, "--lang", "en", "--reading", "last_dya=anniversary")

    def test_every_problem_of_the_input_is_listed_and_nothing_is_assessed(self, tmp_path: Path) -> None:
        file = tmp_path / "bad.yaml"
        file.write_text(
            "- {id: a, kind: enterprize}\n- {id: b, divison: '420106'}\n- {id: c, kind: enterprise}\n",
            "utf-8",
        )
        message = refused(file)
        assert "bad.yaml:1:" in message
        assert "bad.yaml:2:" in message
        assert "共 2 处问题" in message

    def test_skip_bad_goes_on_and_says_how_many_were_left_out(self, tmp_path: Path) -> None:
        file = tmp_path / "bad.yaml"
        file.write_text("- {id: a, kind: enterprize}\n- {id: c, kind: enterprise}\n", "utf-8")
        result = run("assess", file, "--skip-bad", "--json")
        assert result.exit_code == 0
        assert "略过 1 个有问题的申报主体：a；评估其余 1 个" in result.stderr
        assert [item["id"] for item in json.loads(result.stdout)["applicants"]] == ["c"]

    def test_a_missing_file_is_said(self) -> None:
        assert "没有这个文件" in refused("nowhere.yaml")


def test_readings_may_be_named_in_chinese_and_for_one_policy() -> None:
    one = assess(REGISTER, *IN_FORCE, "--json", "--reading", "within_document=higher_only")
    named = assess(REGISTER, *IN_FORCE, "--json", "--reading", "武汉数字经济/within_document=只给较高的一项")
    assert named == one
