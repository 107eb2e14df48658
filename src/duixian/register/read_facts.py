"""Reads one applicant from facts written as a mapping: YAML nodes with places, JSON, or a plain dict."""

from __future__ import annotations

from collections.abc import Mapping as AnyMapping
from dataclasses import dataclass
from typing import TypeGuard

from duixian.calendar.days import Both, Refusal
from duixian.language.source import Items, Node, Scalar
from duixian.language.vocabulary import Entity, Field, Vocabulary
from duixian.register.amounts import is_none_word, is_unknown_word
from duixian.register.applicant import Absent, Applicant
from duixian.register.assembly import Draft, Record
from duixian.register.names import COMPLETE, ID, Lexicon, Names
from duixian.register.problems import NOTHING, Place, Problems, shown
from duixian.register.values import read_id, read_value

_ALL = ("all", "全部", "全部完整")


@dataclass(slots=True, frozen=True)
class Given:
    """A value and its place; in a list or a mapping again such values, each key with its own place."""

    value: object
    place: Place


Entries = dict[str, tuple[Place, Given]]


def from_node(node: Node) -> Given:
    """A YAML node as it was written; a plain `null` or `~` is nothing."""
    place = Place(node.position.file, f"{node.position.line}:{node.position.column}")
    if isinstance(node, Scalar):
        quoted = node.inner != node.position
        return Given(None if node.text in ("null", "~") and not quoted else node.text, place)
    if isinstance(node, Items):
        return Given([from_node(child) for child in node.nodes], place)
    entries = {}
    for key, child in node.entries.items():
        at = node.keys[key]
        entries[key] = (Place(at.file, f"{at.line}:{at.column}"), from_node(child))
    return Given(entries, place)


def from_python(value: object, file: str = "", path: str = "$") -> Given:
    """A parsed JSON value or a Python one; the place is its path, as `$.year[0].revenue`."""
    place = Place(file, path)
    if isinstance(value, AnyMapping):
        entries = {}
        for key, child in value.items():
            at = f"{path}.{key}"
            entries[str(key)] = (Place(file, at), from_python(child, file, at))
        return Given(entries, place)
    if isinstance(value, list | tuple):
        return Given([from_python(child, file, f"{path}[{i}]") for i, child in enumerate(value)], place)
    if isinstance(value, set | frozenset):
        return Given([Given(child, place) for child in value], place)
    return Given(value, place)


def applicant_from_node(
    node: Node, vocabulary: Vocabulary, problems: Problems, *, default_id: str = ""
) -> Applicant | None:
    """The applicant that a YAML node tells of; None if there was any problem, which `problems` then holds.

    `default_id` is taken where the facts give no `id`.
    """
    return applicant_from_given(from_node(node), Lexicon(vocabulary), problems, default_id)


def applicant_from_mapping(
    mapping: AnyMapping[str, object], vocabulary: Vocabulary, *, default_id: str = "applicant"
) -> Applicant:
    """The applicant that a plain mapping tells of, in the shape of the author's guide.

    Numbers are in yuan; a sum may be a text with its unit (`500万元`), a day a `date` or a text.

    Raises:
        InputError: every problem, each with its path.
    """
    problems = Problems()
    applicant = applicant_from_given(from_python(mapping), Lexicon(vocabulary), problems, default_id)
    problems.raise_if_any()
    assert applicant is not None
    return applicant


def applicant_from_given(
    given: Given, lexicon: Lexicon, problems: Problems, default_id: str = ""
) -> Applicant | None:
    """As `applicant_from_node`, from values with places; a problem names the applicant by its id."""
    reader = _Reader(lexicon, problems)
    before = len(problems)
    draft = reader.applicant(given, default_id)
    if draft is None:
        return None
    applicant = draft.finish(lexicon.vocabulary, problems)
    return applicant if len(problems) == before else None


class _Reader:
    """Reads one applicant; `self.id` is its id as soon as that is known."""

    def __init__(self, lexicon: Lexicon, problems: Problems) -> None:
        self.lexicon = lexicon
        self.vocabulary = lexicon.vocabulary
        self.problems = problems
        self.id = ""

    def applicant(self, given: Given, default_id: str) -> Draft | None:
        if not _is_entries(given.value):
            self.bad(
                "shape", given.place, Both("应为申报主体的各项事实", "expected the facts of an applicant")
            )
            return None
        keys = self.resolve_id(given.value, self.lexicon.facts())
        named = self.read_id_of(given, keys, default_id)
        if named is None:
            return None
        self.id = named
        draft = Draft(Record(named, given.place))
        for key, (place, child) in self.resolved(given.value, self.lexicon.facts(), "").items():
            if key == COMPLETE:
                draft.complete |= self.complete(child)
            elif key in self.vocabulary.records:
                self.records(draft, self.vocabulary.entities[key], child)
            elif key != ID:
                self.fact(draft.own, self.vocabulary.entities["applicant"].fields[key], place, child, "")
        return draft

    def resolve_id(self, entries: Entries, names: Names) -> list[Given]:
        return [child for key, (_, child) in entries.items() if names.find(key) == ID]

    def read_id_of(self, given: Given, found: list[Given], default: str, kind: str = "") -> str | None:
        """The id among the entries, or the default; None and a problem if there is neither."""
        child = found[0] if found else None
        if child is None or child.value is None:
            if not default:
                remedy = Both("请加上 id（编号）", "add an `id`")
                self.bad("no-id", given.place, Both("没有编号", "there is no id"), remedy, kind)
            return default or None
        try:
            return read_id(child.value)
        except Refusal as refusal:
            what = Both(f"编号读到「{shown(refusal.found)}」", f"id: found '{shown(refusal.found)}'")
            self.bad("value", child.place, what, refusal.remedy, kind)
            return None

    def resolved(self, entries: Entries, names: Names, kind: str) -> Entries:
        """The entries under their English names; unknown keys and keys that say the same are problems."""
        out: Entries = {}
        for word, (place, child) in entries.items():
            key = names.find(word)
            if key is None:
                what = Both(f"不认识的字段「{shown(word)}」", f"unknown key `{shown(word)}`")
                owners = NOTHING if kind else self.owners(word)
                remedy = owners if owners.zh else names.nearest(word)
                self.bad("unknown-key", place, what, remedy, kind)
            elif key in out:
                what = Both(f"「{shown(word)}」重复给出", f"`{shown(word)}` is given twice under two names")
                self.bad("duplicate-key", place, what, Both("请只留一个", "keep one of them"), kind)
            else:
                out[key] = (place, child)
        return out

    def owners(self, word: str) -> Both:
        """Where a word belongs that is no fact of the applicant itself but a field of some record type."""
        known = [e for e in self.vocabulary.records.values() if self.lexicon.record(e).find(word) is not None]
        if not known:
            return NOTHING
        zh, en = "」「".join(e.label.zh for e in known), ", ".join(f"`{e.name}`" for e in known)
        return Both(f"它属于「{zh}」的记录", f"it belongs in a record of {en}")

    def fact(self, record: Record, field: Field, place: Place, given: Given, kind: str) -> None:
        raw: object = given.value
        try:
            if isinstance(raw, list) and field.type.kind == "set":
                raw = [item.value for item in raw]
            elif isinstance(raw, dict | list):
                what = Both(
                    f"「{field.label.zh}」应为单个值", f"`{field.name}`: expected a single value, not a list"
                )
                self.bad("shape", given.place, what, record_type=kind)
                record.places[field.name] = place
                return
            value = read_value(field, raw, self.lexicon)
            if value is not None:
                record.facts[field.name] = value
                record.places[field.name] = given.place
        except Refusal as refusal:
            record.places[field.name] = given.place
            self.problems.refuse(given.place, field, refusal, applicant=self.id, record_type=kind)

    def records(self, draft: Draft, entity: Entity, given: Given) -> None:
        value = given.value
        if value is None or (isinstance(value, str) and is_unknown_word(value)):
            return
        if value is Absent.NONE or (isinstance(value, str) and is_none_word(value)):
            draft.complete.add(entity.name)
            return
        if not isinstance(value, list):
            what = Both(
                f"「{entity.label.zh}」应为记录的列表", f"`{entity.name}`: expected a list of records"
            )
            self.bad(
                "shape",
                given.place,
                what,
                Both("每条记录前加「- 」", "begin each record with `- `"),
                entity.name,
            )
            return
        for item in value:
            record = self.record(entity, item)
            if record is not None:
                draft.add(entity, record, self.problems)

    def record(self, entity: Entity, given: Given) -> Record | None:
        if not _is_entries(given.value):
            what = Both(
                f"「{entity.label.zh}」的每条记录应为各项事实", f"`{entity.name}`: expected a record's facts"
            )
            self.bad("shape", given.place, what, record_type=entity.name)
            return None
        names = self.lexicon.record(entity)
        entries = self.resolved(given.value, names, entity.name)
        named = self.read_id_of(given, self.resolve_id(given.value, names), "", entity.name)
        record = Record(named or "", given.place)
        for key, (place, child) in entries.items():
            if key != ID:
                self.fact(record, entity.fields[key], place, child, entity.name)
        return record if named else None

    def complete(self, given: Given) -> set[str]:
        """The record types whose lists are whole."""
        if isinstance(given.value, str) and given.value.strip() in _ALL:
            return set(self.vocabulary.records)
        value = given.value
        if value is None:
            return set()
        items = [Given(value, given.place)] if isinstance(value, str) else value
        if not isinstance(items, list):
            what = Both(
                "「完整」应为 all 或记录类别的列表", "`complete`: expected `all` or a list of record types"
            )
            self.bad("shape", given.place, what)
            return set()
        found: set[str] = set()
        for item in items:
            word = item.value if isinstance(item.value, str) else str(item.value)
            name = self.lexicon.records().find(word)
            if name is None:
                what = Both(f"「{shown(word)}」不是记录类别", f"`{shown(word)}` is not a record type")
                self.bad("unknown-key", item.place, what, self.lexicon.records().nearest(word))
            else:
                found.add(name)
        return found

    def bad(self, code: str, place: Place, what: Both, remedy: Both = NOTHING, record_type: str = "") -> None:
        self.problems.add(code, place, what, remedy, applicant=self.id, record_type=record_type)


def _is_entries(value: object) -> TypeGuard[Entries]:
    return isinstance(value, dict)
