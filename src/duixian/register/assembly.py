"""Puts an applicant together from what a reader found, and checks what only the whole can show."""

from __future__ import annotations

from dataclasses import dataclass, field

from duixian.calendar.days import Both
from duixian.language.vocabulary import Entity, Vocabulary
from duixian.register.applicant import Applicant, Value
from duixian.register.names import Names
from duixian.register.problems import Place, Problems, shown


@dataclass(slots=True)
class Record:
    """A record as it was read: where it stands, its facts, and where each of them stands."""

    id: str
    place: Place
    facts: dict[str, Value] = field(default_factory=dict)
    places: dict[str, Place] = field(default_factory=dict)


@dataclass(slots=True)
class Draft:
    """An applicant as it was read; `own` holds its facts."""

    own: Record
    records: dict[str, dict[str, Record]] = field(default_factory=dict)
    complete: set[str] = field(default_factory=set)

    @property
    def id(self) -> str:
        """The applicant's id."""
        return self.own.id

    def add(self, entity: Entity, record: Record, problems: Problems) -> None:
        """Add a record; one of the same type with the same id is a problem."""
        known = self.records.setdefault(entity.name, {})
        first = known.setdefault(record.id, record)
        if first is not record:
            what = Both(
                f"「{entity.label.zh}」编号「{shown(record.id)}」重复，首次见于 {first.place}",
                f"`{entity.name}`: the id '{shown(record.id)}' stands twice, first at {first.place}",
            )
            remedy = Both("每条记录的编号须不同", "give each record an id of its own")
            problems.add(
                "duplicate-id", record.place, what, remedy, applicant=self.id, record_type=entity.name
            )

    def finish(self, vocabulary: Vocabulary, problems: Problems) -> Applicant:
        """The applicant; required facts that are not there and references to nothing are problems."""
        self._check(vocabulary.entities["applicant"], self.own, problems)
        for name, records in self.records.items():
            for record in records.values():
                self._check(vocabulary.entities[name], record, problems)
        return Applicant(
            self.id,
            self.own.facts,
            {
                name: tuple({"id": record.id, **record.facts} for record in records.values())
                for name, records in self.records.items()
                if records
            },
            frozenset(self.complete),
        )

    def _check(self, entity: Entity, record: Record, problems: Problems) -> None:
        for name, known in entity.fields.items():
            if known.required and name not in record.facts and name not in record.places:
                what = Both(
                    f"{entity.label.zh}「{shown(record.id)}」未填「{known.label.zh}」",
                    f"{entity.label.en} '{shown(record.id)}' has no `{name}`",
                )
                remedy = Both(
                    "没有它，这条记录没有意义：请补填", "without it the record means nothing: fill it in"
                )
                problems.add(
                    "required", record.place, what, remedy, applicant=self.id, record_type=entity.name
                )
            elif known.type.kind == "record" and isinstance(record.facts.get(name), str):
                self._refer(entity, record, name, problems)

    def _refer(self, entity: Entity, record: Record, name: str, problems: Problems) -> None:
        known = entity.fields[name]
        wanted = str(record.facts[name])
        there = self.records.get(known.type.of, {})
        if wanted in there:
            return
        what = Both(
            f"「{known.label.zh}」所指的编号「{shown(wanted)}」不在该申报主体的记录中",
            f"`{name}`: the applicant has no {known.type.of} with the id '{shown(wanted)}'",
        )
        near = Names({key: (key, key) for key in there}).nearest(wanted)
        remedy = near if near.zh else Both("请先填写该记录", "add that record first")
        place = record.places.get(name, record.place)
        problems.add("no-such-record", place, what, remedy, applicant=self.id, record_type=entity.name)
