"""How long a person's data are kept, and their erasure; the ledger and the event log stay whole.

They hold a person's registry number and keyed hashes only, so nothing has to be taken out of them. Law asks that
accounts are kept longer than a person may want (会计档案管理办法), so erasure waits while money matters are open.
"""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Callable

from django.db import connection
from django.db.models import Max
from django.utils import timezone

from duixian.calendar.days import Both
from duixian.language.vocabulary import shared_vocabulary
from duixian.server.audit.commands import command
from duixian.server.audit.services import record
from duixian.server.common.acting import Actor
from duixian.server.common.refusals import Refused
from duixian.server.registry.forms import entries
from duixian.server.registry.models import (
    Applicant,
    Erasure,
    Merger,
    PayeeAccount,
    Representative,
    RetentionPeriod,
)
from duixian.server.registry.models.records import SANCTION
from duixian.server.registry.rights import require
from duixian.server.registry.versions import When
from duixian.server.registry.writing import locked

OpenMatter = Callable[[int], Both | None]
"""Tells of an applicant why its data are still needed, or None."""
_open_matters: list[OpenMatter] = []


def open_matter(check: OpenMatter) -> OpenMatter:
    """Declares what keeps a person's data from being erased; apps about money and cases have one each."""
    _open_matters.append(check)
    return check


@open_matter
def _paid_to(applicant: int) -> Both | None:
    """Money that is still to come goes to an account: who has closed it says that none is."""
    accounts = PayeeAccount.objects.filter(applicant=applicant, state__in=["proposed", "active"])
    return Both("尚有收款账户未停用", "a payee account is not closed") if accounts.exists() else None


@open_matter
def _stands_for(applicant: int) -> Both | None:
    found = Representative.objects.filter(person=applicant, until=None).first()
    if found is None:
        return None
    role = found.get_role_display()
    number = found.applicant.number
    return Both(f"现为 {number} 的{role}", f"this person stands for {number}")


@open_matter
def _barred(applicant: int) -> Both | None:
    """Erased and entered anew, a person would be rid of it."""
    today = timezone.localdate().isoformat()
    held = entries([applicant], When.now())[applicant].items()
    ends = [each.payload.get("ends") for (kind, _), each in held if kind == SANCTION]
    stands = any(end is None or end >= today for end in ends)
    return Both("失信或禁申报尚未届满", "a flag or bar has not ended") if stands else None


@command("registry.set_retention")
def set_retention(by: Actor, *, kind: str, years: int, basis: str) -> RetentionPeriod:
    """Set how many years the data of a kind of applicant are kept after they were last needed, and on what basis.

    Raises:
        Refused: `registry.role`, `.kind`, `.basis`.
    """
    require(by, "registry.set_retention")
    if kind not in ("person", "team") or kind not in shared_vocabulary().enums["applicant_kind"]:
        raise Refused("registry.kind", Both(
            "保存期限用于个人和团队", "a retention period is for persons and teams"
        ))  # fmt: skip
    if not basis or not 1 <= years <= 100:
        raise Refused("registry.basis", Both(
            "须写依据，年数为1至100", "name the basis; years are 1 to 100"
        ))  # fmt: skip
    old = RetentionPeriod.objects.filter(kind=kind).first()
    made, _ = RetentionPeriod.objects.update_or_create(kind=kind, defaults={"years": years, "basis": basis})
    before = {"years": old.years, "basis": old.basis} if old else None
    after = {"years": years, "basis": basis}
    record(by, "registry.set_retention", on=made, before=before, after=after)
    return made


@command("registry.erase")
def erase(by: Actor, *, applicant: int, ground: Erasure.Ground, document: str) -> Erasure:
    """Erase a person's data: content of all versions, numbers, accounts. It cannot be undone.

    The entry's number, that it existed, and how much was erased remain. Copies in backups go as those are renewed.

    Raises:
        NotFound: the person is outside the actor's scope.
        Refused: `registry.role`, `.merged`, `.erased`, `.not_a_person`, `.document`, `.open_matter`, `.absorbed`.
    """
    require(by, "registry.erase")
    row = locked(by, applicant)
    if row.kind not in {"person", "team"}:
        raise Refused("registry.not_a_person", Both(
            "只删除个人（团队）的信息", "only the data of a person or a team are erased"
        ))  # fmt: skip
    if not document:
        raise Refused(
            "registry.document", Both("须写明本人申请或到期清单的文号", "name the request or the list")
        )
    if Merger.objects.filter(kept=row, undone_at=None).exists():
        raise Refused("registry.absorbed", Both(
            "有条目并入此人，请先撤销合并，再逐一删除", "entries are merged into it: undo that, then erase each"
        ))  # fmt: skip
    if ground == Erasure.Ground.PERIOD:
        _check_period(row)
    for check in _open_matters:
        reason = check(row.pk)
        if reason is not None:
            raise Refused("registry.open_matter", Both(
                f"{reason.zh}，办结前不能删除", f"{reason.en}: not before that is settled"
            ))  # fmt: skip
    return _erased(by, row, ground, document)


def _check_period(row: Applicant) -> None:
    due = due_on(row)
    if due is None or due > timezone.localdate():
        raise Refused("registry.period", Both(
            f"保存期限未届满（{due}）" if due else "该类主体没有设定保存期限",
            f"its retention period runs until {due}" if due else "no retention period is set for its kind",
        ))  # fmt: skip


def due_on(row: Applicant) -> dt.date | None:
    """From which day on a person's data are no longer kept: so many years after something was last learnt of it."""
    period = RetentionPeriod.objects.filter(kind=row.kind).first()
    last = row.versions.aggregate(last=Max("known_at"))["last"] or row.created_at
    if period is None:
        return None
    return add_years(timezone.localdate(last), period.years)


def add_years(day: dt.date, years: int) -> dt.date:
    """The same day so many years later; 29 February becomes 1 March."""
    try:
        return day.replace(year=day.year + years)
    except ValueError:
        return dt.date(day.year + years, 3, 1)


def _erased(by: Actor, row: Applicant, ground: Erasure.Ground, document: str) -> Erasure:
    with connection.cursor() as cursor:
        cursor.execute("SELECT registry_erase(%s)::text", [row.pk])
        counts = json.loads(cursor.fetchone()[0])
    made = Erasure.objects.create(
        applicant=row, ground=ground, document=document, counts=counts, by_id=by.person or 0
    )
    record(by, "registry.erase", on=row, before=None, after={"ground": ground.value, **counts})
    return made
