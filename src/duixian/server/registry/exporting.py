"""The registry in the engine's form: a Parquet register that the lab reads, written chunk by chunk."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

import msgspec

from duixian.calendar.days import Both
from duixian.language.vocabulary import shared_vocabulary
from duixian.register.applicant import Applicant as Form
from duixian.register.columns import to_arrow
from duixian.register.schema import register_schema
from duixian.server.audit.commands import command
from duixian.server.audit.services import record
from duixian.server.common.acting import Actor
from duixian.server.common.refusals import Refused
from duixian.server.common.scopes import scoped
from duixian.server.registry.forms import entries, to_form
from duixian.server.registry.models import Applicant, Identifier
from duixian.server.registry.rights import require
from duixian.server.registry.versions import When

ROWS = 5_000
"""Applicants in a row group."""
_PERSONAL = frozenset({"person", "team"})


def forms(
    by: Actor, *, when: When | None = None, source: str = "", personal: bool = False
) -> Iterator[list[Form]]:
    """Every applicant within the actor's scope as the engine takes it, some thousand at a time, by number.

    `source` gives them that sender's own ids where it has any; otherwise each has the registry's number. Names of
    persons and teams are left out (unknown) unless `personal`. Entries merged into another and erased ones are not
    among them.
    """
    when = when or When.now()
    rows = scoped(Applicant, by).filter(merged_into=None, erased_at=None).order_by("id")
    last = 0
    while ids := list(rows.filter(id__gt=last).values_list("id", flat=True)[:ROWS]):
        last = ids[-1]
        yield list(_some(ids, when, source, personal))


@command("registry.export")
def export(
    by: Actor, *, path: Path, when: When | None = None, source: str = "", personal: bool = False
) -> int:
    """Write the applicants within the actor's scope to a Parquet register; returns how many. Memory stays bounded.

    Raises:
        Refused: `registry.role`; `registry.no_file`, the path is there and is no ordinary file (such as a device,
            which would be replaced).
        OSError: the file cannot be written; what was there before stays.
    """
    import pyarrow.parquet as pq

    require(by, "registry.export")
    if path.exists() and not path.is_file():
        raise Refused(
            "registry.no_file",
            Both(f"{path}不是普通文件；请另选文件名", f"{path} is no ordinary file; choose another name"),
        )
    vocabulary, count = shared_vocabulary(), 0
    part = path.with_name(path.name + ".part")
    try:
        with pq.ParquetWriter(part, register_schema(vocabulary), compression="zstd") as writer:
            part.chmod(0o600)
            for some in forms(by, when=when, source=source, personal=personal):
                writer.write_table(to_arrow(some, vocabulary), row_group_size=ROWS)
                count += len(some)
        part.replace(path)
    finally:  # a part of a register is nobody's, and may name persons
        part.unlink(missing_ok=True)
    record(by, "registry.export", on=None, before=None, after={"applicants": count, "personal": personal})
    return count


def _some(ids: Sequence[int], when: When, source: str, personal: bool) -> Iterator[Form]:
    vocabulary = shared_vocabulary()
    own: dict[int, str] = {}
    if source:
        known = Identifier.objects.filter(scheme="own", issuer=source, applicant__in=ids).order_by("-id")
        own = dict(known.values_list("applicant", "lookup"))
    for applicant, entry in entries(ids, when).items():
        form = to_form(entry, own.get(applicant, f"R{applicant:010d}"), vocabulary)
        if not personal and form.facts.get("kind") in _PERSONAL and "name" in form.facts:
            facts = {name: value for name, value in form.facts.items() if name != "name"}
            form = msgspec.structs.replace(form, facts=facts)
        yield form
