"""YAML read into nodes with places: every scalar is its text, every trick is refused and the rest still read."""

from pathlib import Path

import pytest
import yaml
from hypothesis import example, given, settings
from hypothesis import strategies as st

from duixian.language.problems import Report, render
from duixian.language.source import MAX_DEPTH, Items, Mapping, Node, Scalar, parse_yaml, read_yaml

TEXT = """\
plain: year.revenue >= 5
single: 'it''s here'
double: "a \\"b\\" c"
folded: >-
  year.revenue
    >= 中文 here

literal: |
  one
  two here
lines: first
  and here
quoted: "first
  and here"
numbers: [2022-06-01, 0010, yes, 1e3, ~]
"""


def plain(node: Node | None) -> object:
    if isinstance(node, Scalar):
        return node.text
    if isinstance(node, Items):
        return [plain(item) for item in node.nodes]
    return {key: plain(item) for key, item in node.entries.items()} if node else None


def read(text: str) -> tuple[object, list[tuple[str, str]]]:
    report = Report()
    node = parse_yaml(text, "x", report)
    return plain(node), [(str(p.position)[2:], p.code) for p in report.problems]


def test_a_scalar_is_its_text_and_never_a_number_a_day_or_a_yes() -> None:
    found, problems = read(TEXT)
    assert problems == []
    assert isinstance(found, dict)
    assert found["numbers"] == ["2022-06-01", "0010", "yes", "1e3", "~"]
    assert found["folded"] == "year.revenue\n  >= 中文 here"


@pytest.mark.parametrize("key", ["single", "folded", "literal", "lines", "quoted"])
def test_a_place_inside_a_text_is_that_in_the_file(key: str) -> None:
    node = parse_yaml(TEXT, "x", Report())
    assert isinstance(node, Mapping)
    scalar = node.entries[key]
    assert isinstance(scalar, Scalar)
    place = scalar.offset(scalar.text.index("here"))
    assert TEXT.splitlines()[place.line - 1][place.column - 1 :].startswith("here")


def test_places_at_the_ends_of_a_text() -> None:
    node = parse_yaml(TEXT, "x", Report())
    assert isinstance(node, Mapping)
    places = {key: node.entries[key] for key in ("plain", "double", "folded")}
    assert [str(item.offset(0)) for item in places.values()] == ["x:1:8", "x:3:10", "x:5:3"]  # type: ignore[union-attr]
    assert [str(item.offset(len(item.text))) for item in places.values()] == ["x:1:25", "x:3:19", "x:6:15"]  # type: ignore[union-attr]


@pytest.mark.parametrize(
    ("text", "found", "problems"),
    [
        ("", None, []),
        ("# only a comment\n", None, []),
        ("a: &x 1\nb: *x\nc: 2", {"a": "1", "c": "2"}, [("1:4", "alias"), ("2:4", "alias")]),
        ("&x a: 1", {"a": "1"}, [("1:1", "alias")]),
        ("a: !!int 1\nb: !own 2", {"a": "1", "b": "2"}, [("1:4", "tag"), ("2:4", "tag")]),
        ("!!python/object:os.system x", "x", [("1:1", "tag")]),
        ("a: {<<: {b: 1}, c: 2}", {"a": {"c": "2"}}, [("1:5", "merge-key")]),
        ("{[a]: 1, b: 2}", {"b": "2"}, [("1:2", "key")]),
        ("? {a: 1}\n: 2", {}, [("1:3", "key")]),
        ("a: 1\na: 2\na: 3", {"a": "1"}, [("2:1", "duplicate-key"), ("3:1", "duplicate-key")]),
        ("a: 1\n---\nb: 2", {"a": "1"}, [("2:1", "documents")]),
        (
            "a: x\x00y\x1b\nb: \u202e",
            {"a": "x y", "b": ""},
            [("1:5", "control"), ("1:7", "control"), ("2:4", "control")],
        ),
        ('a: "\\u202e"', {"a": "\u202e"}, [("1:4", "control")]),
        ("a: " + "x" * 4001 + "\nb: 1", {"b": "1"}, [("1:4", "too-long")]),
        ("k" * 4001 + ": 1", None, [("", "too-long"), ("", "yaml")]),
        ("a: 1\n\tb: 2", None, [("2:1", "yaml")]),
        ("a: [1", None, [("2:1", "yaml")]),
        ("a: 'x", None, [("2:1", "yaml")]),
        ("\ufeffa: 1", {"a": "1"}, []),
    ],
    ids=lambda value: repr(value)[:24],
)
def test_tricks_are_refused_and_the_rest_is_read(
    text: str, found: object, problems: list[tuple[str, str]]
) -> None:
    if text.startswith("\ufeff"):
        text = text.encode().decode("utf-8-sig")
    result = read(text)
    if any(code == "yaml" for _, code in problems):
        assert [code for _, code in result[1]] == [code for _, code in problems]
        assert result[0] is None
    else:
        assert result == (found, problems)


@pytest.mark.parametrize(
    "text",
    [
        "[" * 100000,
        "[" * 50 + "]" * 50,
        "? " * 50000,
        "- " * 50000,
        "{a: " * 40000,
        "[ # ]\n" * 40000,
        "\n".join("  " * n + "a:" for n in range(100)),
    ],
    ids=lambda text: text[:8],
)
def test_deep_nesting_ends_the_reading_quickly(text: str) -> None:
    found, problems = read(text)
    assert found is None
    assert [code for _, code in problems] == ["too-deep"]


def test_what_is_just_not_too_deep_is_read() -> None:
    found, problems = read("[" * MAX_DEPTH + "a" + "]" * MAX_DEPTH)
    assert problems == []
    assert found is not None


def test_many_aliases_never_grow(tmp_path: Path) -> None:
    laughs = "a: &a [x, x]\n" + "".join(
        f"{b}: &{b} [*{a}, *{a}]\n" for a, b in zip("abcdefgh", "bcdefghi", strict=True)
    )
    (tmp_path / "x.yaml").write_text(laughs, "utf-8")
    report = Report()
    read_yaml(tmp_path / "x.yaml", report)
    assert {problem.code for problem in report.problems} == {"alias"}


def test_a_file_that_cannot_be_shown_is_still_reported(tmp_path: Path) -> None:
    (tmp_path / "a.yaml").write_bytes("a: 政策".encode("gb18030"))
    (tmp_path / "b.yaml").write_bytes(b"#" * 4_000_001)
    report = Report()
    assert read_yaml(tmp_path / "a.yaml", report) is read_yaml(tmp_path / "b.yaml", report) is None
    assert [problem.code for problem in report.problems] == ["not-utf8", "too-large"]
    assert "2 problems" in render(report.problems)


def test_a_report_is_safe_to_print_and_short(tmp_path: Path) -> None:
    path = tmp_path / "x.yaml"
    path.write_text('{a: 1, "\\e[31m": ' + "中" * 300 + ", a: 2, b\x1b: 1}", "utf-8")
    report = Report()
    read_yaml(path, report)
    text = render(report.problems)
    assert all(sign.isprintable() or sign in "\n\u3000" for sign in text)
    assert max(len(line) for line in text.replace(str(path), "x").splitlines()) <= 124
    assert [problem.code for problem in report.problems] == ["control", "control", "duplicate-key"]


PIECES = st.sampled_from(
    [
        "a",
        "b: ",
        "- ",
        "\n",
        "  ",
        "{",
        "}",
        "[",
        "]",
        ", ",
        "? ",
        ": ",
        "&x ",
        "*x",
        "!!str ",
        "'",
        '"',
        "|\n",
        ">-\n",
        "#",
        "---\n",
        "...\n",
        "<<: ",
        "中文",
        "\t",
        "\x00",
        "\u2028",
        "%YAML 1.1\n",
        "\\",
        "~",
        "1",
        "\r\n",
        "\x85",
    ]
)


@settings(max_examples=400)
@given(st.lists(PIECES, max_size=20).map("".join) | st.text(max_size=40))
@example("%YAML 9.9\n--- a")
@example("%TAG ! x\n--- !a b")
@example("a: \ud800")
def test_reading_raises_nothing_and_loses_no_word(text: str) -> None:
    found, problems = read(text)
    if not problems:
        try:
            expected = yaml.load(text, Loader=yaml.CBaseLoader)  # noqa: S506
        except (yaml.YAMLError, ValueError):  # pragma: no cover
            raise AssertionError(text) from None
        assert found == expected
