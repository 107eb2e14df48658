"""Runs a batch through the reference engine, applicant by applicant: what the native code must equal."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

from duixian.engine import higher
from duixian.engine.answer import Answer
from duixian.engine.assess import Request, Rulebook, Session
from duixian.engine.assessed import Assessed
from duixian.engine.kernel.layout import CHOICES, WRITTEN, Counts, Dictionaries, claims_schema, condition_ids
from duixian.engine.kernel.parameters import Amount, parameter_values, resolve, varied
from duixian.language.policy import Policy
from duixian.language.tree import constants
from duixian.language.vocabulary import Vocabulary
from duixian.register.applicant import Applicant
from duixian.register.columns import from_arrow

if TYPE_CHECKING:
    import pyarrow as pa

Row = dict[str, Any]


class Worked(NamedTuple):
    """One applicant's claims, what take-the-higher makes of them as a problem, and its answer."""

    answer: Answer
    claims: list[Assessed]
    problem: higher.Problem
    found: higher.Higher


class ReferenceRun:
    """The reference engine over batches; keeps the rules that it compiled for the last parameters."""

    def __init__(self, policies: Sequence[Policy], vocabulary: Vocabulary) -> None:
        """Take the policies as their packs have them."""
        self.policies = policies
        self.vocabulary = vocabulary
        self.known = parameter_values(policies)
        self.words = Dictionaries(policies)
        self.bits = {
            (policy.id, measure.id): {id: 1 << bit for bit, id in enumerate(condition_ids(measure))}
            for policy in policies
            for measure in policy.measures
        }
        self.book = Rulebook(policies, vocabulary)
        self._of_days = frozenset(
            f"{policy.id}/{constant.parameter}"
            for policy in policies
            for node in (policy.starts, policy.ends)
            if node is not None
            for constant in constants(node)
        )
        self._last: tuple[dict[str, Amount], Rulebook] | None = None

    def run(
        self,
        batch: pa.RecordBatch,
        request: Request,
        parameters: Mapping[str, Amount],
        every: bool,
        readings: bool = True,
        first: int = 0,
    ) -> tuple[pa.RecordBatch, Counts]:
        """Return the claims of a batch and their counts; `every` writes also what is not payable."""
        session = self.session(request, parameters)
        rows, counts = self.rows(session, batch, range(first, first + batch.num_rows), every, readings)
        return batch_of(rows, self.words), counts

    def session(self, request: Request, parameters: Mapping[str, Amount]) -> Session:
        """Return the session of a request with other literals. Raises RequestError."""
        values = resolve(self.known, parameters)
        if not values:
            return self.book.ask(request)
        last = self._last
        if last is None or last[0] != values:
            last = self._last = (values, Rulebook(varied(self.policies, values), self.vocabulary))
        return last[1].ask(request)

    def standing_session(self, request: Request, values: Mapping[str, Amount]) -> Session:
        """Return a session with the right days and standings: rules are compiled anew only if days hang on it."""
        return self.session(request, {key: value for key, value in values.items() if key in self._of_days})

    def rows(
        self,
        session: Session,
        batch: pa.RecordBatch,
        numbers: Sequence[int],
        every: bool,
        readings: bool = True,
    ) -> tuple[list[Row], Counts]:
        """Return the claims of the applicants of `batch`, whose rows have these numbers."""
        rows: list[Row] = []
        counts: Counts = {}
        for number, applicant in zip(numbers, from_arrow(batch, self.vocabulary), strict=True):
            found = self.worked(session, applicant)
            for index, claim in enumerate(found.claims):
                verdict = claim.outcome.verdict
                key = (claim.rule.policy.id, claim.rule.measure.id, verdict)
                counts[key] = counts.get(key, 0) + 1
                if every or verdict in WRITTEN:
                    rows.append({"row": number, **self.row(found, index, readings)})
        return rows, counts

    @staticmethod
    def worked(session: Session, applicant: Applicant) -> Worked:
        """Return what `Session.applicant` finds of one applicant, without its reasons."""
        book, answer = session.book, Answer(session, applicant)
        claims: list[Assessed] = []
        for id, rules in book.rules.items():
            claims += answer.assessor(id, session.readings[id], session.standings[id]).all(rules)
        frame = answer.frame(session.request.on)
        setting = higher.Setting(book.rules, session.standings, session.readings, frame)
        problem = higher.pose(claims, setting, [claim.outcome for claim in claims])
        return Worked(answer, claims, problem, higher.choose(problem))

    @staticmethod
    def rests(answer: Answer, claim: Assessed) -> int:
        """Return the readings on which a claim rests, as bits."""
        policy, own, mask = claim.rule.policy, (claim.outcome, claim.would_be), 0
        taken = answer.session.readings[policy.id]
        for bit, reading in enumerate(policy.readings if claim.touched else ()):
            if reading.id in claim.touched and any(
                answer.outcomes(claim, reading.id, choice.id) != own
                for choice in reading.choices
                if choice.id != taken.get(reading.id)
            ):
                mask |= 1 << bit
        return mask

    def row(self, worked: Worked, index: int, readings: bool = True) -> Row:
        """Return one claim as the columns of `claims_schema`."""
        claim, found = worked.claims[index], worked.found
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
            "readings": self.rests(worked.answer, claim) if readings else 0,
        }


def batch_of(rows: list[Row], words: Dictionaries) -> pa.RecordBatch:
    """Return claims as a batch of `claims_schema`."""
    import pyarrow as pa

    schema, columns = claims_schema(), []
    for field in schema:
        found = [row[field.name] for row in rows]
        dictionary = words.of(field.name)
        if dictionary is None:
            columns.append(pa.array(found, field.type))
            continue
        codes = {word: code for code, word in enumerate(dictionary.to_pylist())}
        indices = pa.array([codes[word] for word in found], field.type.index_type)
        columns.append(pa.DictionaryArray.from_arrays(indices, dictionary))
    return pa.RecordBatch.from_arrays(columns, schema=schema)


def joined(batches: list[pa.RecordBatch], sort: bool) -> pa.RecordBatch:
    """Return batches as one, sorted by row if need be (claims of one row stay in their order)."""
    import pyarrow as pa
    import pyarrow.compute

    if len(batches) == 1:
        return batches[0]
    table = pa.Table.from_batches(batches)
    if not table.num_rows:
        return batches[0]
    if sort:
        table = table.take(pa.compute.sort_indices(table["row"]))
    found: pa.RecordBatch = table.combine_chunks().to_batches(max_chunksize=None)[0]
    return found
