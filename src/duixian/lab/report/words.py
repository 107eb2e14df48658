"""The words of the lab's reports, in Chinese or English: names of measures, districts, sizes, industries."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction

from duixian.calendar.days import Language
from duixian.lab.report.document import Cell, Column, Kind, percent
from duixian.language.policy import Policy
from duixian.language.vocabulary import Vocabulary
from duixian.register.amounts import format_money

VERDICTS = {
    "eligible": ("可得", "eligible"),
    "eligible_up_to": ("可得（上限）", "eligible, a ceiling"),
    "competitive_up_to": ("择优（上限）", "selective, a ceiling"),
    "case_by_case": ("一事一议", "decided case by case"),
    "amount_not_stated": ("可得，未写金额", "eligible, no sum stated"),
    "undetermined": ("待定（缺少事实）", "open: facts are missing"),
    "ineligible": ("不符合", "not eligible"),
    "not_in_force": ("政策不在有效期", "policy not in force"),
}
_SCALES = {
    "zh": ((10**10, "亿元"), (10**6, "万元"), (100, "元")),
    "en": ((10**11, "RMB billion"), (10**8, "RMB million"), (100, "RMB")),
}

_SHORT = {"zh": (10**6, "（万元）"), "en": (10**8, " (RMB million)")}
"""The unit of sums where there is no room for more."""


@dataclass(frozen=True, slots=True)
class Words:
    """The language of a report, and the policies and vocabulary whose words it uses."""

    policies: Mapping[str, Policy]
    vocabulary: Vocabulary
    lang: Language

    def say(self, zh: str, en: str) -> str:
        """Return the text in the report's language."""
        return en if self.lang == "en" else zh

    def money(self, fen: int) -> str:
        """Return a sum, exact."""
        return format_money(fen, self.lang)

    def about(self, fen: int) -> str:
        """Return a sum as a headline says it: two decimals of a large unit, marked where they are rounded."""
        for per, name in _SCALES[self.lang][:2]:
            if abs(fen) >= per:
                found = Fraction(abs(fen), per)
                hundredths = (found * 100 + Fraction(1, 2)).__floor__()
                digits = f"{hundredths // 100:,}.{hundredths % 100:02d}".rstrip("0").rstrip(".")
                sign, exact = "-" if fen < 0 else "", found * 100 == hundredths
                zh, en = f"{sign}{digits}{name}", f"RMB {sign}{digits} {name.removeprefix('RMB ')}"
                return self.say(zh, en) if exact else self.say(f"约{zh}", f"about {en}")
        return self.money(fen)

    def policy(self, id: str) -> str:
        """Return the short title of a policy."""
        return self.policies[id].short.text(self.lang) if id in self.policies else id

    def measure(self, policy: str, id: str) -> str:
        """Return the title of a measure."""
        found = self.policies[policy].measure(id) if policy in self.policies else None
        return found.title.text(self.lang) if found else id

    def reading(self, policy: str, id: str, choice: str = "") -> str:
        """Return a reading's question and the choice that is taken, its default if none is."""
        found = self.policies[policy].reading(id) if policy in self.policies else None
        if found is None:
            return f"{id}={choice}"
        taken = [item.label.text(self.lang) for item in found.choices if item.id == (choice or found.default)]
        answer = taken[0] if taken else self.say("不取", "none taken")
        return self.say(f"{found.question.zh}——{answer}", f"{found.question.en} – {answer}")

    def bound(self, policy: str, id: str) -> str:
        """Return the words of a shared bound."""
        found = [item.label.text(self.lang) for item in self.policies[policy].bounds if item.id == id]
        return found[0] if found else id

    def key(self, policy: str, dimension: str, key: str | None) -> str:
        """Return the words for a group of a breakdown."""
        if key is None:
            return self.say("未知", "not known")
        if dimension == "measure":
            return self.measure(policy, key)
        if dimension == "district":
            return district(key)
        if dimension == "size":
            return self.enum("size", key)
        if dimension == "industry":
            words = [_brief(self.enum("field", word)) for word in key.split("+") if word]
            return self.say("、", ", ").join(words) or self.say("无", "none")
        return key

    def enum(self, enum: str, key: str) -> str:
        """Return the words of a value of an enum."""
        found = self.vocabulary.enums.get(enum, {}).get(key)
        return found.text(self.lang) if found else key

    def cell(self, kind: Kind, value: Cell, short: bool = False) -> str:
        """Return a cell of a table for people; sums in yuan, or short: in a larger unit. Its title says which."""
        if value is None:
            return "—"
        if isinstance(value, Fraction):
            return percent(value)
        if isinstance(value, str):
            return value
        if kind == "share":
            return percent(Fraction(value))
        if kind == "fen" and short:
            per = _SHORT[self.lang][0]
            hundredths = (Fraction(abs(value), per) * 100 + Fraction(1, 2)).__floor__()
            return f"{'-' if value < 0 and hundredths else ''}{hundredths // 100:,}.{hundredths % 100:02d}"
        if kind == "fen":
            whole, part = divmod(abs(value), 100)
            return f"{'-' if value < 0 else ''}{whole:,}" + (f".{part:02d}" if part else "")
        return f"{value:,}"

    def head(self, column: Column, short: bool = False) -> str:
        """Return a column's title with its unit."""
        unit = _SHORT[self.lang][1] if short else self.say("（元）", " (RMB)")
        return column.title + (unit if column.kind == "fen" else "")

    def scale(self, kind: str, largest: int) -> tuple[int, str]:
        """Return how many of the unit make one step of a chart's axis, and the name of it."""
        if kind != "fen":
            return 1, ""
        scales = _SCALES[self.lang]
        return next(((per, name) for per, name in scales if largest >= per), scales[-1])


def _brief(label: str) -> str:
    """Return a label without the explanation in brackets at its end."""
    return label.partition("（")[0] if label.endswith("）") else label


def district(code: str) -> str:
    """Return a division's Chinese name and its code (GB/T 2260), the code alone if it is not known.

    >>> district("420111")
    '洪山区 420111'
    """
    from stdnum import numdb

    found = numdb.get("cn/loc").info(code)
    names = [info.get("county", "") for _, info in found] if found else []
    name = names[-1].rpartition("]")[2] if names else ""
    return f"{name} {code}" if name else code
