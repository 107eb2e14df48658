"""Reads a register from whatever file or folder it comes in, and lists everything that is wrong with it."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from decimal import Decimal
from pathlib import Path

import msgspec

from duixian.calendar.days import Both
from duixian.language.problems import MAX_BYTES, Report
from duixian.language.source import Items, Mapping, Node, parse_yaml, read_yaml
from duixian.language.vocabulary import Vocabulary
from duixian.register.applicant import Applicant
from duixian.register.container import RENAMED, check_size, not_a_workbook
from duixian.register.names import Lexicon, plain
from duixian.register.problems import InputError, InputProblem, Place, Problems
from duixian.register.read_facts import Given, applicant_from_given, from_node, from_python
from duixian.register.reading import Reading

_LISTS = frozenset(plain(word) for word in ("applicants", "applicant", "申报主体"))
_YAML_ZH = {
    "too-large": "文件过大",
    "not-utf8": "不是 UTF-8 文本",
    "too-deep": "嵌套过深",
    "yaml": "不是正确的 YAML",
    "alias": "不接受 YAML 锚点和引用",
    "tag": "不接受 YAML 标签",
    "too-long": "文字过长",
    "key": "键须为普通文字",
    "duplicate-key": "键重复",
}


@dataclass(frozen=True, slots=True)
class ReadResult:
    """What was read.

    `skipped` are the ids of the applicants that were left out because of a problem (the whole applicant,
    never only its bad row), or the place of one that has no id. `loosened` are the record types of
    which a row was left out that belongs to no known applicant: it might belong to anyone, so no list of
    that type counts as complete any more.
    """

    applicants: tuple[Applicant, ...]
    problems: tuple[InputProblem, ...] = ()
    skipped: tuple[str, ...] = ()
    loosened: frozenset[str] = frozenset()


def read_register(
    path: Path,
    vocabulary: Vocabulary,
    skip_bad: bool = False,
    include_hidden: bool = False,
    only: frozenset[str] | None = None,
) -> ReadResult:
    """Read .json, .yaml, .yml, .xlsx, .xlsm, .ods, .csv, .parquet, or a folder of CSV files.

    A single CSV file holds applicants, whatever its name, unless that names a record type. JSON and YAML
    hold one applicant, a list, or a list under `applicants`. With `skip_bad` the applicants that have a
    problem are left out and named; a problem of a whole file, sheet or column still ends it. What is hidden
    in a workbook is a problem; with `include_hidden` it is read like all else. `only` these applicants are read,
    and only their problems and those of a whole file are told; a Parquet file may then be of any size.

    Raises:
        InputError: every problem; with `skip_bad` only if leaving out applicants does not help.
    """
    problems = Reading(include_hidden, only)
    applicants = gather(path, vocabulary, problems)
    if not skip_bad or any(problem.whole for problem in problems.found):
        problems.raise_if_any()
    return without_bad(applicants, problems)


def gather(path: Path, vocabulary: Vocabulary, reading: Reading) -> list[Applicant]:
    """The applicants of a file, those with a problem among them; the problems are in `reading`."""
    kind = "folder" if path.is_dir() else path.suffix.lower()
    reader = _READERS.get(kind)
    if not path.exists():
        what = Both("没有这个文件或文件夹", "there is no such file or folder")
        reading.add("no-file", Place(str(path)), what, whole=True)
    elif reader is None:
        _refuse_type(path, reading)
    elif kind in ("folder", ".parquet") or check_size(path, reading):
        found = reader(path, Lexicon(vocabulary), reading)
        if reading.only is None:
            return found
        wanted = {"", *reading.only}
        reading.found = [problem for problem in reading.found if problem.applicant in wanted]
        return [applicant for applicant in found if applicant.id in wanted]
    return []


def _refuse_type(path: Path, reading: Reading) -> None:
    """A file of a type that is not read: what it is, as far as its content tells."""
    place = Place(str(path))
    if path.suffix.lower() in (".xls", ".et", ".xlt", ".ett", ".xlsb", ".wps") and check_size(path, reading):
        refused = not_a_workbook(path) or RENAMED
        reading.add(refused[0], place, refused[1], refused[2], whole=True)
        return
    what = Both(f"不能读取「{path.suffix}」文件", f"`{path.suffix}` files cannot be read")
    remedy = Both(
        "请另存为 .xlsx，或改用 .ods、.csv、.json、.yaml、.parquet",
        "save it as .xlsx, or use .ods, .csv, .json, .yaml, .parquet",
    )
    reading.add("file-type", place, what, remedy, whole=True)


def without_bad(applicants: list[Applicant], problems: Problems) -> ReadResult:
    """The applicants without a problem, no list complete of which a row was left out without its owner."""
    spoilt = problems.spoilt()
    nameless = [str(p.place) for p in problems.found if not p.applicant and not p.record_type]
    loosened = frozenset(p.record_type for p in problems.found if not p.applicant and p.record_type)
    good = tuple(
        msgspec.structs.replace(applicant, complete=applicant.complete - loosened) if loosened else applicant
        for applicant in applicants
        if applicant.id not in spoilt
    )
    return ReadResult(good, tuple(problems.found), (*sorted(spoilt), *nameless), loosened)


def _tables(path: Path, lexicon: Lexicon, problems: Reading) -> list[Applicant]:
    from duixian.register.read_csv import read_csv
    from duixian.register.read_tables import read_tables
    from duixian.register.read_workbook import read_workbook

    csv = path.is_dir() or path.suffix.lower() == ".csv"
    sheets = read_csv(path, problems) if csv else read_workbook(path, problems)
    if not path.is_dir() and csv and sheets and lexicon.entities().find(path.stem) is None:
        sheets = [replace(sheets[0], title="applicant")]
    if problems.found and not any(sheet.rows for sheet in sheets):
        return []  # what is wrong with the file was told
    return read_tables(sheets, lexicon, problems)


def _parquet(path: Path, lexicon: Lexicon, problems: Reading) -> list[Applicant]:
    from duixian.register.columns import read_parquet

    return read_parquet(path, lexicon, problems, problems.only)


def _yaml(path: Path, lexicon: Lexicon, problems: Problems) -> list[Applicant]:
    report = Report()
    node = read_yaml(path, report)
    for problem in report.problems:
        at = Place(str(path), f"{problem.position.line}:{problem.position.column}")
        zh = _YAML_ZH.get(problem.code, "不是正确的 YAML")
        what = Both(f"{zh}（{problem.message}）", problem.message)
        problems.add(problem.code, at, what, Both("", problem.suggestion), whole=True)
    if node is None or report.problems:
        return [] if report.problems else _all(Given(None, Place(str(path))), path, lexicon, problems)
    applicants = _all(from_node(node), path, lexicon, problems)
    problems.found.sort(key=lambda problem: [int(part) for part in problem.place.at.split(":")])
    return applicants


def _json(path: Path, lexicon: Lexicon, problems: Problems) -> list[Applicant]:
    try:
        text = path.read_text("utf-8-sig")
        given = from_python(json.loads(text, parse_float=Decimal, object_pairs_hook=_pairs), str(path))
    except (ValueError, RecursionError) as error:
        line = f"{error.lineno}:{error.colno}" if isinstance(error, json.JSONDecodeError) else ""
        what = Both(f"不是正确的 JSON（{error}）", f"not valid JSON: {error}")
        problems.add("json", Place(str(path), line), what, whole=True)
        return []
    applicants = _all(given, path, lexicon, problems)
    if problems.found:
        _add_lines(text, problems)
    return applicants


def _pairs(pairs: list[tuple[str, object]]) -> dict[str, object]:
    """An object's entries; a key that stands twice is refused."""
    entries = dict(pairs)
    if len(entries) != len(pairs):
        keys = [key for key, _ in pairs]
        twice = next(key for key in keys if keys.count(key) > 1)
        raise ValueError(f"the key '{twice}' stands twice in one object")
    return entries


def _all(given: Given, path: Path, lexicon: Lexicon, problems: Problems) -> list[Applicant]:
    """The applicants of a parsed file: one, a list of them, or a list under `applicants`."""
    value, default = given.value, path.stem
    if isinstance(value, dict) and len(value) == 1 and plain(next(iter(value))) in _LISTS:
        value = next(iter(value.values()))[1].value
    if isinstance(value, list):
        items, default = value, ""
    else:
        items = [given]
    places: dict[str, Place] = {}
    applicants = []
    for item in items:
        applicant = applicant_from_given(item, lexicon, problems, default)
        if applicant is None:
            continue
        if applicant.id in places:
            first = places[applicant.id]
            what = Both(
                f"申报主体编号「{applicant.id}」重复，首次见于 {first}",
                f"the applicant id '{applicant.id}' stands twice, first at {first}",
            )
            problems.add("duplicate-id", item.place, what, applicant=applicant.id)
        places.setdefault(applicant.id, item.place)
        applicants.append(applicant)
    return applicants


def _add_lines(text: str, problems: Problems) -> None:
    """Put the line before each path of a JSON file.

    JSON is YAML, whose reader knows the lines; where it refuses the text (too long) the paths stay alone.
    """
    root = parse_yaml(text, "", Report()) if len(text) <= MAX_BYTES else None
    lines = dict(_lines(root, "$")) if root is not None else {}
    problems.found[:] = [
        msgspec.structs.replace(p, place=Place(p.place.file, f"{lines[p.place.at]}:{p.place.at}"))
        if p.place.at in lines
        else p
        for p in problems.found
    ]


def _lines(node: Node, path: str) -> Iterator[tuple[str, int]]:
    """Every path of a document with its line."""
    yield path, node.position.line
    if isinstance(node, Items):
        for number, child in enumerate(node.nodes):
            yield from _lines(child, f"{path}[{number}]")
    elif isinstance(node, Mapping):
        for key, child in node.entries.items():
            yield from _lines(child, f"{path}.{key}")


_READERS: dict[str, Callable[[Path, Lexicon, Reading], list[Applicant]]] = {
    **dict.fromkeys((".json",), _json),
    **dict.fromkeys((".yaml", ".yml"), _yaml),
    **dict.fromkeys((".xlsx", ".xlsm", ".ods", ".csv", "folder"), _tables),
    ".parquet": _parquet,
}

__all__ = ["InputError", "InputProblem", "ReadResult", "read_register"]
