"""Takes a batch through its steps: read, previewed, applied. Each step can be killed and run again.

Chunks are the steps' units: one transaction each, noted in the same transaction, so that a chunk that is done is
not done again and one that was not done leaves nothing. What is applied is what was shown: a chunk whose changes
have another digest than in the preview stops the batch, to be previewed again.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from pathlib import Path
from typing import Final

from django.db import connection, transaction
from django.utils import timezone

from duixian.language.vocabulary import shared_vocabulary
from duixian.register.problems import InputProblem
from duixian.server.audit.services import record
from duixian.server.common.acting import Actor
from duixian.server.registry.importing.chunks import pack, unpack
from duixian.server.registry.importing.comparing import compare, load
from duixian.server.registry.importing.identities import sealed
from duixian.server.registry.importing.reading import Part, parts
from duixian.server.registry.importing.telling import TOLD, refusals
from duixian.server.registry.models import Batch, Chunk, RefusedRow

State = Batch.State
_BY: Final = Actor.system("import")

_APPLICANTS: Final = """
    WITH fresh AS (
        UPDATE incoming_entry SET applicant =
            nextval((SELECT pg_get_serial_sequence('registry_applicant', 'id')))
        WHERE applicant IS NULL AND refused IS NULL RETURNING row, applicant)
    INSERT INTO registry_applicant (id, kind, name, division, created_at)
    SELECT f.applicant, coalesce(r.payload ->> 'kind', ''), coalesce(r.payload ->> 'name', ''),
           coalesce(r.payload ->> 'division', ''), statement_timestamp()
    FROM fresh f JOIN incoming_record r ON r.row = f.row AND r.type = 'applicant'
    ORDER BY f.applicant
"""
_IDENTIFIERS: Final = """
    INSERT INTO registry_identifier (applicant_id, scheme, issuer, lookup, shown, sealed)
    SELECT applicant, 'uscc', '', uscc, uscc, NULL FROM incoming_entry
    WHERE refused IS NULL AND uscc IS NOT NULL AND by_code IS NULL
    UNION ALL
    SELECT applicant, scheme, issuer, lookup, own, decode(sealed, 'base64') FROM incoming_entry
    WHERE refused IS NULL AND NOT linked
    ORDER BY 1
"""
_VERSIONS: Final = """
    INSERT INTO registry_recordversion
        (applicant_id, type, key, number, payload, stated, valid_from, valid_until, withdrawn, provenance_id)
    SELECT c.applicant, c.type, c.key, c.number, c.payload,
           CASE WHEN c.before IS NOT NULL THEN (
               SELECT jsonb_agg(g.key ORDER BY g.key) FROM jsonb_each(c.given) g
               WHERE NOT c.before ? g.key OR c.before -> g.key <> g.value) END,
           c.valid_from, c.valid_until, false, %(provenance)s
    FROM incoming_change c
    ORDER BY c.applicant, c.type, c.key
"""


def read_batch(batch_id: int, path: Path, *, include_hidden: bool = False) -> Batch:
    """Read a file into the batch's chunks; run again after it was killed, it begins anew."""
    batch = Batch.objects.get(pk=batch_id)
    if batch.state == State.OPEN:
        name = batch.file or path.name
        found = parts(path, shared_vocabulary(), batch.kind, name=name, include_hidden=include_hidden)
        keep(batch, found)
    return batch


def keep(batch: Batch, found: Iterable[Part]) -> None:
    """Keep what was read as chunks of the batch, each in a transaction of its own."""
    with transaction.atomic():
        batch.chunks.all().delete()
        batch.refusals.all().delete()
    number, whole = 0, False
    for table, problems in sealed(found, batch.file):
        with transaction.atomic():
            if table is not None and len(table):
                number += 1
                Chunk.objects.create(batch=batch, number=number, data=pack(table), applicants=len(table))
            RefusedRow.objects.bulk_create([_refused(batch, problem) for problem in problems], 1_000)
        whole = whole or any(problem.whole for problem in problems)
    with transaction.atomic():
        batch.state = State.UNUSABLE if whole or not number else State.READ
        if batch.state == State.UNUSABLE:
            batch.chunks.all().delete()
        batch.save(update_fields=["state"])


def preview_batch(batch_id: int) -> Batch:
    """Compare every chunk with the registry and keep the counts; also anew, when a preview is out of date."""
    for number in list(_pending(batch_id)):
        with transaction.atomic():
            batch = Batch.objects.get(pk=batch_id)
            if batch.state not in {State.READ, State.PREVIEWED, State.STALE}:
                return batch
            chunk = Chunk.objects.select_for_update(no_key=True).get(batch=batch, number=number)
            if chunk.data is None:
                continue
            load(batch, unpack(bytes(chunk.data)), shared_vocabulary())
            found = compare()
            chunk.counts, chunk.digest = found.counts, found.digest
            chunk.save(update_fields=["counts", "digest"])
            batch.refusals.filter(chunk=number, code__in=TOLD).delete()
            RefusedRow.objects.bulk_create(refusals(batch, number), 1_000)
    with transaction.atomic():
        batch = Batch.objects.select_for_update(no_key=True).get(pk=batch_id)
        if batch.state in {State.READ, State.STALE}:
            batch.state = State.PREVIEWED
        batch.counts = _sum(batch)
        batch.save(update_fields=["state", "counts"])
    return batch


def apply_batch(batch_id: int) -> Batch:
    """Apply what of a confirmed batch is not applied yet; killed at any moment and run again, nothing is doubled."""
    for number in list(_pending(batch_id)):
        if not _apply(batch_id, number):
            break
    with transaction.atomic():
        batch = Batch.objects.select_for_update(no_key=True).get(pk=batch_id)
        if batch.state == State.CONFIRMED and not _pending(batch_id):
            batch.state, batch.counts = State.APPLIED, _sum(batch)
            batch.save(update_fields=["state", "counts"])
            record(_BY, "registry.import", on=batch, before=None, after={"counts": batch.counts})
    return batch


def progress(batch: Batch) -> tuple[int, int]:
    """How many applicants of a batch are applied, of how many."""
    done = whole = 0
    for applicants, applied_at in batch.chunks.values_list("applicants", "applied_at"):
        whole += applicants
        done += applicants if applied_at else 0
    return done, whole


def _apply(batch_id: int, number: int) -> bool:
    """Apply one chunk in one transaction; False if the batch must not go on."""
    with transaction.atomic():
        with (
            connection.cursor() as cursor
        ):  # imports apply one after the other, so that two cannot meet midway
            cursor.execute("SELECT pg_advisory_xact_lock(hashtext('registry.import'))")
        batch = Batch.objects.get(pk=batch_id)
        chunk = Chunk.objects.select_for_update(no_key=True).get(batch=batch, number=number)
        if batch.state != State.CONFIRMED:
            return False
        if chunk.applied_at is not None or chunk.data is None:
            return True
        load(batch, unpack(bytes(chunk.data)), shared_vocabulary(), lock=True)
        found = compare()
        if found.digest != chunk.digest:
            batch.state = State.STALE
            batch.save(update_fields=["state"])
            record(_BY, "registry.import_stale", on=batch, before=None, after={"chunk": number})
            return False
        with connection.cursor() as cursor:
            cursor.execute(_APPLICANTS)
            cursor.execute(_IDENTIFIERS)
            cursor.execute(_VERSIONS, {"provenance": batch.provenance_id})
        chunk.applied_at, chunk.data = timezone.now(), None
        chunk.save(update_fields=["applied_at", "data"])
        after = {"chunk": number, "counts": found.counts, "digest": found.digest}
        record(_BY, "registry.import_chunk", on=batch, before=None, after=after)
    return True


def _pending(batch_id: int) -> list[int]:
    chunks = Chunk.objects.filter(batch=batch_id, applied_at=None).order_by("number")
    return list(chunks.values_list("number", flat=True))


def _sum(batch: Batch) -> dict[str, int]:
    total: Counter[str] = Counter()
    for counts in batch.chunks.values_list("counts", flat=True):
        total.update(counts)
    total["refused_in_file"] = batch.refusals.exclude(code__in=TOLD).count()
    return dict(total)


def _refused(batch: Batch, problem: InputProblem) -> RefusedRow:
    return RefusedRow(
        batch=batch,
        place=str(problem.place)[:300],
        code=problem.code,
        what_zh=problem.what.zh,
        what_en=problem.what.en,
        remedy_zh=problem.remedy.zh,
        remedy_en=problem.remedy.en,
        subject=problem.applicant,
        whole=problem.whole,
    )
