"""What keys the files of a pack may have; the JSON Schema for editors comes from the same shapes."""

from __future__ import annotations

from typing import Any, get_args

from duixian.language import shape as s
from duixian.language.lexer import WORDS
from duixian.language.policy import CLASSES, FORMS, OWN_CONDITIONS, RIGHTS, SUMS, Verdict

ID = s.Text(r"[a-z0-9][a-z0-9-]*", "an id in lower case with hyphens")
LOWER = s.Text("[a-z][a-z0-9_]*", "a name in lower case with underscores")
NAME = s.Text(LOWER.pattern, LOWER.what, taken=WORDS)
CHOICE = s.Text(LOWER.pattern, LOWER.what, taken=WORDS | {"none"})
DAY = s.Text("[0-9]{4}-[0-9]{2}-[0-9]{2}", "a day such as 2022-06-01")
COUNT = s.Text("[0-9]{1,6}", "a whole number")
PLACES = s.ListOf(s.Text(), single=True, filled=True)
EXPRESSION = s.Text(what="an expression")
_FIGURE_KEYS: dict[str, s.Shape] = {
    "value": s.Text(),
    "zh": s.Text(),
    "en": s.Text(),
    "than": s.Text(choices=("over", "at_least", "at_most", "about")),
}
_FIGURE = s.Record("a figure", _FIGURE_KEYS, ("value", "zh", "en"))
_CLAIM: dict[str, s.Shape] = {
    "at": PLACES,
    "figures": s.ListOf(_FIGURE),
    "not_parameters": s.MapOf(s.Text()),
    "not_in_text": s.MapOf(s.Text()),
}
_TESTED: dict[str, s.Shape] = {"is": EXPRESSION, "zh": s.Text(), "en": s.Text(), "at": PLACES}
_CONDITION = s.Record("a condition", _TESTED, ("is", "zh", "en"))
_SHARED_CONDITION = s.Record("a condition", {**_TESTED, "per": s.Text()}, ("is", "zh", "en"))
_CONDITION_NAME = s.Text(LOWER.pattern, LOWER.what, taken=frozenset(OWN_CONDITIONS))
_CONDITIONS = s.MapOf(_CONDITION, _CONDITION_NAME)
_LETS = s.MapOf(EXPRESSION, NAME)
_READING = s.Record(
    "a reading",
    {
        "id": NAME,
        "at": PLACES,
        "question": s.ZH_EN,
        "choices": s.MapOf(s.ZH_EN, CHOICE),
        "default": s.Text(),
        "reason": s.ZH_EN,
    },
    ("id", "at", "question", "choices", "default", "reason"),
)
_OVERLAP = s.Record(
    "an overlap relation",
    {
        "id": LOWER,
        "at": PLACES,
        "same": s.Text(choices=("matter", "enterprise")),
        "partners": s.ListOf(s.Text(), single=True, filled=True),
        "period": s.Text(choices=("ever", "year")),
        "between": s.ListOf(ID, filled=True),
        "only": s.ListOf(s.Text(), single=True),
        "when": EXPRESSION,
    },
    ("id", "at", "same", "period"),
)
_BOUND = s.Record(
    "a bound",
    {
        "id": ID,
        "at": PLACES,
        "zh": s.Text(),
        "en": s.Text(),
        "over": s.ListOf(ID, single=True, filled=True),
        "per": s.ListOf(s.Text(), single=True, filled=True),
        "ceiling": EXPRESSION,
        "at_most": EXPRESSION,
        "when": EXPRESSION,
    },
    ("id", "at", "zh", "en", "over", "per"),
)
_DOCUMENT = s.Record(
    "a document", {"number": s.Text(), "title": s.ZH_EN, "ends": s.Text()}, ("number", "title", "ends")
)
POLICY = s.Record(
    "policy.yaml",
    {
        "id": ID,
        "title": s.ZH_EN,
        "short": s.ZH_EN,
        "number": s.Text(),
        "issuer": s.ListOf(s.Text(), single=True, filled=True),
        "city": s.Text("[0-9]{6}", "a six-digit division code (GB/T 2260), in quotes"),
        "kind": s.Text(choices=("issued", "draft")),
        "issued": DAY,
        **_CLAIM,
        "parts": s.ListOf(s.Record("a part", {"id": s.Text(), "title": s.Text()}, ("id", "title"))),
        "validity": s.Record(
            "validity", {"starts": EXPRESSION, "ends": EXPRESSION, **_CLAIM}, ("starts", "ends", "at")
        ),
        "documents": s.MapOf(_DOCUMENT, ID),
        "scope": s.MapOf(_SHARED_CONDITION, _CONDITION_NAME),
        "let": _LETS,
        "readings": s.ListOf(_READING),
        "overlap": s.ListOf(_OVERLAP),
        "bounds": s.ListOf(_BOUND),
        "outline": s.MapOf(s.ListOf(COUNT)),
    },
    ("id", "title", "short", "number", "issuer", "city", "kind", "at", "validity", "outline"),
)
_TERMS: dict[str, s.Shape] = {
    "right": s.Text(choices=RIGHTS),
    "sum": s.Text(choices=SUMS),
    "amount": EXPRESSION,
    "least": EXPRESSION,
    "options": s.ListOf(EXPRESSION, filled=True),
    "cap": s.ListOf(EXPRESSION, single=True, filled=True),
    "form": s.Text(choices=FORMS),
}
_INSTEAD = s.Record(
    "an override", {"when": EXPRESSION, "zh": s.Text(), "en": s.Text(), **_TERMS}, ("when", "zh", "en")
)
_STAGE = s.Record(
    "a stage",
    {
        "share": EXPRESSION,
        "from": EXPRESSION,
        "requires": _CONDITIONS,
        "zh": s.Text(),
        "en": s.Text(),
        "at": PLACES,
    },
    ("share", "zh", "en"),
)
_CLAW_BACK = s.Record(
    "a claw-back", {"until": EXPRESSION, "zh": s.Text(), "en": s.Text(), **_CLAIM}, ("zh", "en", "at")
)
MEASURE = s.Record(
    "a measure",
    {
        "id": ID,
        "title": s.ZH_EN,
        **_CLAIM,
        "to": s.ListOf(s.Text(), single=True, filled=True),
        "per": s.Text(),
        "which": EXPRESSION,
        "role": s.ListOf(s.Text(), single=True),
        "scope": s.ListOf(s.Text()),
        "requires": _CONDITIONS,
        "let": _LETS,
        **_TERMS,
        "instead": s.ListOf(_INSTEAD),
        "payee": s.ZH_EN,
        "decided_by": s.ListOf(s.Text(), single=True),
        "evidence": s.ListOf(s.Text(), single=True),
        "apply_by": EXPRESSION,
        "stages": s.ListOf(_STAGE, filled=True),
        "claw_back": _CLAW_BACK,
        "quota": s.Record("a quota", {"zh": s.Text(), "en": s.Text(), "count": COUNT}, ("zh", "en", "count")),
        "note": s.ZH_EN,
        "in_addition_to": s.ListOf(s.Text(), single=True),
        "implements": s.ListOf(s.Text(), single=True),
    },
    ("id", "at", "title", "right", "sum"),
)
MEASURES = s.ListOf(MEASURE)
STATEMENTS = s.ListOf(
    s.Record(
        "a statement",
        {**_CLAIM, "class": s.Text(choices=CLASSES), "zh": s.Text(), "en": s.Text()},
        ("at", "class", "zh", "en"),
    )
)
_GOAL = s.Record(
    "a figure of a plan",
    {**_FIGURE_KEYS, "to": s.Text(), "measured_by": EXPRESSION, "not_measured": s.ZH_EN},
    ("value", "zh", "en"),
)
PLAN = s.ListOf(
    s.Record(
        "a target or task",
        {
            "id": ID,
            **_CLAIM,
            "figures": s.ListOf(_GOAL),
            "kind": s.Text(choices=("target", "task")),
            "zh": s.Text(),
            "en": s.Text(),
            "by": DAY,
            "lead": s.ListOf(s.Text(), single=True),
            "with": s.ListOf(s.Text(), single=True),
        },
        ("id", "at", "kind", "zh", "en"),
    )
)
_EXPECTED_STAGE = s.Record(
    "an expected stage",
    {
        "sum": s.Text(),
        "from": s.Text(DAY.pattern + "|open", "a day, or `open`"),
        "due": s.Text(choices=("true", "false", "open")),
    },
    (),
)
_EXPECT_KEYS: dict[str, s.Shape] = {
    "record": s.Text(),
    "verdict": s.Text(choices=get_args(Verdict)),
    "sum": s.Text(),
    "min": s.Text(),
    "max": s.Text(),
    "failed": s.ListOf(s.Text(), single=True),
    "missing": s.ListOf(s.Text(), single=True),
    "set_aside_for": s.Text(),
    "apply_by": DAY,
    "stages": s.ListOf(_EXPECTED_STAGE),
    "pay_back_until": s.Text(DAY.pattern + "|open|never", "a day, `open` or `never`"),
    "payable": s.Text(),
}
_EXPECT = s.Record(
    "an expectation",
    {**_EXPECT_KEYS, "would_be": s.Record("what it would have been", _EXPECT_KEYS, ("verdict",))},
    ("verdict",),
)
CASES = s.Record(
    "a file of cases",
    {
        "bases": s.MapOf(s.Anything()),
        "cases": s.ListOf(
            s.Record(
                "a case",
                {
                    "id": ID,
                    "measure": s.Text(),
                    "at": s.Text(),
                    "zh": s.Text(),
                    "on": DAY,
                    "if_adopted": DAY,
                    "given": s.ListOf(s.Text(), single=True),
                    "facts": s.Anything(),
                    "readings": s.MapOf(s.Text()),
                    "with": s.ListOf(s.Text(), single=True),
                    "expect": _EXPECT,
                    "why": s.Text(),
                    "blind": s.Text(choices=("true", "false")),
                    "doubt": s.Text(),
                },
                ("id", "zh", "on", "expect", "why"),
            )
        ),
    },
    ("cases",),
)
FILES: dict[str, s.Shape] = {
    "policy": POLICY,
    "measures": MEASURES,
    "statements": STATEMENTS,
    "plan": PLAN,
    "cases": CASES,
}


def schemas() -> dict[str, Any]:
    """Return the JSON Schema of each file of a pack, by file name without `.yaml`."""
    base = {"$schema": "https://json-schema.org/draft/2020-12/schema"}
    return {
        name: {**base, "title": f"{name}.yaml of a Duixian pack", **s.json_schema(item)}
        for name, item in FILES.items()
    }
