"""One claim before take-the-higher: its outcome, its reasons, and what it is about."""

from __future__ import annotations

import datetime as dt

import msgspec

from duixian.engine.context import Context, Missing
from duixian.engine.judging import Paid
from duixian.engine.result import Claim, ConditionResult, Outcome
from duixian.engine.rules import Rule, Sums
from duixian.register.applicant import Facts


class Assessed(msgspec.Struct, gc=False):
    """One claim before take-the-higher: what `result.Claim` needs, and the sums as they compete.

    `failed` names the conditions that do not hold.
    """

    rule: Rule
    record: Facts | None
    record_id: str | None
    outcome: Outcome
    conditions: list[ConditionResult]
    failed: list[str]
    missing: list[Missing]
    touched: set[str]
    event: dt.date | None
    sums: Sums
    paid: Paid
    would_be: Outcome | None = None
    context: Context | None = None
    finished: Claim | None = None

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
