"""Checks the numbers that name an organisation or a person, and masks them for showing."""

from __future__ import annotations

from typing import Final

from stdnum.cn import ric, uscc
from stdnum.exceptions import InvalidComponent

from duixian.calendar.days import Both, fold_width
from duixian.register.amounts import ValueProblem

_SIGNS: Final = frozenset("0123456789ABCDEFGHJKLMNPQRTUWXY")  # GB 32100: no I, O, S, V, Z
_AUTHORITIES: Final = frozenset("123456789ANY")  # place 1, the registering authority
_DIGITS: Final = frozenset("0123456789")
_HIDDEN: Final = "*"

_A_USCC: Final = Both("18位统一社会信用代码（GB 32100-2015）", "an 18-sign USCC (GB 32100-2015)")
_AN_IDENTITY_NUMBER: Final = Both("18位公民身份号码（GB 11643）", "an 18-digit identity number (GB 11643)")
_FROM_LICENCE: Final = Both("请对照营业执照或登记证书", "check it against the licence or certificate")
_FROM_CARD: Final = Both("请对照证件", "check it against the card")


def check_uscc(text: str) -> str:
    """A unified social credit code, checked against GB 32100-2015; returned in capitals without spaces.

    Checked are the length, the signs of each place (the first is the registering authority, 3 to 8 are the
    district) and the check sign (modulus 31). The letters A, N and Y are real authorities in place 1, which
    `stdnum`'s own `validate` refuses, so only its arithmetic is used.

    Raises:
        ValueProblem: what is wrong, at which place, and which check sign was expected.
    """
    code = _compact(text)
    if len(code) != 18:
        what = Both(f"实有{len(code)}位", f"it has {len(code)}")
        if len(code) in (9, 15):
            what = Both(
                f"实有{len(code)}位，可能是旧的组织机构代码或工商注册号",
                f"it has {len(code)}, as an old organisation code or registration number has",
            )
        raise ValueProblem(text, _A_USCC, _joined(what, _FROM_LICENCE))
    for place, sign in enumerate(code, start=1):
        if sign not in _allowed(place):
            what = Both(f"第{place}位不能是「{sign}」", f"place {place} cannot be '{sign}'")
            raise ValueProblem(text, _A_USCC, _joined(what, _FROM_LICENCE))
    expected = uscc.calc_check_digit(code[:17])
    if code[-1] != expected:
        what = Both(
            f"前17位的校验码应为「{expected}」，实为「{code[-1]}」，其中有误写或错位",
            f"the first 17 signs need the check sign '{expected}', not '{code[-1]}': one of them is mistyped",
        )
        raise ValueProblem(text, _A_USCC, _joined(what, _FROM_LICENCE))
    return code


def check_resident_id(text: str) -> str:
    """A resident identity number, checked against GB 11643; returned with a capital X and without spaces.

    Checked are the length, the digits, the day of birth and the check digit (ISO 7064, MOD 11-2), not the
    district: tables of districts are never complete, and a true number must not be refused for that. The
    error's `found` is masked, since errors are logged and shown.

    Raises:
        ValueProblem: what is wrong, and which check digit was expected.
    """
    number = _compact(text)
    if len(number) != 18:
        raise _refused_id(number, Both(f"实有{len(number)}位", f"it has {len(number)}"))
    if not (set(number[:17]) <= _DIGITS and number[17] in _DIGITS | {"X"}):
        raise _refused_id(
            number, Both("前17位须为数字，末位为数字或X", "17 digits are needed, then a digit or X")
        )
    try:
        ric.get_birth_date(number)
    except InvalidComponent:
        raise _refused_id(number, Both("第7至14位不是日期", "places 7 to 14 are no date")) from None
    expected = ric.calc_check_digit(number)
    if number[17] != expected:
        raise _refused_id(
            number,
            Both(
                f"前17位的校验码应为「{expected}」，其中有误写或错位",
                f"the first 17 digits need the check digit '{expected}': one of them is mistyped",
            ),
        )
    return number


def mask(text: str, *, first: int = 4, last: int = 2) -> str:
    """The number for showing: `first` and `last` signs kept, the rest starred, the length unchanged.

    By default an identity number shows its city, and neither district, birth nor sequence. A text of which
    less than half would be hidden is hidden whole.

    Raises:
        ValueError: a negative number of signs to keep.
    """
    if min(first, last) < 0:
        raise ValueError(f"signs to keep cannot be negative: {first}, {last}")
    hidden = len(text) - first - last
    if hidden * 2 < len(text):
        return _HIDDEN * len(text)
    return text[:first] + _HIDDEN * hidden + text[len(text) - last :]


def _compact(text: str) -> str:
    """Half-width capitals without spaces and hyphens."""
    return "".join(fold_width(text).replace("-", "").upper().split())


def _allowed(place: int) -> frozenset[str]:
    """The signs that a USCC may have at a place, from 1."""
    if place == 1:
        return _AUTHORITIES
    return _DIGITS if 3 <= place <= 8 else _SIGNS


def _joined(what: Both, remedy: Both) -> Both:
    return Both(f"{what.zh}，{remedy.zh}", f"{what.en}; {remedy.en}")


def _refused_id(number: str, what: Both) -> ValueProblem:
    return ValueProblem(mask(number), _AN_IDENTITY_NUMBER, _joined(what, _FROM_CARD))
