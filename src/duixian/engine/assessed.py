"""One claim before take-the-higher: its outcome, its reasons, and what it is about."""

from __future__ import annotations

import datetime as dt

import msgspec

from duixian.engine.context import Context, Missing
from duixian.engine.judging import Paid
from duixian.engine.result import Claim, ConditionResult, Outcome
from duixian.engine.rules import Rule, Sums
from duixian.register.applicant import Facts


class Assessed(msgspec.Struct):
    """One claim before take-the-higher: what `result.Claim` needs, and the sums as they compete."""

    rule: Rule
    record: Facts | None
    outcome: Outcome
    conditions: list[ConditionResult]
    missing: list[Missing]
    touched: set[str]
    event: dt.date | None
    sums: Sums
    paid: Paid
    would_be: Outcome | None = None
    context: Context | None = None
    finished: Claim | None = None

    @property
    def record_id(self) -> str | None:
        """Return the id of the claim's record; None if it rests on none."""
        return None if self.record is None else str(self.record.get("id", "")) or None

    @property
    def matter(self) -> tuple[str, str] | None:
        """Return what the claim is about: its project, else its record; None if it rests on no record."""
        if self.record_id is None:
            return None
        project = self.record.get(self.rule.project) if self.record and self.rule.project else None
        if isinstance(project, str):
            return ("project", project)
        return (self.rule.measure.per, self.record_id)

    @property
    def project_unknown(self) -> bool:
        """Say whether the record may belong to a project that is not known; one without a project is known."""
        return bool(self.record and self.rule.project) and self.record.get(self.rule.project) is None  # type: ignore[union-attr]

    @property
    def project_fact(self) -> Missing:
        """Return the fact that says to which project the record belongs."""
        return f"{self.rule.measure.per}.{self.rule.project}", self.record_id or ""

    @property
    def event_fact(self) -> Missing:
        """Return the fact that is the claim's event."""
        return f"{self.rule.measure.per}.{self.rule.event}", self.record_id or ""


def event_of(record: Facts, event: str) -> dt.date | None:
    """Return the day a record's claim rests on: its event field, the last day of the year for a year."""
    value = record.get(event) if event else None
    if isinstance(value, dt.date):
        return value
    return dt.date(value, 12, 31) if isinstance(value, int) and 0 < value < 10_000 else None
