"""Reads the registry: search, everything of one applicant, what was known when, bars, succession, retention."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from dataclasses import dataclass
from typing import Any

from django.db.models import Q
from django.utils import timezone

from duixian.language.vocabulary import shared_vocabulary
from duixian.register.amounts import ValueProblem
from duixian.register.applicant import Applicant as Form
from duixian.register.identity import check_uscc
from duixian.server.common.acting import Actor
from duixian.server.common.refusals import NotFound
from duixian.server.common.scopes import find, scoped
from duixian.server.registry import models
from duixian.server.registry.divisions import prefix
from duixian.server.registry.forms import Entry, Link, entry_of, mergers, to_form
from duixian.server.registry.models import Applicant, Identifier, RecordVersion
from duixian.server.registry.models.records import OWN, SANCTION
from duixian.server.registry.services.applicants import issuer_of, number_forms
from duixian.server.registry.services.retention import due_on
from duixian.server.registry.versions import FieldSource, Slot, When, choose, history


@dataclass(frozen=True)
class Dossier:
    """All that the registry has of one applicant and of the entries merged into it."""

    applicant: Applicant
    entry: Entry
    links: list[Link]
    versions: dict[int, list[RecordVersion]]
    identifiers: list[Identifier]
    payee_accounts: list[models.PayeeAccount]
    representatives: list[models.Representative]
    successions: list[models.SuccessionParty]
    consortia: list[models.ConsortiumMember]

    def form(self, id: str = "") -> Form:
        """The applicant as the engine takes it."""
        return to_form(self.entry, id or self.applicant.number, shared_vocabulary())

    def sources(self, slot: Slot, when: When) -> dict[str, FieldSource]:
        """Of each value of a record: who stated it, and when it was learnt."""
        held, found = self.entry.get(slot), dict[str, FieldSource]()
        if held is None:
            return found
        others = [link.absorbed for link in self.links]
        for origin in (*others, self.applicant.pk, held.origin):
            versions = [v for v in self.versions.get(origin, ()) if (v.type, v.key) == slot]
            counts = choose(versions, when).get(slot)
            if counts is not None:
                found |= history(versions, counts, when)
        return {name: source for name, source in found.items() if name in held.payload}

    @property
    def names(self) -> list[str]:
        """Every name that it ever had, the newest first."""
        own = [v for each in self.versions.values() for v in each if v.type == OWN and v.payload]
        own.sort(key=lambda version: version.id, reverse=True)
        return list(dict.fromkeys(v.payload["name"] for v in own if v.payload and v.payload.get("name")))


def dossier(by: Actor, *, applicant: int, when: When | None = None) -> Dossier:
    """Everything of one applicant in at most ten queries, whatever it has.

    Raises:
        NotFound: it is outside the actor's scope.
    """
    row = find(Applicant, by, pk=applicant)
    when = when or When.now()
    links = mergers([row.pk], when)
    ids = [row.pk, *(link.absorbed for link in links)]
    versions: dict[int, list[RecordVersion]] = defaultdict(list)
    for version in (
        RecordVersion.objects.filter(applicant__in=ids)
        .select_related("provenance")
        .order_by("applicant", "type", "key", "number")
    ):
        versions[version.applicant_id].append(version)
    chosen = {each: choose(found, when) for each, found in versions.items()}
    of: dict[str, Any] = {"applicant__in": ids}
    return Dossier(
        row,
        entry_of(row.pk, chosen, links),
        links,
        versions,
        list(Identifier.objects.filter(**of).order_by("applicant", "scheme", "id")),
        list(models.PayeeAccount.objects.filter(**of).order_by("applicant", "-id")),
        list(models.Representative.objects.filter(**of).select_related("person").order_by("-since")),
        list(
            models.SuccessionParty.objects.filter(**of)
            .select_related("succession")
            .order_by("succession__on", "id")
        ),
        list(models.ConsortiumMember.objects.filter(**of).select_related("consortium").order_by("id")),
    )


def known(by: Actor, *, applicant: int, at: dt.datetime | None = None, day: dt.date | None = None) -> Form:
    """The applicant as it was known at a moment (None: now), of what was true on a day.

    Raises:
        NotFound: it is outside the actor's scope.
    """
    when = When.at(at, day)
    return dossier(by, applicant=applicant, when=when).form()


def by_number(by: Actor, *, scheme: Identifier.Scheme, number: str, issuer: str = "") -> Applicant:
    """The applicant with a number; of one that was merged, the entry that was kept.

    Raises:
        NotFound: nobody within the actor's scope has it.
        Refused: `registry.number`, `.issuer`: the number, or who issued it, cannot be right.
    """
    found, _, _ = number_forms(scheme, number)
    known = Identifier.objects.filter(scheme=scheme, issuer=issuer_of(scheme, issuer), lookup=found).first()
    if known is None:
        raise NotFound
    return find(Applicant, by, pk=root(known.applicant_id))


def root(applicant: int) -> int:
    """The entry under which an applicant is kept now."""
    while True:
        into = Applicant.objects.values_list("merged_into", flat=True).get(pk=applicant)
        if into is None:
            return applicant
        applicant = into


def search(by: Actor, *, text: str, limit: int = 50) -> list[Applicant]:
    """Applicants by credit code, by a part of their name, or by a name that they once had (from its beginning)."""
    text = text.strip()
    if not text:
        return []
    rows = scoped(Applicant, by).filter(erased_at=None)
    try:
        return list(rows.filter(identifiers__scheme="uscc", identifiers__lookup=check_uscc(text))[:limit])
    except ValueProblem:
        pass
    named, once = Q(), RecordVersion.objects.none()
    for spelt in {text, text.translate(_WIDE)}:  # brackets are typed narrow and stand wide in licences
        named |= Q(name__contains=spelt)
        once |= RecordVersion.objects.extra(  # the index `registry_names` is on this very expression
            where=["(payload ->> 'name') LIKE %s"], params=[_escaped(spelt) + "%"]
        ).filter(type=OWN)
    found = rows.filter(named | Q(pk__in=once.values("applicant")))
    return list(found.distinct().order_by("name", "id")[:limit])


def bars(by: Actor, *, applicant: int, day: dt.date | None = None) -> list[dict[str, Any]]:
    """The flags and bars that stand on a day (today), each with its key, kind, start and end.

    Raises:
        NotFound: it is outside the actor's scope.
    """
    on = (day or timezone.localdate()).isoformat()
    entry = dossier(by, applicant=applicant).entry
    found = [{"key": key, **held.payload} for (kind, key), held in sorted(entry.items()) if kind == SANCTION]
    return [
        bar for bar in found if bar.get("starts", "") <= on and (not bar.get("ends") or on <= bar["ends"])
    ]


def succession(by: Actor, *, applicant: int) -> tuple[list[int], list[int]]:
    """Who came before an applicant and who after it, over all successions, each list without itself.

    Raises:
        NotFound: it is outside the actor's scope.
    """
    row = find(Applicant, by, pk=applicant)
    links = list(
        models.SuccessionParty.objects.filter(succession__kind__in=["merged", "split"]).values_list(
            "succession", "applicant", "side"
        )
    )

    def follow(start: str, end: str) -> list[int]:
        found, todo = {row.pk}, [row.pk]
        while todo:
            here = todo.pop()
            events = {event for event, who, side in links if who == here and side == start}
            for event, who, side in links:
                if event in events and side == end and who not in found:
                    found.add(who)
                    todo.append(who)
        return sorted(found - {row.pk})

    return follow("after", "before"), follow("before", "after")


def division_name(code: str, year: int | None = None) -> str:
    """What a division was called in a year (now); blank if the table does not have it."""
    year = year or timezone.localdate().year
    place = (
        models.Division.objects.filter(code=code)
        .filter(Q(since=None) | Q(since__lte=year), Q(until=None) | Q(until__gte=year))
        .order_by("-since")
        .first()
    )
    return place.name if place else ""


def divisions_below(code: str, year: int | None = None) -> list[models.Division]:
    """The divisions of a city or province in a year (now), itself not among them."""
    year = year or timezone.localdate().year
    within = models.Division.objects.filter(code__startswith=prefix(code)).exclude(code=code)
    return list(within.filter(Q(since=None) | Q(since__lte=year), Q(until=None) | Q(until__gt=year)))


def due_for_erasure(by: Actor, *, on: dt.date | None = None) -> list[Applicant]:
    """The persons and teams within the actor's scope whose retention period is over on a day (today)."""
    day = on or timezone.localdate()
    kinds = models.RetentionPeriod.objects.values("kind")
    rows = scoped(Applicant, by).filter(kind__in=kinds, erased_at=None)
    return [row for row in rows if (due := due_on(row)) is not None and due <= day]


_WIDE = str.maketrans("()", "（）")


def _escaped(text: str) -> str:
    return text.replace("\\", "\\\\").replace("%", r"\%").replace("_", r"\_")
