"""Credit flags and bars: records of the vocabulary's type `sanction`, so the engine sees them as facts."""

from __future__ import annotations

import datetime as dt

from duixian.calendar.days import Both
from duixian.register.applicant import Absent, Value
from duixian.server.audit.commands import command
from duixian.server.common.acting import Actor
from duixian.server.common.refusals import Refused
from duixian.server.registry.models import Provenance, RecordVersion
from duixian.server.registry.models.records import SANCTION
from duixian.server.registry.rights import require
from duixian.server.registry.services.records import change, refuse_recorder, stated
from duixian.server.registry.writing import Given, current, locked


@command("registry.flag")
def flag(  # noqa: PLR0913 - a flag has so many parts
    by: Actor,
    *,
    applicant: int,
    key: str,
    kind: str,
    starts: dt.date,
    ends: dt.date | None,
    given: Given,
    why: str,
) -> RecordVersion:
    """Put a flag or bar on an applicant from one day to another; None as its end means that it has none yet.

    `kind` is one of the vocabulary's enum `sanction_kind` (serious_dishonesty, barred).

    Raises:
        NotFound: the applicant is outside the actor's scope.
        Refused: `registry.role`, `.why`, `.dates`, `.flagged`, and those of `state`.
    """
    require(by, "registry.flag")
    if not why or given.kind == Provenance.Kind.STATEMENT:
        raise Refused("registry.why", Both(
            "失信和禁申报须有主管部门的依据和事由", "a flag or bar needs an authority's basis and a reason"
        ))  # fmt: skip
    _check_dates(starts, ends)
    row = locked(by, applicant)
    if current(row, SANCTION, key) is not None:
        raise Refused("registry.flagged", Both(
            f"编号「{key}」已有登记，请用另一编号，或先解除",
            f"'{key}' is recorded already: use another id, or lift it",
        ))  # fmt: skip
    facts: dict[str, Value] = {"kind": kind, "starts": starts, "ends": ends or Absent.NONE}
    made = stated(by, applicant=applicant, type=SANCTION, key=key, facts=facts, given=given, why=why)
    assert made is not None
    return made


@command("registry.lift")
def lift(by: Actor, *, applicant: int, key: str, ends: dt.date, given: Given, why: str) -> RecordVersion:
    """End a flag or bar on a day; that it stood until then remains known.

    Raises:
        NotFound: the applicant is outside the actor's scope.
        Refused: `registry.role`, `.why`, `.no_record`, `.dates`, `.same_person`.
    """
    require(by, "registry.lift")
    row = locked(by, applicant)
    before = current(row, SANCTION, key)
    if before is None or not why:
        raise Refused("registry.no_record", Both(
            "没有这条登记，或未写事由", "there is no such flag or bar, or the reason is missing"
        ))  # fmt: skip
    refuse_recorder(by, {row.pk, before.origin}, SANCTION, key)
    _check_dates(dt.date.fromisoformat(before.payload["starts"]), ends)
    return change(by, row, (SANCTION, key), {"ends": ends}, given, why)


def _check_dates(starts: dt.date, ends: dt.date | None) -> None:
    if ends is not None and ends < starts:
        raise Refused("registry.dates", Both(
            f"截止日期 {ends} 早于起始日期 {starts}", f"it would end on {ends}, before it starts on {starts}"
        ))  # fmt: skip
