"""Small invented policies written as text, so that a test shows the rule beside the answer."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from tests.engine.seen import applicant_of

from duixian.engine.assess import Request, Rulebook, Session
from duixian.engine.plan import PlanItem, plan
from duixian.engine.result import ApplicantResult, Claim
from duixian.language.pack import load_policies
from duixian.language.policy import Policy

HEAD: dict[str, Any] = {
    "title": {"zh": "甲", "en": "a"},
    "short": {"zh": "甲", "en": "a"},
    "number": "虚构〔2020〕1号",
    "issuer": ["虚构机关"],
    "city": "420100",
    "kind": "issued",
    "issued": "2020-01-01",
    "at": "首#1",
    "validity": {"starts": "2020-01-01", "ends": "2029-12-31", "at": "首#2"},
    "outline": {"首": [1, 1, *[1] * 20]},
}
TERMS: dict[str, Any] = {"to": ["enterprise"], "right": "entitled", "sum": "exact", "amount": "1万元"}


def policy(tmp_path: Path, id: str, measures: Mapping[str, Mapping[str, Any]], **changes: Any) -> Path:
    """Write an invented policy: its measures by id over TERMS, its own keys over HEAD (None: without it)."""
    folder = tmp_path / id
    folder.mkdir()
    head = {key: value for key, value in {"id": id, **HEAD, **changes}.items() if value is not None}
    written = [
        {"id": name, "at": f"首#{number}", "title": {"zh": name, "en": name}, **TERMS, **own}
        for number, (name, own) in enumerate(measures.items(), 3)
    ]
    for item in written:
        if item["sum"] in ("not_stated", "one_of", "by_reference"):
            item.pop("amount", None)
    for name, content in (("policy", head), ("measures", written)):
        (folder / f"{name}.yaml").write_text(json.dumps(content, ensure_ascii=False), encoding="utf-8")
    return folder


def label(**own: Any) -> dict[str, Any]:
    """An entry with a name that nobody reads."""
    return {**own, "zh": "甲", "en": "a"}


def reading(id: str, *choices: str, default: str) -> dict[str, Any]:
    """A reading of these choices."""
    words = {"zh": "甲", "en": "a"}
    known = dict.fromkeys(choices, words)
    return {"id": id, "at": "首#2", "question": words, "choices": known, "default": default, "reason": words}


def session(*folders: Path, on: str = "2022-06-01", **asked: Any) -> Session:
    """A session over these packs."""
    policies: tuple[Policy, ...] = load_policies(folders)
    return Rulebook(policies).ask(Request(on=dt.date.fromisoformat(on), **asked))


def assessed(*folders: Path, facts: Mapping[str, Any], **asked: Any) -> ApplicantResult:
    """The answer for an enterprise with these facts, of which all lists are whole."""
    return session(*folders, **asked).applicant(applicant_of(firm(facts)))


def planned(*folders: Path, facts: Mapping[str, Any], **asked: Any) -> list[PlanItem]:
    """The plan for such an enterprise."""
    return plan(session(*folders, **asked), applicant_of(firm(facts)))


def firm(facts: Mapping[str, Any]) -> dict[str, Any]:
    """An enterprise with these facts, of which all lists are whole."""
    return {"id": "a", "kind": "enterprise", "complete": "all", **facts}


def claim_of(found: ApplicantResult, measure: str, record: str | None = None) -> Claim:
    """The one claim under a measure (and for a record)."""
    fitting = [item for item in found.claims if item.measure == measure]
    (claim,) = [item for item in fitting if record is None or item.record == record]
    return claim
