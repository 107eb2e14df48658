"""Imports: a file is read and compared first, and nothing of it is applied before somebody has confirmed that."""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Mapping, Sequence
from pathlib import Path

from django.db import transaction
from django.utils import timezone

from duixian.calendar.days import Both
from duixian.language.vocabulary import shared_vocabulary
from duixian.register.names import Lexicon
from duixian.register.problems import Problems
from duixian.register.read_facts import applicant_from_given, from_python
from duixian.server.accounts.roles import Role
from duixian.server.audit.commands import command
from duixian.server.audit.services import record
from duixian.server.common.acting import Actor
from duixian.server.common.refusals import NotFound, Refused
from duixian.server.common.scopes import find
from duixian.server.registry.importing import applying, comparing
from duixian.server.registry.importing.chunks import unpack
from duixian.server.registry.importing.reading import given
from duixian.server.registry.jobs import apply_batch
from duixian.server.registry.models import Batch, Provenance
from duixian.server.registry.rights import require

State = Batch.State
MOVES: dict[Batch.State, frozenset[Batch.State]] = {
    State.OPEN: frozenset({State.READ, State.UNUSABLE, State.ABANDONED}),
    State.READ: frozenset({State.PREVIEWED, State.ABANDONED}),
    State.PREVIEWED: frozenset({State.PREVIEWED, State.CONFIRMED, State.ABANDONED}),
    State.CONFIRMED: frozenset({State.APPLIED, State.STALE}),
    State.STALE: frozenset({State.PREVIEWED, State.ABANDONED}),
}
"""From which state a batch goes to which; all others are ends."""


@command("registry.open_import")
def open_import(
    by: Actor, *, kind: Provenance.Kind, source: str, stated_on: dt.date, file: str = "", evidence: str = ""
) -> Batch:
    """Open a batch: who sends it (`source`, whose own numbers its ids are), of which day, which file by its hash.

    Raises:
        Refused: `registry.role`, `.source`, `.future`.
    """
    require(by, "registry.open_import")
    if not source.strip():
        raise Refused("registry.source", Both("须写明来源单位", "name the office that it comes from"))
    if stated_on > timezone.localdate():
        raise Refused(
            "registry.future", Both(f"填报日期 {stated_on} 晚于今天", f"{stated_on} is after today")
        )
    made = Batch.objects.create(
        kind=kind,
        source=source.strip(),
        file=Path(file).name,
        evidence=evidence,
        stated_on=stated_on,
        district=by.district or "",
        opened_by_id=by.person,
    )
    record(by, "registry.open_import", on=made, before=None, after={"kind": kind.value, "file": evidence})
    return made


def upload(
    by: Actor, *, path: Path, kind: Provenance.Kind, source: str, stated_on: dt.date, include_hidden: bool = False
) -> Batch:  # fmt: skip
    """Open a batch for a file, read and preview it at once: for files that a person waits for.

    Raises:
        Refused: as `open_import`.
    """
    evidence = ""
    if path.is_file():
        with path.open("rb") as file:
            evidence = hashlib.file_digest(file, "sha256").hexdigest()
    batch = open_import(by, kind=kind, source=source, stated_on=stated_on, file=path.name, evidence=evidence)
    batch = applying.read_batch(batch.pk, path, include_hidden=include_hidden)
    return applying.preview_batch(batch.pk) if batch.state == State.READ else batch


def deliver(
    by: Actor,
    *,
    applicants: Sequence[Mapping[str, object]],
    kind: Provenance.Kind,
    source: str,
    stated_on: dt.date,
) -> Batch:
    """Open a batch for applicants that come as data (the API), in the shape of the author's guide, and preview it.

    Raises:
        Refused: as `open_import`.
    """
    batch = open_import(by, kind=kind, source=source, stated_on=stated_on)
    lexicon, problems = Lexicon(shared_vocabulary()), Problems()
    read = [
        applicant_from_given(from_python(each, "", f"$[{number}]"), lexicon, problems)
        for number, each in enumerate(applicants)
    ]
    applying.keep(batch, given([each for each in read if each is not None], problems, shared_vocabulary()))
    batch.refresh_from_db()
    return applying.preview_batch(batch.pk) if batch.state == State.READ else batch


def changes(by: Actor, *, batch: int, chunk: int) -> list[comparing.Change]:
    """Every change that a chunk of a batch would make now, field by field: the preview in full, a chunk a page.

    Raises:
        NotFound: the batch is outside the actor's scope, or has no such chunk that is still to be applied.
    """
    found = find(Batch, by, pk=batch)
    part = found.chunks.filter(number=chunk, data__isnull=False).first()
    if part is None or part.data is None:
        raise NotFound
    with transaction.atomic():
        comparing.load(found, unpack(bytes(part.data)), shared_vocabulary())
        return list(comparing.changes())


@command("registry.confirm_import")
def confirm_import(by: Actor, *, batch: int, verified: bool = False) -> Batch:
    """Confirm a preview; the job `apply_batch` then applies it.

    `verified` says that who confirms has verified the content: every value of the file carries that.

    Raises:
        NotFound: the batch is outside the actor's scope.
        Refused: `registry.role`, `.state`, `.outside`; `.same_person`: it changes flags or bars that are known, and
            who opened it confirms.
    """
    require(by, "registry.confirm_import")
    found = _locked(by, batch)
    if found.counts.get("sanctions_changed") and found.opened_by_id == by.person:
        raise Refused("registry.same_person", Both(
            "该批次改动已登记的失信或禁申报，须由导入人以外的人确认",
            "the batch changes flags or bars that are recorded: somebody else must confirm it",
        ))  # fmt: skip
    _move(found, State.CONFIRMED)
    if by.role == Role.DISTRICT_OFFICER and by.district and not found.district:
        raise Refused(
            "registry.outside", Both("市级批次由市级确认", "a city's batch is confirmed by the city")
        )
    found.provenance = Provenance.objects.create(
        kind=found.kind,
        source=found.source,
        stated_on=found.stated_on,
        evidence=found.evidence,
        batch=found,
        recorded_by_id=by.person,
        verified_by_id=by.person if verified else None,
    )
    found.confirmed_by_id, found.confirmed_at, found.verified = by.person, timezone.now(), verified
    found.save(update_fields=["state", "provenance", "confirmed_by", "confirmed_at", "verified"])
    after = {"counts": found.counts, "verified": verified}
    record(by, "registry.confirm_import", on=found, before=None, after=after)
    apply_batch.enqueue(batch=found.pk, lock="registry.import")
    return found


@command("registry.abandon_import")
def abandon_import(by: Actor, *, batch: int, why: str = "") -> Batch:
    """Give up a batch that is not being applied; what it held is deleted, that it was there stays known.

    Raises:
        NotFound: the batch is outside the actor's scope.
        Refused: `registry.role`, `.state`.
    """
    require(by, "registry.abandon_import")
    found = _locked(by, batch)
    before = {"state": found.state}
    _move(found, State.ABANDONED)
    found.save(update_fields=["state"])
    found.chunks.filter(applied_at=None).delete()
    found.refusals.all().delete()
    record(by, "registry.abandon_import", on=found, before=before, after={"state": found.state}, why=why)
    return found


def _locked(by: Actor, batch: int) -> Batch:
    find(Batch, by, pk=batch)
    return Batch.objects.select_for_update(no_key=True).get(pk=batch)


def _move(batch: Batch, to: Batch.State) -> None:
    if to not in MOVES.get(State(batch.state), frozenset()):
        raise Refused("registry.state", Both(
            f"批次状态为「{State(batch.state).label}」，不能变为「{to.label}」",
            f"the batch is {batch.state}: it cannot become {to.value}",
        ))  # fmt: skip
    batch.state = to
