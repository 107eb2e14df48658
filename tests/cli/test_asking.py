"""`duixian ask` as a person meets it: back to the same question, stop and go on, hints, the saved file."""

from __future__ import annotations

from pathlib import Path

import yaml
from click.testing import CliRunner, Result

from duixian.cli import main

POLICY = "wuhan-digital-economy-2022"


def ask(file: Path, answers: list[str], *options: str) -> Result:
    words = ["ask", str(file), "--on", "2023-06-30", "--policy", POLICY, *options]
    return CliRunner().invoke(main, words, input="".join(f"{answer}\n" for answer in answers))


def prompts(result: Result) -> list[str]:
    return [
        line.strip() for line in result.stdout.splitlines() if "？:" in line or line.lstrip().startswith("「")
    ]


def test_back_asks_the_same_question_again(tmp_path: Path) -> None:
    result = ask(tmp_path / "me.yaml", ["<", "企业", "420115", "<", "420106", "q"])
    assert result.exit_code == 0, result.output
    assert "这是第一题" in result.stdout
    asked = [line.partition("？")[0] for line in prompts(result)]
    assert asked[:2] == ["主体类型是什么"] * 2
    assert asked[2] == asked[4] == "注册地（行政区划代码）是什么"
    assert asked[3] == asked[5]


def test_each_question_says_which_policy_asks_and_how_to_write_the_answer(tmp_path: Path) -> None:
    result = ask(tmp_path / "me.yaml", ["1", "江岸区", "420102", "q"])
    assert "武汉数字经济 一（三）#1 标识解析二级节点资金支持" in result.stdout
    assert "六位行政区划代码" in result.stdout
    assert "请填代码而不填地名" in result.stdout
    assert "interview）" not in result.stdout
    assert "可填多个" in result.stdout


def test_stop_says_how_to_go_on_with_the_same_request(tmp_path: Path) -> None:
    file = tmp_path / "me.yaml"
    result = ask(file, ["1", "q"])
    told = f"duixian ask {file} --resume --on 2023-06-30 --policy {POLICY}"
    assert told in result.stdout
    again = ask(file, ["q"], "--resume")
    assert "2. 申报主体" in again.stdout
    assert "主体类型是什么" not in again.stdout


def test_the_end_of_the_input_is_a_stop_that_keeps_the_answers(tmp_path: Path) -> None:
    file = tmp_path / "me.yaml"
    result = ask(file, ["1", "420106"])
    assert result.exit_code == 0
    assert "--resume" in result.stdout
    assert "\n3. " in ask(file, ["q"], "--resume").stdout


def test_records_are_named_by_what_they_are_and_the_file_is_saved(tmp_path: Path) -> None:
    file = tmp_path / "me.yaml"
    answers = {
        "主体类型": "1",
        "注册地": "420106",
        "行业领域": "软件",
        "年度经营": "1",
        "营业收入": "600万元",
        "研发投入": "120万元",
    }
    given: list[str] = []
    result = ask(file, given)
    while not file.exists():
        assert len(given) < 60
        (tmp_path / "me.interview.json").unlink(missing_ok=True)
        last = prompts(result)[-1]
        given.append(
            next((text for word, text in answers.items() if last.startswith((word, f"有哪些「{word}"))), "?")
        )
        result = ask(file, given)
    assert "年度经营：2022" in result.stdout
    saved = yaml.safe_load(file.read_text("utf-8"))
    assert saved["year"][0] == {
        "id": "year2022",
        "year": "2022",
        "revenue": "600万元",
        "rnd_spend": "120万元",
    }
    assert "12万元" in result.stdout
    assert CliRunner().invoke(main, ["assess", str(file), "--on", "2023-06-30"]).exit_code == 0
