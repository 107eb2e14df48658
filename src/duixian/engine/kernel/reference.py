"""Runs a batch through the reference engine, applicant by applicant: what the native code must equal."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from duixian.engine import higher
from duixian.engine.assess import Request, Rulebook, Session
from duixian.engine.claims import Assessed, Assessor
from duixian.engine.context import Frame
from duixian.engine.kernel.layout import CHOICES, WRITTEN, claims_schema, condition_ids
from duixian.engine.kernel.parameters import Amount, parameter_values, resolve, varied
from duixian.engine.result import Outcome
from duixian.language.policy import Policy
from duixian.language.vocabulary import Vocabulary
from duixian.register.applicant import Applicant
from duixian.register.columns import from_arrow

if TYPE_CHECKING:
    import pyarrow as pa

Row = dict[str, Any]


class ReferenceRun:
    """The reference engine over batches; keeps the rules that it compiled for the last parameters."""

    def __init__(self, policies: Sequence[Policy], vocabulary: Vocabulary) -> None:
        """Take the policies as their packs have them."""
        self.policies = policies
        self.vocabulary = vocabulary
        self.known = parameter_values(policies)
        self.bits = {
            (policy.id, measure.id): {id: 1 << bit for bit, id in enumerate(condition_ids(measure))}
            for policy in policies
            for measure in policy.measures
        }
        self._last: tuple[dict[str, Amount], Rulebook] | None = None

    def run(
        self, batch: pa.RecordBatch, request: Request, parameters: Mapping[str, Amount], every: bool
    ) -> tuple[pa.RecordBatch, dict[tuple[str, str, str], int]]:
        """Return the claims of a batch and their counts; `every` writes also what is not payable."""
        session = self.session(request, parameters)
        rows, counts = self.rows(session, batch, range(batch.num_rows), every)
        return batch_of(rows), counts

    def session(self, request: Request, parameters: Mapping[str, Amount]) -> Session:
        """Return the session of a request. Raises RequestError."""
        values = resolve(self.known, parameters)
        last = self._last
        if last is None or last[0] != values:
            last = self._last = (values, Rulebook(varied(self.policies, values), self.vocabulary))
        return last[1].ask(request)

    def rows(
        self, session: Session, batch: pa.RecordBatch, numbers: Sequence[int], every: bool
    ) -> tuple[list[Row], dict[tuple[str, str, str], int]]:
        """Return the claims of the applicants of `batch`, whose rows have these numbers."""
        rows: list[Row] = []
        counts: dict[tuple[str, str, str], int] = {}
        for number, applicant in zip(numbers, from_arrow(batch, self.vocabulary), strict=True):
            for row in self.applicant(session, applicant):
                key = (row["policy"], row["measure"], row["verdict"])
                counts[key] = counts.get(key, 0) + 1
                if every or row["verdict"] in WRITTEN:
                    rows.append({"row": number, **row})
        return rows, counts

    def applicant(self, session: Session, applicant: Applicant) -> list[Row]:
        """Return the claims of one applicant, as `Session.applicant` finds them, without their reasons."""
        book = session.book
        claims: list[Assessed] = []
        for id, rules in book.rules.items():
            frame = Frame(applicant, session.day(id), book.events)
            assessor = Assessor(
                frame, session.standings[id], session.readings[id], session.lang, session.refusals
            )
            for rule in rules.measures:
                claims.extend(assessor.measure(rule))
        frame = Frame(applicant, session.request.on, book.events)
        setting = higher.Setting(book.rules, session.standings, session.readings, frame)
        found = higher.choose(higher.pose(claims, setting, _outcome))
        return [self.row(claim, index, found) for index, claim in enumerate(claims)]

    def row(self, claim: Assessed, index: int, found: higher.Higher) -> Row:
        """Return one claim as the columns of `claims_schema`."""
        outcome, rule = claim.outcome, claim.rule
        bits = self.bits[rule.policy.id, rule.measure.id]
        choices = (found.certain, found.most, found.decisions, found.missing)
        paid = [choice.paid.get(index, 0) for choice in choices]
        payable: int | None = 0
        if outcome.verdict in ("undetermined", "amount_not_stated"):
            payable = None
        elif outcome.verdict not in ("ineligible", "not_in_force"):
            payable = paid[1] if outcome.verdict in higher.OWED else paid[2]
            payable = None if outcome.max_fen is None else payable
        return {
            "policy": rule.policy.id,
            "measure": rule.measure.id,
            "record": claim.record_id,
            "event": claim.event,
            "verdict": outcome.verdict,
            "min_fen": outcome.min_fen,
            "max_fen": outcome.max_fen,
            "payable_fen": payable,
            **{f"{name}_fen": fen for name, fen in zip(CHOICES, paid, strict=True)},
            "failed": sum(bits[item.id] for item in claim.conditions if item.holds is False),
            "unknown": sum(bits[item.id] for item in claim.conditions if item.holds is None),
        }


def batch_of(rows: list[Row]) -> pa.RecordBatch:
    """Return claims as a batch of `claims_schema`."""
    import pyarrow as pa

    schema = claims_schema()
    columns = []
    for field in schema:
        kind = field.type
        plain = pa.array(
            [row[field.name] for row in rows], kind.value_type if pa.types.is_dictionary(kind) else kind
        )
        columns.append(plain.dictionary_encode().cast(kind) if pa.types.is_dictionary(kind) else plain)
    return pa.RecordBatch.from_arrays(columns, schema=schema)


def _outcome(claim: Assessed) -> Outcome:
    return claim.outcome
