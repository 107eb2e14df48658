"""The vocabulary: entities, fields, enums and evidence that all packs share, read from one file."""

from __future__ import annotations

from functools import cache
from pathlib import Path

import msgspec

from duixian.language import shape as s
from duixian.language.lexer import WORDS
from duixian.language.problems import Position, Report, nearest
from duixian.language.source import read_yaml
from duixian.language.units import Type

POLICIES = Path(__file__).resolve().parent.parent / "policies"
_PLAIN = ("money", "area", "price_per_area", "ratio", "count", "year", "date", "flag", "text", "division")
_ASK = {
    "flag": ("是否{zh}？", "Is it so: {en}?"),
    "date": ("{zh}是哪一天？", "On which day: {en}?"),
    "year": ("是哪一年度？", "Which year?"),
    "money": ("{zh}是多少元？", "How many yuan: {en}?"),
    "set": ("{zh}有哪些？", "Which apply: {en}?"),
    "": ("{zh}是什么？", "What is the {en}?"),
}


class Label(msgspec.Struct, frozen=True):
    """A text in Chinese and English."""

    zh: str
    en: str

    def text(self, lang: str) -> str:
        """Return the text in `zh` or `en`."""
        return self.en if lang == "en" else self.zh


class Field(msgspec.Struct, frozen=True):
    """One fact that may be known of a record: its type, names, question, evidence, and who may state it."""

    name: str
    type: Type
    label: Label
    ask: Label
    proof: str = ""
    authority: bool = False
    optional: bool = False
    required: bool = False


class Entity(msgspec.Struct, frozen=True):
    """The applicant or a record type; `event` names the field whose day a claim rests on."""

    name: str
    label: Label
    event: str
    fields: dict[str, Field]


class Vocabulary(msgspec.Struct, frozen=True):
    """All entities (the first is `applicant`), enums (value to label) and kinds of evidence."""

    entities: dict[str, Entity]
    enums: dict[str, dict[str, Label]]
    evidence: dict[str, Label]

    @property
    def records(self) -> dict[str, Entity]:
        """Return the record types: all entities but the applicant."""
        return {name: entity for name, entity in self.entities.items() if name != "applicant"}

    def field(self, path: str) -> Field | None:
        """Return the field at `entity.field`, or None."""
        entity, _, name = path.partition(".")
        known = self.entities.get(entity)
        return known.fields.get(name) if known else None


_NAME = s.Text("[a-z][a-z0-9_]*", "a name in lower case with underscores", taken=WORDS | {"each", "reading"})
_FLAG = s.Text(choices=("true", "false"))
_FIELD = s.Record(
    "a field",
    {
        "type": s.Text(),
        "zh": s.Text(),
        "en": s.Text(),
        "ask": s.ZH_EN,
        "proof": s.Text(),
        "unit": s.Text(),
        "authority": _FLAG,
        "optional": _FLAG,
        "required": _FLAG,
    },
    ("type", "zh", "en"),
)
_ENTITY = s.Record(
    "an entity",
    {"zh": s.Text(), "en": s.Text(), "event": s.Text(), "fields": s.MapOf(_FIELD, _NAME)},
    ("zh", "en", "fields"),
)
SHAPE = s.Record(
    "the vocabulary",
    {
        "evidence": s.MapOf(s.ZH_EN, _NAME),
        "enums": s.MapOf(s.MapOf(s.ZH_EN, _NAME), _NAME),
        "entities": s.MapOf(_ENTITY, _NAME),
    },
    ("evidence", "enums", "entities"),
)


def label(entry: s.Entry) -> Label:
    """Return the zh/en pair of an entry that has both keys."""
    return Label(entry.text("zh"), entry.text("en"))


def load_vocabulary(path: Path) -> Vocabulary:
    """Read a vocabulary file. Raises PackError with every problem."""
    report = Report()
    node = read_yaml(path, report)
    root = s.read(node, SHAPE, report) if node is not None else None
    if root is None and not report.problems:
        report.add(Position(str(path), 1, 1), "empty", "the vocabulary is empty", "")
    report.raise_if_any()
    assert isinstance(root, s.Entry)
    _needed(root, report)
    enums = {
        name: {key: label(pair) for key, pair in values.items()} for name, values in root.get("enums").items()
    }
    evidence = {key: label(pair) for key, pair in root.get("evidence").items()}
    names = set(root.get("entities"))
    entities = {
        name: Entity(
            name,
            label(entry),
            entry.text("event"),
            {
                key: _field(key, item, enums, evidence, names, report)
                for key, item in entry.get("fields").items()
            },
        )
        for name, entry in root.get("entities").items()
    }
    for name, entry in root.get("entities").items():
        if entry.get("event") and entry.text("event") not in entities[name].fields:
            report.add(
                entry.place("event"), "unknown-name", f"`{name}` has no field `{entry.text('event')}`", ""
            )
    report.raise_if_any()
    return Vocabulary(entities, enums, evidence)


def _needed(root: s.Entry, report: Report) -> None:
    """Report what every vocabulary must have and this one has not. Raises PackError."""
    applicant = root.get("entities").get("applicant")
    if applicant is None or "kind" not in applicant.get("fields"):
        message = "a vocabulary needs the entity `applicant` with a field `kind`"
        report.add(root.place("entities"), "missing-key", message, "copy it from the shared vocabulary")
    for name in ("applicant_kind", "role"):
        if name not in root.get("enums"):
            message = f"a vocabulary needs the enum `{name}`"
            report.add(root.place("enums"), "missing-key", message, "copy it from the shared vocabulary")
    report.raise_if_any()


def _field(
    name: str,
    entry: s.Entry,
    enums: dict[str, dict[str, Label]],
    evidence: dict[str, Label],
    entities: set[str],
    report: Report,
) -> Field:
    kind, _, of = entry.text("type").partition(" ")
    known: dict[str, object] = {"enum": enums, "set": enums, "ref": entities}
    if kind in known and of not in known[kind]:  # type: ignore[operator]
        report.add(entry.place("type"), "unknown-name", f"`{of}` is not known", nearest(of, known[kind]))  # type: ignore[arg-type]
    elif kind not in known and kind not in _PLAIN:
        report.add(
            entry.place("type"), "unknown-value", f"`{kind}` is not a type", nearest(kind, (*_PLAIN, *known))
        )
    if entry.get("proof") and entry.text("proof") not in evidence:
        report.add(
            entry.place("proof"),
            "unknown-name",
            "this evidence is not listed",
            nearest(entry.text("proof"), evidence),
        )
    names = label(entry)
    zh, en = _ASK.get(kind, _ASK[""])
    asked = entry.get("ask")
    return Field(
        name,
        Type("record", of) if kind == "ref" else Type(kind, of or entry.text("unit")),
        names,
        label(asked)
        if asked
        else Label(zh.format(zh=names.zh, en=names.en), en.format(zh=names.zh, en=names.en)),
        entry.text("proof"),
        entry.text("authority") == "true",
        entry.text("optional") == "true",
        entry.text("required") == "true",
    )


def vocabulary_of(folder: Path) -> Vocabulary:
    """Return the vocabulary of a pack: the file `vocabulary.yaml` beside its folder, else the shared one.

    A pack invented for the cases of another (in its `cases/`) has that pack's vocabulary.
    Raises PackError with every problem of the file.
    """
    folder = folder.resolve()
    if folder.parent.name == "cases" and (folder.parent.parent / "policy.yaml").is_file():
        return vocabulary_of(folder.parent.parent)
    own = folder.parent / "vocabulary.yaml"
    return load_vocabulary(own) if own.is_file() and own.parent != POLICIES else shared_vocabulary()


@cache
def shared_vocabulary() -> Vocabulary:
    """Return the vocabulary of the installed policies (immutable, so read once a process)."""
    return load_vocabulary(POLICIES / "vocabulary.yaml")
