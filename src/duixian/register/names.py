"""Finds what a word names, in Chinese or English: an entity, a field, an enum value; else the nearest one."""

from __future__ import annotations

import difflib
import re
from collections.abc import Mapping, Sequence

from duixian.calendar.days import Both, fold_width
from duixian.language.vocabulary import Entity, Label, Vocabulary
from duixian.register.problems import NOTHING
from duixian.register.synonyms import synonyms_of

ID, APPLICANT, COMPLETE = "#id", "#applicant", "#complete"
"""Keys of the words that are no field: an id, the applicant that a record belongs to, whole lists."""

_IGNORED = re.compile(r"[\s_\-“”\"'‘’「」·]+")
_TAIL = re.compile(r"(.+?)[（(\[【][^（）()]*[）)\]】]")
_FEW = 16

Words = tuple[str, ...]
"""The words for one thing: the Chinese first, then the English name, then any other."""


class Names:
    """The words by which a set of things may be called; each word leads to one of them, or to none.

    Width, case, spaces and quotation marks do not matter, and an explanation in brackets at the end of a
    label may be left out where what remains still names only one thing.
    """

    def __init__(self, words: Mapping[str, Words]) -> None:
        self._words = words
        self._keys: dict[str, str] = {}
        short = {key: _without_tail(names[0]) for key, names in words.items()}
        for rank in (
            {key: names[1:2] for key, names in words.items()},
            {key: (names[0], *names[2:]) for key, names in words.items()},
            {key: (name,) for key, name in short.items() if name},
        ):
            self._add(rank)

    def _add(self, rank: Mapping[str, Sequence[str]]) -> None:
        """Add words of one rank; a word of two things names neither, and never displaces a higher rank."""
        owners: dict[str, set[str]] = {}
        for key, words in rank.items():
            for word in words:
                owners.setdefault(plain(word), set()).add(key)
        for word, keys in owners.items():
            if len(keys) == 1:
                self._keys.setdefault(word, next(iter(keys)))

    def find(self, word: str) -> str | None:
        """The key that the word names, or None."""
        return self._keys.get(plain(word))

    def label(self, key: str) -> Both:
        """What a key is called in the two languages."""
        zh, en, *more = self._words[key]
        return Both(zh, more[0] if more else en)

    def nearest(self, word: str) -> Both:
        """Which known word was probably meant, or all of them if they are few, or nothing."""
        short_chinese = len(word) <= 3 and not word.isascii()  # one wrong character of two is still a half
        cutoff = 0.5 if short_chinese else 0.67
        close = difflib.get_close_matches(plain(word), self._keys, n=1, cutoff=cutoff)
        if close:
            zh, en, *_ = self._words[self._keys[close[0]]]
            if zh == en:
                return Both(f"是否为「{zh}」？", f"did you mean `{en}`?")
            if word.isascii():
                return Both(f"是否为「{en}」（{zh}）？", f"did you mean `{en}`?")
            return Both(f"是否为「{zh}」？", f"did you mean `{zh}` ({en})?")
        if 0 < len(self._words) <= _FEW:
            zh = "、".join(names[0] for names in self._words.values())
            en = ", ".join(names[1] for names in self._words.values())
            return Both(f"可填：{zh}", f"known here: {en}")
        return NOTHING


class Lexicon:
    """The names of a vocabulary, each set built when it is first asked for."""

    def __init__(self, vocabulary: Vocabulary) -> None:
        self.vocabulary = vocabulary
        self._made: dict[str, Names] = {}

    def enum(self, name: str) -> Names:
        """The values of an enum."""
        return self._names(f"enum {name}", _labelled(self.vocabulary.enums[name]))

    def entities(self) -> Names:
        """The applicant and the record types."""
        known = {key: (*words, *synonyms_of(key)) for key, words in self._entities().items()}
        return self._names("entities", known)

    def records(self) -> Names:
        """The record types."""
        known = self.vocabulary.records
        return self._names(
            "records", {name: words for name, words in self._entities().items() if name in known}
        )

    def facts(self) -> Names:
        """The keys of an applicant written as a mapping: its fields, record types, id, completeness."""
        applicant = self.vocabulary.entities["applicant"]
        known = _fields(applicant) | self._entities()
        known[ID] = ("编号", "id", "申报主体编号")
        known[COMPLETE] = ("完整", "complete", "清单完整")
        known.pop("applicant")
        return self._names("facts", known)

    def record(self, entity: Entity) -> Names:
        """The keys of a record that is written as a mapping: its fields and its id."""
        return self._names(f"record {entity.name}", {ID: ("编号", "id"), **_fields(entity)})

    def columns(self, entity: Entity) -> Names:
        """The columns of an entity's sheet; a key `#complete:year` says whether that list is whole."""
        known = {key: (*words, *synonyms_of(entity.name, key)) for key, words in _fields(entity).items()}
        if entity.name != "applicant":
            own = {ID: ("编号", "id"), APPLICANT: ("申报主体编号", "applicant", "申报主体", "applicant id")}
            return self._names(f"columns {entity.name}", own | known)
        known[ID] = ("申报主体编号", "id", "编号", "applicant", "applicant id")
        for name, record in self.vocabulary.records.items():
            known[f"{COMPLETE}:{name}"] = completeness_words(record)
        return self._names("columns applicant", known)

    def _entities(self) -> dict[str, Words]:
        return _labelled({name: entity.label for name, entity in self.vocabulary.entities.items()})

    def _names(self, key: str, words: Mapping[str, Words]) -> Names:
        made = self._made.get(key)
        if made is None:
            made = self._made[key] = Names(words)
        return made


def completeness_words(record: Entity) -> Words:
    """The titles of the column that says whether an applicant's list of such records is whole."""
    return (f"{record.label.zh}清单完整", f"{record.name}_complete", f"{record.label.en} list complete")


def plain(word: str) -> str:
    """The word without what does not matter: width, case, spaces, hyphens, underscores, quotation marks."""
    return _IGNORED.sub("", fold_width(word)).casefold()


def split_title(title: str) -> tuple[str, str] | None:
    """A column's title and the unit in brackets at its end (`营业收入（万元）`), or None without brackets."""
    match = re.fullmatch(r"(.+?)[（(\[【]\s*(?:单位[:：])?\s*([^（）()]+?)\s*[）)\]】]\s*", title.strip())
    return (match[1], fold_width(match[2])) if match else None


def _without_tail(label: str) -> str:
    match = _TAIL.fullmatch(label)
    return match[1] if match else ""


def _labelled(labels: Mapping[str, Label]) -> dict[str, Words]:
    return {name: (label.zh, name, label.en) for name, label in labels.items()}


def _fields(entity: Entity) -> dict[str, Words]:
    return _labelled({name: field.label for name, field in entity.fields.items()})
