"""Unified social credit codes and resident identity numbers; the numbers are the standards' own examples."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from duixian.register.amounts import ValueProblem
from duixian.register.identity import check_resident_id, check_uscc, mask

SIGNS = "0123456789ABCDEFGHJKLMNPQRTUWXY"
WEIGHTS = [pow(3, place, 31) for place in range(17)]


def _check_sign(body: str) -> str:
    """GB 32100-2015, worked anew here: (31 - sum of value x 3^place) mod 31."""
    return SIGNS[-sum(SIGNS.index(sign) * weight for sign, weight in zip(body, WEIGHTS, strict=True)) % 31]


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("91350100M000100Y43", "91350100M000100Y43"),
        ("91110000600037341L", "91110000600037341L"),
        ("91110000600037341l", "91110000600037341L"),
        (" 9111 0000 6000 3734 1L ", "91110000600037341L"),
        ("９１１１００００６０００３７３４１Ｌ", "91110000600037341L"),
    ],
)
def test_uscc(text: str, code: str) -> None:
    assert check_uscc(text) == code


@pytest.mark.parametrize("authority", "123456789ANY")
def test_every_registering_authority(authority: str) -> None:
    body = f"{authority}1110000600037341"
    assert check_uscc(body + _check_sign(body)) == body + _check_sign(body)


@pytest.mark.parametrize(
    ("text", "zh", "en"),
    [
        ("91110000600037341M", "校验码应为「L」，实为「M」", "need the check sign 'L', not 'M'"),
        ("91110000600037314L", "校验码应为「T」，实为「L」", "need the check sign 'T', not 'L'"),
        ("9111000060003734", "实有16位", "it has 16"),
        ("60003734L", "可能是旧的组织机构代码或工商注册号", "as an old organisation code"),
        ("420100000012345", "可能是旧的组织机构代码或工商注册号", "as an old organisation code"),
        ("", "实有0位", "it has 0"),
        ("9111000060003734IL", "第17位不能是「I」", "place 17 cannot be 'I'"),
        ("91I10000600037341L", "第3位不能是「I」", "place 3 cannot be 'I'"),
        ("B1110000600037341L", "第1位不能是「B」", "place 1 cannot be 'B'"),
        ("9111000060003734中L", "第17位不能是「中」", "place 17 cannot be '中'"),
    ],
)
def test_uscc_refused(text: str, zh: str, en: str) -> None:
    with pytest.raises(ValueProblem) as refusal:
        check_uscc(text)
    assert refusal.value.found == text
    assert zh in refusal.value.text("zh")
    assert en in refusal.value.text("en")


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("11010519491231002X", "11010519491231002X"),
        ("11010519491231002x", "11010519491231002X"),
        ("440524188001010014", "440524188001010014"),
        ("４４０５２４　１８８００１０１　００１４", "440524188001010014"),
    ],
)
def test_resident_id(text: str, number: str) -> None:
    assert check_resident_id(text) == number


@pytest.mark.parametrize(
    ("text", "zh", "en"),
    [
        ("110105194912310021", "校验码应为「X」", "need the check digit 'X'"),
        ("440524188001010015", "校验码应为「4」", "need the check digit '4'"),
        ("110105491231002", "实有15位", "it has 15"),
        ("1101051949123100XX", "前17位须为数字", "17 digits are needed"),
        ("11010519490230002X", "第7至14位不是日期", "places 7 to 14 are no date"),
    ],
)
def test_resident_id_refused_without_showing_it(text: str, zh: str, en: str) -> None:
    with pytest.raises(ValueProblem) as refusal:
        check_resident_id(text)
    assert zh in refusal.value.text("zh")
    assert en in refusal.value.text("en")
    assert text[4:-2] not in str(refusal.value)
    assert refusal.value.found == mask(text)


@pytest.mark.parametrize(
    ("text", "first", "last", "shown"),
    [
        ("11010519491231002X", 4, 2, "1101************2X"),
        ("11010519491231002X", 0, 4, "**************002X"),
        ("11010519491231002X", 4, 0, "1101**************"),
        ("11010519491231002X", 9, 9, "******************"),
        ("123456789", 4, 2, "*********"),
        ("", 4, 2, ""),
    ],
)
def test_mask(text: str, first: int, last: int, shown: str) -> None:
    assert mask(text, first=first, last=last) == shown


def test_mask_keeps_no_negative_number_of_signs() -> None:
    with pytest.raises(ValueError, match="cannot be negative"):
        mask("11010519491231002X", first=-1)


BODIES = st.builds(
    lambda kind, district, rest: kind + district + rest,
    st.sampled_from(["91", "92", "93", "12", "51", "52", "N2", "Y1"]),
    st.from_regex(r"[1-6][0-9]{5}", fullmatch=True),
    st.text(SIGNS, min_size=9, max_size=9),
)


@given(BODIES, st.integers(0, 16), st.sampled_from(SIGNS))
def test_one_wrong_sign_is_always_found(body: str, place: int, sign: str) -> None:
    code = body + _check_sign(body)
    assert check_uscc(code) == code
    changed = code[:place] + sign + code[place + 1 :]
    if changed != code:
        with pytest.raises(ValueProblem):
            check_uscc(changed)


@given(st.text(max_size=40))
def test_a_mask_keeps_the_length_and_hides_at_least_half(text: str) -> None:
    shown = mask(text)
    assert len(shown) == len(text)
    assert shown.count("*") * 2 >= len(text)
