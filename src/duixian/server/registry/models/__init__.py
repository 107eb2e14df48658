"""What the registry keeps, by topic."""

from duixian.server.registry.models.applicants import Applicant, Division, Identifier, Representative
from duixian.server.registry.models.changes import (
    Consortium,
    ConsortiumMember,
    Merger,
    Succession,
    SuccessionParty,
)
from duixian.server.registry.models.imports import Batch, Chunk, RefusedRow
from duixian.server.registry.models.payees import PayeeAccount
from duixian.server.registry.models.records import Provenance, RecordVersion
from duixian.server.registry.models.retention import Erasure, RetentionPeriod

__all__ = [
    "Applicant",
    "Batch",
    "Chunk",
    "Consortium",
    "ConsortiumMember",
    "Division",
    "Erasure",
    "Identifier",
    "Merger",
    "PayeeAccount",
    "Provenance",
    "RecordVersion",
    "RefusedRow",
    "Representative",
    "RetentionPeriod",
    "Succession",
    "SuccessionParty",
]
