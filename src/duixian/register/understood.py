"""What would be read from a file, told before anything is assessed: columns, rows, records, problems."""

from __future__ import annotations

from pathlib import Path

import msgspec

from duixian.calendar.days import Both
from duixian.language.vocabulary import Vocabulary
from duixian.register.applicant import Applicant
from duixian.register.problems import InputProblem
from duixian.register.read import gather
from duixian.register.reading import Reading, SeenSheet


class Records(msgspec.Struct, frozen=True):
    """One record type: how many records were read, and for how many applicants the list is complete."""

    type: str
    label: Both
    count: int
    complete: int


class Understood(msgspec.Struct, frozen=True):
    """How a file was understood.

    `applicants` and `records` count what was read, those with a problem among them; `sheets` tells of tables
    only (workbook, CSV), `notices` of the file as a whole.
    """

    file: str
    applicants: int
    records: tuple[Records, ...]
    sheets: tuple[SeenSheet, ...]
    notices: tuple[Both, ...]
    problems: tuple[InputProblem, ...]
    include_hidden: bool = False


def understand(path: Path, vocabulary: Vocabulary, include_hidden: bool = False) -> Understood:
    """Read a register without using it: what was understood, and every problem; none is raised."""
    reading = Reading(include_hidden)
    applicants = gather(path, vocabulary, reading)
    return Understood(
        str(path),
        len(applicants),
        count_records(applicants, vocabulary),
        tuple(reading.sheets),
        tuple(reading.notices),
        tuple(reading.found),
        include_hidden,
    )


def count_records(applicants: list[Applicant], vocabulary: Vocabulary) -> tuple[Records, ...]:
    """Per record type that occurs: its records, and the applicants whose list of them is complete."""
    counts = (
        Records(
            name,
            Both(entity.label.zh, entity.label.en),
            sum(len(applicant.records.get(name, ())) for applicant in applicants),
            sum(1 for applicant in applicants if name in applicant.complete),
        )
        for name, entity in vocabulary.records.items()
    )
    return tuple(each for each in counts if each.count or each.complete)
