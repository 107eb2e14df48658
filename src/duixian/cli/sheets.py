"""What the sheets of the result workbook are made of: columns, rows, and how they name a claim."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from typing import TYPE_CHECKING

from duixian.cli.sorting import Group, sorted_claims
from duixian.cli.wording import View, in_doubt

if TYPE_CHECKING:
    from duixian.engine.result import ApplicantResult, Assessment, Claim

Value = str | int | dt.date | Fraction | None
Row = tuple[Value, ...]
GREEN, RED, AMBER, GREY = "#00703C", "#C00000", "#9C5700", "#7F7F7F"


@dataclass(frozen=True, slots=True)
class Column:
    """A column: its title, what it holds (text, long, sum, day, number, count, share), colours of its words.

    A sum is given in fen and written in yuan, a share is a fraction of 1; a number may be a year, which a count
    is not. `doubtful` marks sums of policies that are not in force.
    """

    title: str
    kind: str = "text"
    colours: Mapping[str, str] = field(default_factory=dict)
    doubtful: bool = False


@dataclass(frozen=True, slots=True)
class Sheet:
    """A sheet: its title, notes above the table, columns, rows, how many columns stay in view, a last row."""

    title: str
    columns: Sequence[Column]
    rows: Sequence[Row]
    frozen: int = 1
    notes: Sequence[str] = ()
    total: Row | None = None


class Lister:
    """Lists the claims of one assessment, and the columns by which all sheets name them."""

    def __init__(self, view: View, found: Assessment) -> None:
        """Sort every applicant's claims once."""
        self.view = view
        self.found = found
        self.doubtful = {state.id for state in found.policies if in_doubt(state)}
        self.sorted = [(item, sorted_claims(view, item.claims)) for item in found.applicants]

    def every(self) -> Iterable[tuple[ApplicantResult, Group, Claim]]:
        """Yield all claims, in each applicant's order of interest."""
        for applicant, claims in self.sorted:
            for group, claim in claims:
                yield applicant, group, claim

    def who(self) -> list[Column]:
        """Return the columns that name an applicant."""
        return [Column(self.view.say("编号", "id")), Column(self.view.say("名称", "name"))]

    def what(self) -> list[Column]:
        """Return the columns that name a claim."""
        say = self.view.say
        titles = [("政策", "policy"), ("措施", "measure"), ("条款位置", "place"), ("记录", "record")]
        return [Column(say(*title)) for title in titles]

    def named(self, applicant: ApplicantResult, claim: Claim) -> Row:
        """Return the cells that name an applicant and a claim."""
        return (
            applicant.id,
            applicant.name,
            self.view.policy(claim.policy),
            claim.title,
            claim.at,
            claim.record,
        )
