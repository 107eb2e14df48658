"""Files of applicants that do not exist, and their way into the registry."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from tests.server.registry.office import DAY, WUCHANG, officer

from duixian.language.vocabulary import shared_vocabulary
from duixian.register.applicant import Applicant
from duixian.register.write import write_register
from duixian.server.registry.exporting import forms
from duixian.server.registry.importing import applying
from duixian.server.registry.models import Batch, Provenance
from duixian.server.registry.services import importing

SAMPLE = Path("examples/register.yaml")
AUTHORITY, STATEMENT = Provenance.Kind.AUTHORITY, Provenance.Kind.STATEMENT
VOCABULARY = shared_vocabulary()


def uploaded(
    path: Path, by: Any = None, kind: Provenance.Kind = AUTHORITY, source: str = "市经信局"
) -> Batch:
    return importing.upload(by or officer(), path=path, kind=kind, source=source, stated_on=DAY)


def applied(batch: Batch, by: Any = None, **how: Any) -> Batch:
    importing.confirm_import(by or officer(), batch=batch.pk, **how)
    return applying.apply_batch(batch.pk)


def written(path: Path, *applicants: Applicant) -> Path:
    write_register(path, applicants, VOCABULARY)
    return path


def one(id: str = "a", **facts: Any) -> Applicant:
    own = {"kind": "enterprise", "name": f"{id}公司", "division": WUCHANG} | facts
    return Applicant(id, own)


def with_years(applicant: Applicant, **years: int) -> Applicant:
    records = tuple({"id": key, "year": int(key[1:]), "revenue": value} for key, value in years.items())
    return Applicant(applicant.id, applicant.facts, {"year": records}, applicant.complete)


def exported(source: str = "市经信局") -> dict[str, Applicant]:
    return {form.id: form for some in forms(officer(), source=source, personal=True) for form in some}


def plain(applicant: Applicant) -> object:
    records = {
        kind: sorted((dict(each) for each in items), key=lambda each: str(each["id"]))
        for kind, items in applicant.records.items()
    }
    return applicant.id, dict(applicant.facts), records, applicant.complete


def refused(batch: Batch) -> list[tuple[str, str]]:
    return list(batch.refusals.order_by("id").values_list("code", "place"))


def refused_codes(path: Path, district: str | None = None) -> dict[str, str]:
    return dict(uploaded(path, officer(district)).refusals.values_list("subject", "code"))
