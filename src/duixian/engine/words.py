"""The words of the conditions that every claim has, in Chinese and English."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache

from duixian.language.vocabulary import shared_vocabulary


@cache
def to(kinds: Sequence[str], lang: str) -> str:
    """Say to whom the measure speaks."""
    names = _names("applicant_kind", kinds, lang)
    return f"the applicant is: {names}" if lang == "en" else f"申报主体为{names}"


@cache
def role(roles: Sequence[str], lang: str) -> str:
    """Say which role the applicant must have."""
    names = _names("role", roles, lang)
    return f"the applicant's role is: {names}" if lang == "en" else f"申报主体为{names}"


@cache
def record(entity: str, lang: str) -> str:
    """Say that there must be a record of this type."""
    label = shared_vocabulary().entities[entity].label
    return f"there is a matching record ({label.en})" if lang == "en" else f"有符合条款所述的记录（{label.zh}）"


def which(lang: str) -> str:
    """Say that the measure must speak of this record."""
    return "the record is one the measure speaks of" if lang == "en" else "属于本条款所指的事项"


def happened(lang: str) -> str:
    """Say that the event must not be later than the application."""
    return "the event is not later than the application" if lang == "en" else "所涉事项在申报日之前已经发生"


def positive(lang: str) -> str:
    """Say that the sum must come to something."""
    return "the sum comes to more than nothing" if lang == "en" else "按条款计算的金额大于零"


def selected(lang: str) -> str:
    """Say that the authority must have chosen it."""
    return "chosen by the authority" if lang == "en" else "经主管部门择优（同意）支持"


def _names(enum: str, keys: Sequence[str], lang: str) -> str:
    labels = shared_vocabulary().enums[enum]
    return ("、" if lang != "en" else ", ").join(labels[key].text(lang) for key in keys)
