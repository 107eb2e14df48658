"""Who says a rule: the language, the names of things, and how phrases go together."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from enum import IntEnum
from typing import Any, NamedTuple

from duixian.language import tree as t
from duixian.language.policy import Policy
from duixian.language.vocabulary import Label, Vocabulary


class Bond(IntEnum):
    """How tightly a phrase holds together; a looser one inside a tighter one goes into brackets."""

    CHOICE = 0
    LOGIC = 1
    TEST = 2
    SUM = 3
    PRODUCT = 4
    WORD = 5


class Said(NamedTuple):
    """A phrase and how tightly it holds together."""

    text: str
    bond: Bond = Bond.WORD


class Table(NamedTuple):
    """A table in words: what it goes by, its rows, and what else is to be known."""

    head: str
    rows: tuple[str, ...]
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Speaker:
    """Says nodes in one language; `listed` while it says the condition on the items of a list.

    `says` and `tables` hold how each class of node is said; `render` puts them together.
    """

    vocabulary: Vocabulary
    lang: str
    policy: Policy | None
    says: Mapping[type, Callable[[Speaker, Any], Said]]
    tables: Mapping[type, Callable[[Speaker, Any], Table]]
    listed: bool = False

    def text(self, node: t.AnyNode, bond: Bond = Bond.CHOICE) -> str:
        """Return the words of a node, in brackets if they hold together less tightly than is needed."""
        said = self.says[type(node)](self, node)
        return said.text if said.bond >= bond else self.pick(f"（{said.text}）", f"({said.text})")

    def table(self, node: t.AnyNode) -> Table | None:
        """Return the words of a node that is a table, None for any other."""
        say = self.tables.get(type(node))
        return say(self, node) if say else None

    def pick(self, zh: str, en: str) -> str:
        """Return one of two phrases by the language."""
        return en if self.lang == "en" else zh

    def named(self, name: str, text: str) -> str:
        """Return a name, a colon and a text."""
        return name + self.pick("：", ": ") + text

    def where(self, condition: t.AnyNode) -> str:
        """Return in which case something holds."""
        return self.named(self.pick("在以下情形", "where"), self.text(condition))

    def label(self, label: Label) -> str:
        """Return a text of the pack or the vocabulary."""
        return label.text(self.lang)

    def quote(self, text: str) -> str:
        """Return a phrase in quotation marks."""
        inner = text.replace("「", "『").replace("」", "』")
        return self.pick(f"「{inner}」", f"“{text}”")

    def series(self, texts: Sequence[str], last: tuple[str, str] = ("、", "and")) -> str:
        """Join phrases, the last one by a word: `("或", "or")`."""
        if len(texts) < 2:
            return "".join(texts)
        word = self.pick(last[0], f" {last[1]} ")
        return self.pick("、", ", ").join(texts[:-1]) + word + texts[-1]

    def comma(self, texts: Sequence[str]) -> str:
        """List names that stay as they are in either language."""
        return self.pick("、", ", ").join(texts)

    def entity(self, name: str) -> str:
        """Return what the applicant or a record type is called."""
        return self.label(self.vocabulary.entities[name].label)

    def field(self, entity: str, name: str) -> str:
        """Return what a fact is called, without the remark in brackets that some names end with."""
        text = self.label(self.vocabulary.entities[entity].fields[name].label)
        return text.partition("（")[0] if text.endswith("）") else text

    def words(self, enum: str, names: Sequence[str]) -> tuple[str, ...]:
        """Return what values of an enum are called."""
        return tuple(self.label(self.vocabulary.enums[enum][name]) for name in names)
