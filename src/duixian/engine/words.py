"""The words of the conditions that every claim has, in Chinese and English."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from duixian.language.policy import Measure
from duixian.language.vocabulary import Label, Vocabulary


class Own(NamedTuple):
    """The words of a measure's own conditions: the kinds of applicant, the role, that there is a record."""

    to: Label
    role: Label
    record: Label


def own(measure: Measure, vocabulary: Vocabulary) -> Own:
    """Return the words of a measure's own conditions, which rest on the names of the vocabulary."""
    to = _names(vocabulary, "applicant_kind", measure.to)
    role = _names(vocabulary, "role", measure.roles)
    record = vocabulary.entities[measure.per].label
    return Own(
        Label(f"申报主体为{to.zh}", f"the applicant is: {to.en}"),
        Label(f"申报主体为{role.zh}", f"the applicant's role is: {role.en}"),
        Label(f"有符合条款所述的记录（{record.zh}）", f"there is a matching record ({record.en})"),
    )


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


def _names(vocabulary: Vocabulary, enum: str, keys: Sequence[str]) -> Label:
    labels = [vocabulary.enums[enum][key] for key in keys]
    return Label("、".join(label.zh for label in labels), ", ".join(label.en for label in labels))
