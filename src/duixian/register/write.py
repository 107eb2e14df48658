"""Writes applicants in the register's own forms: Parquet, exact and large, or YAML, to be read and edited."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

import yaml

from duixian.language.problems import MAX_BYTES
from duixian.language.vocabulary import Entity, Field, Vocabulary
from duixian.register.amounts import format_money
from duixian.register.applicant import Absent, Applicant, Facts, Value
from duixian.register.cells import cell_of
from duixian.register.columns import to_arrow
from duixian.register.origin import Synthetic, comment, marked


def write_register(
    path: Path, applicants: Iterable[Applicant], vocabulary: Vocabulary, origin: Synthetic | None = None
) -> None:
    """Write a register to .parquet or .yaml; the reader gives the same applicants back.

    `origin` is that of a synthetic register: what is written says so again.

    Raises:
        InputError: facts that the vocabulary does not have, or numbers that 64 bits do not hold.
        ValueError: a YAML file would be too long to be read again, or a number has no finite decimal.
    """
    if path.suffix.lower() == ".parquet":
        import pyarrow.parquet as pq

        table = to_arrow(applicants, vocabulary)
        pq.write_table(table.cast(marked(table.schema, origin)) if origin else table, path)
        return
    facts = [applicant_as_facts(applicant, vocabulary) for applicant in applicants]
    text = yaml.safe_dump({"applicants": facts}, allow_unicode=True, sort_keys=False, width=10_000)
    data = ((comment(origin) if origin else "") + text).encode()
    if len(data) > MAX_BYTES:
        raise ValueError(f"more than {MAX_BYTES} bytes")
    path.write_bytes(data)


def applicant_as_facts(applicant: Applicant, vocabulary: Vocabulary) -> dict[str, object]:
    """The applicant in the shape of the author's guide: sums as 500万元, days as 2023-05-01, ids first."""
    own = vocabulary.entities["applicant"]
    facts: dict[str, object] = {"id": applicant.id, **_facts(own, applicant.facts, vocabulary)}
    if applicant.complete:
        facts["complete"] = [name for name in vocabulary.records if name in applicant.complete]
    for name, entity in vocabulary.records.items():
        records = [
            {"id": record["id"], **_facts(entity, record, vocabulary)}
            for record in applicant.records.get(name, ())
        ]
        if records:
            facts[name] = records
    return facts


def _facts(entity: Entity, facts: Facts, vocabulary: Vocabulary) -> dict[str, object]:
    known = ((field, facts[name]) for name, field in entity.fields.items() if name in facts)
    return {field.name: _written(field, value, vocabulary) for field, value in known}


def _written(field: Field, value: Value, vocabulary: Vocabulary) -> object:
    if isinstance(value, Absent):
        return "none"
    if isinstance(value, bool):
        return value
    if isinstance(value, frozenset):
        return sorted(value)
    if field.type.kind in ("area", "price_per_area", "ratio"):
        return cell_of(field, value, vocabulary, "zh")
    return format_money(value, "zh") if field.type.kind == "money" and isinstance(value, int) else value
