"""The sheets of a register workbook: their columns, titles, notes and choices, in Chinese or English."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Literal

from duixian.calendar.days import Language
from duixian.language.vocabulary import Entity, Field, Vocabulary
from duixian.register.names import APPLICANT, COMPLETE, ID, completeness_words

Nature = Literal["id", "required", "own", "authority", "complete"]
"""Who fills a column: keys, facts a record must have, the applicant's own, an authority's, list flags."""

MONEY_UNIT: Final = "万元"
"""The unit of the workbook's columns of money."""
_UNITS: Final = {
    "money": (MONEY_UNIT, "10,000 yuan"),
    "area": ("平方米", "m2"),
    "price_per_area": ("元/平方米", "yuan/m2"),
}
_YES_NO: Final = {"zh": ("是", "否"), "en": ("yes", "no")}
_SAY: Final = {
    "proof": {"zh": "证明材料：{}", "en": "Evidence: {}"},
    "authority": {
        "zh": "由主管部门认定或提供，申报主体不自行填写。",
        "en": "Stated by an authority; not by the applicant itself.",
    },
    "optional": {
        "zh": "没有的填「无」；不知道请留空。",
        "en": "Write `none` if there is none; leave empty if not known.",
    },
    "unknown": {"zh": "不知道请留空。", "en": "Leave empty if not known."},
    "required": {"zh": "必填。", "en": "Required."},
    "set": {"zh": "可填多项，以顿号分隔：{}", "en": "One or more, separated by commas: {}"},
    "money": {
        "zh": "按{}填数，或自带单位，如 500万元、2000元。",
        "en": "In {}, or with its own unit: 500万元, 2000元.",
    },
    "date": {"zh": "如 2023-05-01。", "en": "Such as 2023-05-01."},
    "division": {"zh": "六位行政区划代码，如 420106。", "en": "Six-digit division code, such as 420106."},
    "record": {"zh": "填「{}」表中的编号。", "en": "The id in the sheet `{}`."},
    "id": {
        "zh": "自定的编号，本表中同一申报主体不得重复。",
        "en": "An id of your own, different for each record.",
    },
    "owner": {"zh": "「申报主体」表中的编号。", "en": "The id in the sheet `applicant`."},
    "applicant": {
        "zh": "自定的编号，各申报主体不得重复。",
        "en": "An id of your own, different for each applicant.",
    },
    "complete": {
        "zh": "「{}」表是否已列出全部此类记录？填「是」而没有记录，表示确实没有。留空表示可能不全。",
        "en": "Does the sheet `{}` list all such records? yes without a record: there is none."
        " Empty: perhaps not all.",
    },
}


@dataclass(frozen=True, slots=True)
class LayoutColumn:
    """A column as it is drawn; `choices` names the list that its drop-down offers, `key` is as in `names`."""

    key: str
    title: str
    nature: Nature
    note: str
    choices: str = ""
    field: Field | None = None


def sheet_title(entity: Entity, lang: Language) -> str:
    """The sheet's name: at most 31 characters, as workbooks demand."""
    return entity.label.text(lang)[:31]


def columns_of(entity: Entity, vocabulary: Vocabulary, lang: Language) -> list[LayoutColumn]:
    """The columns of an entity's sheet: keys, facts, and for the applicant which lists are complete."""
    zh = lang == "zh"
    facts = [_fact(field, vocabulary, lang) for field in entity.fields.values()]
    if entity.name != "applicant":
        owner = LayoutColumn(
            APPLICANT, "申报主体编号" if zh else "applicant", "id", _say("owner", lang), "applicants"
        )
        return [owner, LayoutColumn(ID, "编号" if zh else "id", "id", _say("id", lang)), *facts]
    flags = [
        LayoutColumn(
            f"{COMPLETE}:{name}",
            completeness_words(record)[0 if zh else 2],
            "complete",
            _say("complete", lang, record.label.text(lang)),
            "flag",
        )
        for name, record in vocabulary.records.items()
    ]
    own = LayoutColumn(ID, "申报主体编号" if zh else "id", "id", _say("applicant", lang))
    return [own, *facts, *flags]


def choices(vocabulary: Vocabulary, lang: Language) -> dict[str, tuple[str, ...]]:
    """What each drop-down offers, by its name: `flag` and the enums of single choice."""
    used = {
        field.type.of
        for entity in vocabulary.entities.values()
        for field in entity.fields.values()
        if field.type.kind == "enum"
    }
    lists = {name: labels for name, labels in vocabulary.enums.items() if name in used}
    return {"flag": _YES_NO[lang]} | {
        name: tuple(label.text(lang) for label in labels.values()) for name, labels in lists.items()
    }


def flag_word(value: bool, lang: Language) -> str:
    """是 or 否, yes or no."""
    return _YES_NO[lang][0 if value else 1]


def _fact(field: Field, vocabulary: Vocabulary, lang: Language) -> LayoutColumn:
    kind, title = field.type.kind, field.label.text(lang)
    if kind in _UNITS:
        unit = _UNITS[kind][0 if lang == "zh" else 1]
        title += f"（{unit}）" if lang == "zh" else f" ({unit})"
    nature: Nature = "authority" if field.authority else "required" if field.required else "own"
    dropdown = {"flag": "flag", "enum": field.type.of}.get(kind, "")
    return LayoutColumn(field.name, title, nature, _note(field, vocabulary, lang), dropdown, field)


def _note(field: Field, vocabulary: Vocabulary, lang: Language) -> str:
    """The question, how to write the answer, which evidence proves it, who may state it."""
    kind = field.type.kind
    lines = [field.ask.text(lang)]
    if field.authority:
        lines.append(_say("authority", lang))
    if kind == "set":
        values = vocabulary.enums[field.type.of]
        offered = "、".join(label.zh for label in values.values()) if lang == "zh" else ", ".join(values)
        lines.append(_say("set", lang, offered))
    elif kind == "record":
        lines.append(_say("record", lang, vocabulary.entities[field.type.of].label.text(lang)))
    elif kind == "money":
        lines.append(_say("money", lang, _UNITS["money"][0 if lang == "zh" else 1]))
    elif kind in _SAY:
        lines.append(_say(kind, lang))
    if field.proof:
        lines.append(_say("proof", lang, vocabulary.evidence[field.proof].text(lang)))
    lines.append(_say("required" if field.required else "optional" if field.optional else "unknown", lang))
    return "\n".join(lines)


def _say(key: str, lang: Language, *words: str) -> str:
    return _SAY[key][lang].format(*words)
