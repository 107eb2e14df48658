"""Exact reading and writing of Chinese numerals, as they number chapters, dates, periods and grades."""

from __future__ import annotations

_DIGIT_NAMES = "零一二三四五六七八九"
DIGITS = {name: value for value, name in enumerate(_DIGIT_NAMES)} | {"〇": 0, "两": 2}
UNITS = {"十": 10, "百": 100, "千": 1000}
SECTIONS = {"万": 10**4, "亿": 10**8}
NUMERAL_CHARACTERS = "".join([*DIGITS, *UNITS, *SECTIONS])

_LIMIT = 10**12


def parse_numeral(text: str) -> int | None:
    """The number that a Chinese numeral names, or None when the text is not one in its proper form.

    Two forms are read: digits in place, as in years ('二〇二三'), and numerals with units ('二十三').
    The second must be written in full: '一百五' (a hundred and fifty, or and five?) and '三四' (three or
    four) are not exact numbers and give None, as does a bare unit ('百', '千万'), except '十'.

    >>> parse_numeral("二〇二三"), parse_numeral("二十三"), parse_numeral("十"), parse_numeral("一百五")
    (2023, 23, 10, None)
    """
    if not text or any(character not in NUMERAL_CHARACTERS for character in text):
        return None
    if all(character in DIGITS for character in text):
        return _parse_places(text)
    value = _add_units(text)
    plain = text.replace("两", "二").replace("〇", "零")
    if plain.startswith("一十"):
        plain = plain[1:]
    return value if value < _LIMIT and write_numeral(value) == plain else None


def write_numeral(value: int) -> str:
    """The Chinese numeral, with units, for a whole number from 0 up to below 10^12.

    >>> write_numeral(23), write_numeral(10_0500), write_numeral(0)
    ('二十三', '十万零五百', '零')
    """
    if not 0 <= value < _LIMIT:
        raise ValueError(f"{value} has no numeral here: expected a whole number from 0 to below {_LIMIT}")
    if value == 0:
        return "零"
    text = ""
    for name, size in (("亿", 10**8), ("万", 10**4), ("", 1)):
        section, value = divmod(value, size)
        if section == 0:
            continue
        # A gap between the sections, or a section without thousands, is told by one 零.
        if text and (section < 1000 or (text[-1] == "亿" and name == "")):
            text += "零"
        text += _write_section(section) + name
    return text[1:] if text.startswith("一十") else text


def _parse_places(text: str) -> int | None:
    """Digits in place: a single digit, a year of four digits, or any run that holds a 〇."""
    if len(text) > 1 and ("两" in text or (len(text) != 4 and "〇" not in text and "零" not in text)):
        return None
    return int("".join(str(DIGITS[character]) for character in text))


def _add_units(text: str) -> int:
    """A numeral's value without asking whether it is well formed (write_numeral is the check of that)."""
    total = section = digit = 0
    for character in text:
        if character in DIGITS:
            digit = DIGITS[character]
        elif character in UNITS:
            section += (digit or (1 if character == "十" else 0)) * UNITS[character]
            digit = 0
        else:
            total += (section + digit) * SECTIONS[character]
            section = digit = 0
    return total + section + digit


def _write_section(section: int) -> str:
    """A number from 1 to 9999 with its units."""
    text = ""
    gap = False
    for name, size in (("千", 1000), ("百", 100), ("十", 10), ("", 1)):
        digit, section = divmod(section, size)
        if digit:
            text += ("零" if gap and text else "") + _DIGIT_NAMES[digit] + name
            gap = False
        else:
            gap = True
    return text
