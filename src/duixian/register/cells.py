"""Writes a fact as the cell from which the reader takes the same fact back."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from fractions import Fraction

from duixian.calendar.days import Language
from duixian.language.vocabulary import Field, Vocabulary
from duixian.register.amounts import FEN_PER, format_money
from duixian.register.applicant import Absent, Value
from duixian.register.layout import MONEY_UNIT, flag_word
from duixian.register.values import split_outside_brackets

Cell = str | float | dt.date

_DIGITS = 15  # as many as a spreadsheet keeps
_FIRST_DAY = dt.date(1901, 1, 1)  # before it spreadsheets disagree: 1900 was no leap year
_MU = Fraction(2000, 3)  # square metres


def cell_of(field: Field, value: Value, vocabulary: Vocabulary, lang: Language) -> Cell:
    """The cell of a fact: numbers (money in 万元) and days as such, all else and longer numbers as text.

    Raises:
        ValueError: an area or a price that no finite decimal gives exactly, in any unit.
    """
    if isinstance(value, Absent):
        return "无" if lang == "zh" else "none"
    if isinstance(value, bool):
        return flag_word(value, lang)
    if isinstance(value, dt.date):
        return value if value >= _FIRST_DAY else value.isoformat()
    if isinstance(value, frozenset):
        return _listed(field, value, vocabulary, lang)
    if isinstance(value, Fraction) or field.type.kind in ("area", "price_per_area", "ratio"):
        return _fraction(field, Fraction(value))
    if isinstance(value, int):
        return _integer(field, value)
    return vocabulary.enums[field.type.of][value].text(lang) if field.type.kind == "enum" else value


def _integer(field: Field, value: int) -> Cell:
    if field.type.kind != "money":
        return float(value) if len(str(value)) <= _DIGITS else str(value)
    if len(str(value)) <= _DIGITS:
        return float(Decimal(value) / FEN_PER[MONEY_UNIT])
    return format_money(value, "zh")


def _fraction(field: Field, value: Fraction) -> str:
    """A share, an area or a price as a text with its unit."""
    if field.type.kind == "ratio":
        return f"{_decimal(value * 100)}%"
    if field.type.kind == "area":
        terminating = _terminates(value)
        return f"{_decimal(value)}平方米" if terminating else f"{_decimal(value / _MU)}亩"
    return f"{_decimal(value / 100)}元/平方米"


def _terminates(value: Fraction) -> bool:
    """Whether the value is a finite decimal."""
    rest = value.denominator
    for prime in (2, 5):
        while rest % prime == 0:
            rest //= prime
    return rest == 1


def _decimal(value: Fraction) -> str:
    """All the digits of a finite decimal. Raises ValueError for any other number."""
    if not _terminates(value):
        raise ValueError(f"{value} is no finite decimal")
    places = 0
    while (value * 10**places).denominator != 1:
        places += 1
    digits = str((value * 10**places).numerator).rjust(places + 1, "0")
    return f"{digits[:-places]}.{digits[-places:]}" if places else digits


def _listed(field: Field, values: frozenset[str], vocabulary: Vocabulary, lang: Language) -> str:
    """The members of a set, in the vocabulary's order."""
    if not values:
        return "无" if lang == "zh" else "none"
    words = []
    for name, label in vocabulary.enums[field.type.of].items():
        if name in values:
            word = label.text(lang)
            words.append(word if len(split_outside_brackets(word)) == 1 else name)
    return ("、" if lang == "zh" else ", ").join(words)
