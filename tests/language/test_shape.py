"""Shapes: what keys a file may have, and what each misfit says at its place."""

import pytest

from duixian.language import shape as s
from duixian.language.problems import Report, nearest
from duixian.language.source import Scalar, parse_yaml

COLOUR = s.Text(choices=("red", "green"))
THING = s.Record(
    "a thing",
    {
        "id": s.Text("[a-z]+", "a word"),
        "colour": COLOUR,
        "places": s.ListOf(s.Text(), single=True, filled=True),
        "names": s.MapOf(s.Text(), s.Text("[a-z]+", "a word", taken=frozenset({"in"}))),
        "rest": s.Anything(),
    },
    ("id", "colour"),
)
PART = s.Record("a part", {"is": s.Text(), "note": s.Text()}, ("is",), shorthand="is")


def read(text: str, shape: s.Shape = THING) -> tuple[object, list[str]]:
    report = Report()
    node = parse_yaml(text, "x", report)
    assert node is not None
    found = s.read(node, shape, report)
    return found, [f"{p.position}: {p.code}: {p.message} {p.suggestion}".strip() for p in report.problems]


def test_what_fits_is_read_with_its_places() -> None:
    found, problems = read("{id: a, colour: red, places: here, names: {x: y}, rest: [1, {a: b}]}")
    assert problems == []
    assert isinstance(found, s.Entry)
    assert (found.text("id"), found.texts("places"), found.text("none", "else")) == ("a", ("here",), "else")
    assert (str(found.place("colour")), str(found.place("absent"))) == ("x:1:17", "x:1:1")
    assert {key: value.text for key, value in found.get("names").items()} == {"x": "y"}
    assert found.get("absent", 3) == 3


@pytest.mark.parametrize(
    ("text", "problems"),
    [
        ("{id: a}", ["x:1:1: missing-key: a thing needs the key `colour` add `colour:`"]),
        ("{id: A, colour: red}", ["x:1:6: wrong-form: `A` is not a word"]),
        ("{id: [a], colour: red}", ["x:1:6: wrong-form: id must be a word, found a list"]),
        ("{id: '', colour: red}", ["x:1:6: wrong-form: id must be a word, found nothing"]),
        ("{id: ~, colour: red}", ["x:1:6: wrong-form: id must be a word, found nothing"]),
        (
            "{id: a, colour: rad}",
            ["x:1:17: unknown-value: `rad` is not a value of colour did you mean `red`?"],
        ),
        (
            "{id: a, colour: red, colours: red}",
            ["x:1:22: unknown-key: a thing has no key `colours` did you mean `colour`?"],
        ),
        ("{id: a, color: red}", ["x:1:9: unknown-key: a thing has no key `color` did you mean `colour`?"]),
        ("{id: a, colour: red, places: []}", ["x:1:30: wrong-form: places must not be empty"]),
        ("{id: a, colour: red, places: {}}", ["x:1:30: wrong-form: places must be a text, found a mapping"]),
        ("{id: a, colour: red, names: []}", ["x:1:29: wrong-form: names must be a mapping, found a list"]),
        ("{id: a, colour: red, names: {1: a}}", ["x:1:30: wrong-form: `1` is not a word"]),
        (
            "{id: a, colour: red, names: {in: a}}",
            ["x:1:30: reserved: `in` has a meaning of its own in the language choose another name"],
        ),
        ("text", ["x:1:1: wrong-form: this must be a mapping (a thing), found a text"]),
    ],
)
def test_a_misfit_is_told_at_its_place(text: str, problems: list[str]) -> None:
    assert read(text)[1] == problems


def test_lists_shorthands_and_quoted_null() -> None:
    assert read("a", s.ListOf(s.Text()))[1] == ["x:1:1: wrong-form: this must be a list, found a text"]
    found, _ = read("[x, [y], z]", s.ListOf(s.Text()))
    assert [item.text for item in found] == ["x", "z"]  # type: ignore[union-attr, attr-defined]
    short, _ = read("year.revenue", PART)
    assert isinstance(short, s.Entry)
    assert short.text("is") == "year.revenue"
    assert read("[]", PART)[1] == ["x:1:1: wrong-form: this must be a mapping (a part), found a list"]
    assert read("~", PART) == (None, ["x:1:1: wrong-form: this must be a text, found nothing"])
    quoted, _ = read("'null'", s.Text())
    assert isinstance(quoted, Scalar)


def test_the_nearest_word_or_the_known_ones() -> None:
    assert nearest("revenu", ["revenue", "rank"]) == "did you mean `revenue`?"
    assert nearest("x", ["b", "a"]) == "known here: a, b"
    assert nearest("x", []) == nearest("x", map(str, range(17))) == ""
