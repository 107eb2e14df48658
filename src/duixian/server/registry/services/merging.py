"""Makes two entries for one applicant into one, and undoes it. Nothing is moved, so undoing restores exactly."""

from __future__ import annotations

from collections.abc import Mapping

from django.utils import timezone

from duixian.calendar.days import Both
from duixian.server.audit.commands import command
from duixian.server.audit.services import record
from duixian.server.common.acting import Actor
from duixian.server.common.refusals import Refused
from duixian.server.common.scopes import find
from duixian.server.registry.forms import entries
from duixian.server.registry.models import Applicant, Identifier, Merger, PayeeAccount
from duixian.server.registry.models.records import OWN, SANCTION
from duixian.server.registry.naturals import ONE_OF, twin_of
from duixian.server.registry.rights import require
from duixian.server.registry.versions import When
from duixian.server.registry.writing import locked

CHOICES = ("kept", "absorbed", "both")


@command("registry.merge")
def merge(
    by: Actor, *, kept: int, absorbed: int, why: str, choices: Mapping[str, str] | None = None
) -> Merger:
    """Read one entry as part of another. Where both have a record of one id that differs, `choices` says which.

    A choice is by `type/key` of the absorbed entry: `kept`, `absorbed`, or `both` if they are two things that happen
    to share an id (the absorbed one's then goes by `key@number`; there is no `both` where there is one by nature: a
    fiscal year). Only accounts of the entry that is kept are paid to, so one of the other must be closed before: that
    takes another person, and one alone cannot lead money elsewhere.

    Raises:
        NotFound: one of the two is outside the actor's scope.
        Refused: `registry.role`, `.merged`, `.erased`, `.same`, `.kinds`, `.codes`, `.keep_other`,
            `.payee`, `.choose`, `.choice`, `.why`.
    """
    require(by, "registry.merge")
    if kept == absorbed or not why:
        raise Refused(
            "registry.same", Both("须为两个条目，并写明事由", "two entries and a reason are needed")
        )
    rows = {each: locked(by, each) for each in sorted((kept, absorbed))}
    into, other = rows[kept], rows[absorbed]
    if into.kind != other.kind and into.kind and other.kind:
        raise Refused("registry.kinds", Both(
            "主体类型不同，不能是同一主体；请先更正类型", "they are of different kinds: correct that first"
        ))  # fmt: skip
    _check_codes(into, other)
    if PayeeAccount.objects.filter(applicant=other, state__in=["proposed", "active"]).exists():
        raise Refused("registry.payee", Both(
            f"{other.number} 有待确认或有效的收款账户，请先由审批人停用",
            f"{other.number} has a payee account that is proposed or active: an approver must end it first",
        ))  # fmt: skip
    chosen = dict(choices or {})
    _check_choices(into, other, chosen)
    made = Merger.objects.create(kept=into, absorbed=other, choices=chosen, why=why, by_id=_person(by))
    other.merged_into = into
    other.save(update_fields=["merged_into"])
    after = {"kept": into, "absorbed": other, "choices": len(chosen)}
    record(by, "registry.merge", on=made, before=None, after=after, why=why)
    return made


@command("registry.undo_merge")
def undo_merge(by: Actor, *, merger: int, why: str) -> Merger:
    """Take two entries apart again, each with what it had and what was recorded of it since.

    Raises:
        NotFound: the merger is outside the actor's scope.
        Refused: `registry.role`, `.undone`, `.later_first`.
    """
    require(by, "registry.undo_merge")
    found = find(Merger, by, pk=merger)
    into, other = (
        Applicant.objects.select_for_update(no_key=True).get(pk=each)
        for each in (found.kept_id, found.absorbed_id)
    )
    found.refresh_from_db()
    if found.undone_at is not None:
        raise Refused("registry.undone", Both("该合并已撤销", "this merger was undone already"))
    if into.merged_into_id is not None:
        raise Refused("registry.later_first", Both(
            f"{into.number} 后来又并入 R{into.merged_into_id:010d}，请先撤销那次合并",
            f"{into.number} was merged into R{into.merged_into_id:010d} later: undo that merger first",
        ))  # fmt: skip
    found.undone_by_id, found.undone_at = _person(by), timezone.now()
    found.save(update_fields=["undone_by", "undone_at"])
    other.merged_into = None
    other.save(update_fields=["merged_into"])
    record(by, "registry.undo_merge", on=found, before={"kept": into, "absorbed": other}, after=None, why=why)
    return found


def _check_codes(into: Applicant, other: Applicant) -> None:
    """Two bodies with numbers of their own are two; and the entry that has the number is the one to keep."""
    codes = Identifier.objects.filter(applicant__in=(into, other), scheme__in=["uscc", "resident"])
    holders = set(codes.values_list("applicant", flat=True))
    if len(holders) == 2:
        raise Refused("registry.codes", Both(
            "两个条目各有信用代码或身份证号，是两个主体：请办理主体沿革，或先更正",
            "each has a code or identity number of its own, so they are two: record a succession, or correct one",
        ))  # fmt: skip
    if holders == {other.pk}:
        raise Refused("registry.keep_other", Both(
            f"{other.number} 有信用代码或身份证号，请保留该条目",
            f"{other.number} has the code or number: keep that one",
        ))  # fmt: skip


def _check_choices(into: Applicant, other: Applicant, chosen: Mapping[str, str]) -> None:
    both = entries([into.pk, other.pk], When.now())
    mine, theirs = both[into.pk], both[other.pk]
    same = {
        "/".join(slot)
        for slot, held in theirs.items()
        if slot[0] != OWN and slot in mine and mine[slot].payload != held.payload
    }
    records = [(kind, key, held.payload) for (kind, key), held in mine.items()]
    twins = {
        "/".join(slot) for slot, held in theirs.items() if twin_of(*slot, held.payload, records) is not None
    }
    open_ = same | twins
    missing = sorted(open_ - set(chosen))
    if missing:
        raise Refused("registry.choose", Both(
            f"同号或同一年度而内容不同的记录须逐条取舍：{'、'.join(missing)}",
            "records of one id or one year that differ: choose for each (kept, absorbed, both): "
            + ", ".join(missing),
        ))  # fmt: skip
    wrong = sorted(
        slot
        for slot, choice in chosen.items()
        if choice not in CHOICES
        or slot not in open_
        or (choice == "both" and slot.split("/")[0] in ONE_OF)
        or (
            choice != "both" and slot.split("/")[0] == SANCTION
        )  # a bar is lifted by two people, not chosen away
    )
    if wrong:
        raise Refused("registry.choice", Both(
            f"取舍不成立：{'、'.join(wrong)}",
            f"no choice to make, or none of {', '.join(CHOICES)}: {', '.join(wrong)}",
        ))  # fmt: skip


def _person(by: Actor) -> int:
    assert by.person is not None, "no role of the system may merge"
    return by.person
