"""What becomes of a body in law: renamed, merged, split, deregistered."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

from django.utils import timezone

from duixian.calendar.days import Both
from duixian.server.audit.commands import command
from duixian.server.audit.services import Personal, record
from duixian.server.common.acting import Actor
from duixian.server.common.refusals import Refused
from duixian.server.registry.models import Applicant, Succession, SuccessionParty
from duixian.server.registry.models.records import OWN
from duixian.server.registry.rights import require
from duixian.server.registry.writing import Given, append, current, locked, stretches

Kind = Succession.Kind
_SIDES = {
    Kind.RENAMED: ("1", "1"),
    Kind.MERGED: ("2+", "1"),
    Kind.SPLIT: ("1", "2+"),
    Kind.DEREGISTERED: ("1", "0"),
}
"""How many are before and after; a body may live on through a merger or split, and is then on both sides."""


@command("registry.succeed")
def succeed(  # noqa: PLR0913 - a change of bodies has so many parts
    by: Actor,
    *,
    kind: Succession.Kind,
    before: Sequence[int],
    after: Sequence[int],
    on: dt.date,
    document: str,
    given: Given,
    name: str = "",
) -> Succession:
    """Record a succession on a day by a document; for `renamed` also the new `name`, true from that day on.

    The records of each body stay its own; who follows whom is told by `selectors.succession`.

    Raises:
        NotFound: one of the bodies is outside the actor's scope.
        Refused: `registry.role`, `.merged`, `.erased`, `.parties`, `.times`, `.document`, `.gone`, `.name`.
    """
    require(by, "registry.succeed")
    _check(kind, before, after, on, document, name)
    rows = {each: locked(by, each) for each in sorted({*before, *after})}
    for row in rows.values():
        _refuse_gone(row, on)
    provenance = given.keep(by)
    made = Succession.objects.create(kind=kind, on=on, document=document, provenance=provenance)
    SuccessionParty.objects.bulk_create(
        [
            *(SuccessionParty(succession=made, applicant=rows[each], side="before") for each in before),
            *(SuccessionParty(succession=made, applicant=rows[each], side="after") for each in after),
        ]
    )
    told = {"kind": kind.value, "on": on, "before": list(before), "after": list(after)}
    record(by, "registry.succeed", on=made, before=None, after=told | {"name": Personal(name)})
    if kind == Kind.RENAMED:
        row = rows[before[0]]
        for part in stretches(row, (OWN, ""), (on, None)):
            known = current(row, OWN, day=part[0])
            payload = (known.payload if known else {}) | {"name": name}
            append(by, "registry.state", row, (OWN, ""), payload, provenance, stated=["name"], valid=part)
    return made


def _check(
    kind: Succession.Kind, before: Sequence[int], after: Sequence[int], on: dt.date, document: str, name: str
) -> None:
    for ids, wanted in zip((before, after), _SIDES[kind], strict=True):
        count = len(set(ids))
        if count != len(ids) or (count < 2 if wanted == "2+" else count != int(wanted)):
            raise Refused("registry.parties", Both(
                f"{kind.label}：之前须{_SIDES[kind][0]}个主体，之后须{_SIDES[kind][1]}个，且不重复",
                f"{kind.value}: {_SIDES[kind][0]} before and {_SIDES[kind][1]} after, each once",
            ))  # fmt: skip
    if kind == Kind.RENAMED and (list(before) != list(after) or not name):
        raise Refused(
            "registry.name", Both("更名是同一主体换名，须写新名称", "a body is renamed: give the new name")
        )
    if not document:
        raise Refused("registry.document", Both("须写明文件", "name the document"))
    if on > timezone.localdate():
        raise Refused("registry.times", Both(f"{on} 尚未到来", f"{on} is still to come"))


def _refuse_gone(row: Applicant, on: dt.date) -> None:
    """A body that is before a succession and not after it has ended with it."""
    parties = SuccessionParty.objects.filter(applicant=row, succession__on__lte=on)
    lives = parties.filter(side="after").values("succession")
    gone = parties.filter(side="before").exclude(succession__in=lives).order_by("succession__on").first()
    if gone is not None:
        how = Kind(gone.succession.kind)
        raise Refused("registry.gone", Both(
            f"「{row}」已于 {gone.succession.on} {how.label}", f"{row} was {how.value} on {gone.succession.on}"
        ))  # fmt: skip
