"""An applicant as the engine takes it, put together from the versions that count and the entries merged into it."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from django.db import connection

from duixian.language.vocabulary import Vocabulary, shared_vocabulary
from duixian.register.applicant import Applicant as Form
from duixian.server.registry.models import RecordVersion
from duixian.server.registry.models.records import OWN
from duixian.server.registry.naturals import natural
from duixian.server.registry.versions import Slot, When, counting
from duixian.server.registry.wire import COMPLETE, Payload, complete_types, to_facts

Span = tuple[dt.date | None, dt.date | None]
"""The first and the last day for which something is true; None where there is no bound."""


@dataclass(slots=True)
class Held:
    """A record as it counts: its content, the entry that it stands in, and since when it has been known.

    A withdrawn one is here only while entries are put together: what was withdrawn after a merger stays away.
    `filled` names of an applicant's own facts those that come from an entry merged into it.
    """

    payload: Payload
    origin: int
    known_at: dt.datetime
    valid: Span = (None, None)
    withdrawn: bool = False
    filled: dict[str, int] = field(default_factory=dict)


Entry = dict[Slot, Held]
"""All that counts of one applicant."""


@dataclass(frozen=True, slots=True)
class Link:
    """A merger that is in force."""

    kept: int
    absorbed: int
    choices: Mapping[str, str]
    at: dt.datetime


def entries(applicants: Sequence[int], when: When, only: Slot | None = None) -> dict[int, Entry]:
    """What counts of each of these applicants, with the entries merged into it; two queries, however many.

    With `only` that one record, of whichever entry it is.
    """
    links = mergers(applicants, when)
    ids = {*applicants, *(link.absorbed for link in links)}
    rows = counting(sorted(ids), when)
    if only is not None and not links:
        rows = rows.filter(type=only[0], key=only[1])
    names = ("applicant", "type", "key", "payload", "known_at", "valid_from", "valid_until")
    alone: dict[int, Entry] = {each: {} for each in ids}
    for applicant, kind, key, payload, known_at, *valid in rows.values_list(*names).iterator(
        chunk_size=10_000
    ):
        alone[applicant][kind, key] = _held(payload, applicant, known_at, (valid[0], valid[1]))
    return united(applicants, alone, links)


def entry_of(applicant: int, chosen: Mapping[int, Mapping[Slot, RecordVersion]], links: list[Link]) -> Entry:
    """The same for one applicant, from versions that are in hand, by the entry that they belong to."""
    ids = {applicant, *(link.absorbed for link in links)}
    alone = {
        each: {
            slot: _held(version.payload, each, version.known_at, (version.valid_from, version.valid_until))
            for slot, version in chosen.get(each, {}).items()
        }
        for each in ids
    }
    return united([applicant], alone, links)[applicant]


def _held(payload: Payload | None, origin: int, known_at: dt.datetime, valid: Span) -> Held:
    return Held(payload or {}, origin, known_at, valid, payload is None)


def mergers(applicants: Sequence[int], when: When) -> list[Link]:
    """The mergers into these applicants, and into those merged into them, in force at the moment."""
    with connection.cursor() as cursor:
        cursor.execute(
            """
            WITH RECURSIVE force AS (
                SELECT * FROM registry_merger
                WHERE CASE WHEN %(known)s::timestamptz IS NULL THEN undone_at IS NULL
                           ELSE at <= %(known)s AND (undone_at IS NULL OR undone_at > %(known)s) END
            ), tree AS (
                SELECT kept_id, absorbed_id, choices::text, at FROM force WHERE kept_id = ANY(%(ids)s)
                UNION
                SELECT f.kept_id, f.absorbed_id, f.choices::text, f.at
                FROM force f JOIN tree t ON f.kept_id = t.absorbed_id
            )
            SELECT kept_id, absorbed_id, choices::jsonb, at FROM tree ORDER BY at, absorbed_id
            """,
            {"known": when.known, "ids": list(applicants)},
        )
        return [Link(kept, absorbed, _json(choices), at) for kept, absorbed, choices, at in cursor.fetchall()]


def united(applicants: Sequence[int], alone: Mapping[int, Entry], links: Iterable[Link]) -> dict[int, Entry]:
    """Each applicant's entry with those merged into it."""
    into: dict[int, list[Link]] = defaultdict(list)
    for link in links:
        into[link.kept].append(link)

    def whole(applicant: int) -> Entry:
        found = dict(alone.get(applicant, {}))
        for link in into[applicant]:
            found = joined(found, whole(link.absorbed), link)
        return found

    return {
        applicant: {slot: held for slot, held in whole(applicant).items() if not held.withdrawn}
        for applicant in applicants
    }


def joined(kept: Entry, absorbed: Entry, link: Link) -> Entry:
    """Two entries as one.

    Own facts of the kept entry count, those that it does not know come from the other. Of two records with one id,
    or of which there is one by nature, the choice of the merger decides, but what was learnt of the kept entry since
    counts always. A list is whole if one entry calls it whole and has every record of the two.
    """
    found, twins = dict(kept), _twins(kept, absorbed)
    renamed: dict[Slot, str] = {}
    for slot, held in absorbed.items():
        if slot[0] == OWN or held.withdrawn:
            continue
        twin = twins.get(slot, slot)
        mine, choice = kept.get(twin), link.choices.get("/".join(slot), "kept")
        if mine is None:
            found[slot] = held
        elif choice == "both":
            renamed[slot] = f"{slot[1]}@R{link.absorbed:010d}"
        elif (choice == "absorbed" or mine.withdrawn) and mine.known_at <= link.at:
            del found[twin]
            found[slot] = held
    if renamed:
        _put_beside(found, kept, absorbed, renamed, link)
    _join_own(found, kept, absorbed)
    return found


def _put_beside(found: Entry, kept: Entry, absorbed: Entry, renamed: dict[Slot, str], link: Link) -> None:
    """Records that share an id with another: under ids of their own, to which references follow.

    What refers to such a record is no twin either, even if the two look alike.
    """
    more = True
    while more:
        more = False
        for slot, held in absorbed.items():
            free = slot in kept and slot not in renamed and "/".join(slot) not in link.choices
            if free and _following(slot[0], held.payload, renamed) != held.payload:
                renamed[slot] = f"{slot[1]}@R{link.absorbed:010d}"
                more = True
    for slot, key in renamed.items():
        if (slot[0], key) not in kept:
            found[slot[0], key] = absorbed[slot]
    theirs = {id(held) for held in absorbed.values()}
    for slot, held in found.items():
        if id(held) in theirs and slot[0] != OWN:
            found[slot] = replace(held, payload=_following(slot[0], held.payload, renamed))


def _twins(kept: Entry, absorbed: Entry) -> dict[Slot, Slot]:
    """For records of the absorbed entry of which there is one by nature: the same one of the entry that is kept."""
    mine = {natural(slot[0], held.payload): slot for slot, held in kept.items() if not held.withdrawn}
    mine.pop(None, None)
    found = {slot: mine.get(natural(slot[0], held.payload)) for slot, held in absorbed.items()}
    return {slot: twin for slot, twin in found.items() if twin is not None}


def _join_own(found: Entry, kept: Entry, absorbed: Entry) -> None:
    slot = (OWN, "")
    mine, other = kept.get(slot), absorbed.get(slot)
    if other is None or other.withdrawn:
        return
    mine = mine or Held({}, other.origin, other.known_at)
    facts = {name: cell for name, cell in mine.payload.items() if not name.startswith(COMPLETE)}
    filled = dict(mine.filled)
    for name, cell in other.payload.items():
        if not name.startswith(COMPLETE) and name not in facts:
            facts[name] = cell
            filled[name] = other.filled.get(name, other.origin)
    twins = _twins(kept, absorbed)
    for name in {*mine.payload, *other.payload}:
        if name.startswith(COMPLETE):
            kind = name.removeprefix(COMPLETE)
            keys, others = (
                {
                    twins.get(slot, slot)
                    for slot, held in each.items()
                    if slot[0] == kind and not held.withdrawn
                }
                for each in (kept, absorbed)
            )
            if (mine.payload.get(name) and others <= keys) or (other.payload.get(name) and keys <= others):
                facts[name] = True
    found[slot] = Held(facts, mine.origin, mine.known_at, mine.valid, False, filled)


def _following(kind: str, payload: Payload, renamed: Mapping[Slot, str]) -> Payload:
    """The payload with its references to records that go by another key now."""
    if kind not in shared_vocabulary().records:
        return payload
    fields = shared_vocabulary().entities[kind].fields
    return {
        name: renamed.get((fields[name].type.of, cell), cell)
        if name in fields and fields[name].type.kind == "record" and isinstance(cell, str)
        else cell
        for name, cell in payload.items()
    }


def to_form(entry: Entry, id: str, vocabulary: Vocabulary) -> Form:
    """The applicant as the engine takes it, under the id given; records in the order of their keys."""
    own = entry.get((OWN, ""))
    facts = to_facts(vocabulary.entities[OWN], own.payload) if own else {}
    records: dict[str, list[dict[str, Any]]] = defaultdict(list)
    for kind, key in sorted(entry):
        if kind in vocabulary.records:
            cells = to_facts(vocabulary.entities[kind], entry[kind, key].payload)
            records[kind].append({"id": key, **cells})
    complete = complete_types(own.payload, vocabulary) if own else frozenset()
    return Form(id, facts, {kind: tuple(items) for kind, items in records.items()}, complete)


def _json(found: Any) -> Any:
    import json

    return json.loads(found) if isinstance(found, str) else found
