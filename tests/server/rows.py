"""One row of every model, on a side: a fund, a district, an applicant and people of its own.

A new model needs one function here; the matrix of scopes (test_scopes) fails until it stands.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, timedelta
from hashlib import sha256
from typing import Any
from uuid import uuid4

from django.db.models import Model
from django.utils import timezone
from tests.server.ledger.books import Books

from duixian.server.accounts.models import Attempt, Holding, Mandate, Opening, Organisation, Person
from duixian.server.accounts.roles import Role
from duixian.server.audit.models import Event, Link, Waiting
from duixian.server.clocks.models import Clock, Stop, WorkingYear
from duixian.server.files.models import Content, Upload
from duixian.server.funds.models import Fund
from duixian.server.jobs.models import Finished
from duixian.server.ledger import models as ledger
from duixian.server.registry import models as registry

Factory = Callable[["Side"], Model]
FACTORIES: dict[type[Model], Factory] = {}


@dataclass
class Side:
    """Where rows stand: everything that a scope may ask about them."""

    name: str
    fund: str
    district: str
    uscc: str
    made: dict[type[Model], Any] = field(default_factory=dict)

    def __getitem__(self, model: type[Model]) -> Any:
        """The row of a model on this side, made when it is first asked for."""
        if model not in self.made:
            self.made[model] = FACTORIES[model](self)
        return self.made[model]

    @property
    def books(self) -> Books:
        """The fund's books, which the sides of one fund share."""
        found: Books = _books.setdefault(self.fund, None) or Books(self.fund)
        _books[self.fund] = found
        return found


_books: dict[str, Any] = {}


def forget() -> None:
    """Forgets the books of a test that is over."""
    _books.clear()


def row(model: type[Model]) -> Callable[[Factory], Factory]:
    """Declares the factory of a model."""

    def declare(factory: Factory) -> Factory:
        FACTORIES[model] = factory
        return factory

    return declare


def _today() -> date:
    return date(2026, 3, 2)


def _other_person(side: Side) -> Person:
    return Person.objects.get_or_create(
        sign_in=f"clerk.{side.name}", defaults={"name": "经办", "password": "!"}
    )[0]


@row(Fund)
def _fund(side: Side) -> Model:
    return Fund.objects.get_or_create(code=side.fund, defaults={"name": side.fund, "policy": "p"})[0]


@row(Organisation)
def _organisation(side: Side) -> Model:
    return Organisation.objects.create(
        kind="applicant", name=side.name, uscc=side.uscc, district=side.district
    )


@row(Person)
def _person(side: Side) -> Model:
    return Person.objects.create(
        sign_in=f"agent.{side.name}",
        name="经办人",
        password="!",  # noqa: S106 - no password
        organisation=side[Organisation],
    )


@row(Mandate)
def _mandate(side: Side) -> Model:
    return Mandate.objects.create(
        person=side[Person], organisation=side[Organisation], reference="授权书", since=_today(),
        until=date(2027, 3, 1), recorded_by=_other_person(side),
    )  # fmt: skip


@row(Holding)
def _holding(side: Side) -> Model:
    return Holding.objects.create(
        person=side[Person], role=Role.AGENT, organisation=side[Organisation], mandate=side[Mandate],
        since=_today(), until=date(2027, 3, 1), proposed_by=_other_person(side),
    )  # fmt: skip


@row(Opening)
def _opening(side: Side) -> Model:
    holding = Holding.objects.create(
        person=_other_person(side), role=Role.BREAK_GLASS, since=_today(), until=date(2027, 3, 1),
        proposed_by=side[Person],
    )  # fmt: skip
    now = timezone.now()
    return Opening.objects.create(
        holding=holding, reason="演练", opened_at=now, until=now + timedelta(hours=1)
    )


@row(Attempt)
def _attempt(side: Side) -> Model:
    return Attempt.objects.create(username=side.name, ip_address="10.0.0.1", failures_since_start=1)


@row(Event)
def _event(side: Side) -> Model:
    event = Event(request=uuid4(), person=side[Person].pk, role="agent", fund=side.fund, action="test.made")
    event.save(force_insert=True)
    return event


@row(Waiting)
def _waiting(side: Side) -> Model:
    return Waiting.objects.get_or_create(event=side[Event])[0]


@row(Link)
def _link(side: Side) -> Model:
    return Link.objects.create(
        number=Link.objects.count() + 1, event=side[Event], at=timezone.now(), hash=bytes(32)
    )


@row(WorkingYear)
def _year(side: Side) -> Model:
    return WorkingYear.objects.get_or_create(year=2031, defaults={"status": "provisional", "source": "估计"})[
        0
    ]


@row(Clock)
def _clock(side: Side) -> Model:
    return Clock.objects.create(
        what="notice", on_kind="test", on_key=side.name, fund=side[Fund], district=side.district,
        start=_today(), working_days=5,
    )  # fmt: skip


@row(Stop)
def _stop(side: Side) -> Model:
    return Stop.objects.create(clock=side[Clock], start=_today())


@row(Content)
def _content(side: Side) -> Model:
    found, _ = Content.objects.get_or_create(
        digest=sha256(side.name.encode()).hexdigest(), defaults={"size": 1}
    )
    side.made[Content] = found
    side[Upload]
    return found


@row(Upload)
def _upload(side: Side) -> Model:
    found, _ = Content.objects.get_or_create(
        digest=sha256(side.name.encode()).hexdigest(), defaults={"size": 1}
    )
    return Upload.objects.create(
        content=found, name="材料.pdf", by=side[Person], organisation=side[Organisation], fund=side[Fund],
        district=side.district,
    )  # fmt: skip


@row(Finished)
def _finished(side: Side) -> Model:
    return Finished.objects.create(job=abs(hash(side.name)) % 10**9)


# The ledger's guards let nobody in but its own services, so its rows are made by them.


@row(ledger.Award)
def _award(side: Side) -> Model:
    return side.books.award(f"A-{side.name}", side.district, from_quota=True)


@row(ledger.Entry)
def _entry(side: Side) -> Model:
    side.books.do("appropriate", 1000)
    side.books.do("allot", 500, district=side.district)
    return side.books.do("reserve_quota", 100, side[ledger.Award], expires_on=None)


@row(ledger.Envelope)
def _envelope(side: Side) -> Model:
    return side.books.envelope


@row(ledger.Line)
def _line(side: Side) -> Model:
    return side[ledger.Entry].lines.order_by("pk").first()


@row(ledger.Account)
def _account(side: Side) -> Model:
    return side[ledger.Line].account


@row(ledger.Balance)
def _balance(side: Side) -> Model:
    return side[ledger.Account].balance


@row(ledger.Decision)
def _decision(side: Side) -> Model:
    return side[ledger.Entry].decision


@row(ledger.Proposal)
def _proposal(side: Side) -> Model:
    return side[ledger.Decision].proposal


@row(ledger.AllowedMove)
def _move(side: Side) -> Model:
    return ledger.AllowedMove.objects.get(code="reserve")


@row(ledger.YearState)
def _state(side: Side) -> Model:
    return ledger.YearState.objects.create(
        envelope=side.books.envelope, closed=False, by=_other_person(side), at=timezone.now()
    )


@row(registry.Division)
def _division(side: Side) -> Model:
    found = registry.Division.objects.filter(code=side.district).first()
    return found or registry.Division.objects.create(code=side.district, name="区")


@row(registry.Provenance)
def _provenance(side: Side) -> Model:
    return registry.Provenance.objects.create(kind="authority", source=side.name, stated_on=_today())


@row(registry.Applicant)
def _applicant(side: Side) -> Model:
    return _of(side, "uscc", side.uscc)


def _of(side: Side, scheme: str, number: str) -> Any:
    applicant = registry.Applicant.objects.create()
    issuer = "某局" if scheme == "own" else ""
    registry.Identifier.objects.create(
        applicant=applicant, scheme=scheme, issuer=issuer, lookup=number, shown=number
    )
    registry.RecordVersion.objects.create(
        applicant=applicant, type="applicant", number=1, provenance=side[registry.Provenance],
        payload={"division": side.district},
    )  # fmt: skip
    # The database keeps the applicant's own columns in step with its newest version where it can; here they are set.
    applicant.refresh_from_db()
    if applicant.division != side.district:
        applicant.division = side.district
        applicant.save()
    return applicant


@row(registry.Identifier)
def _identifier(side: Side) -> Model:
    return side[registry.Applicant].identifiers.get()


@row(registry.RecordVersion)
def _version(side: Side) -> Model:
    return side[registry.Applicant].versions.get()


@row(registry.Representative)
def _representative(side: Side) -> Model:
    return registry.Representative.objects.create(
        applicant=side[registry.Applicant], person=_of(side, "own", f"P-{side.name}"), role="legal",
        since=_today(), provenance=side[registry.Provenance],
    )  # fmt: skip


@row(registry.PayeeAccount)
def _payee(side: Side) -> Model:
    return registry.PayeeAccount.objects.create(
        applicant=side[registry.Applicant], holder="户名", bank="银行", shown="****", why="首次登记",
        proposed_by=_other_person(side),
    )  # fmt: skip


@row(registry.Succession)
def _succession(side: Side) -> Model:
    found = registry.Succession.objects.create(
        kind="renamed", on=_today(), document="文件", provenance=side[registry.Provenance]
    )
    side.made[registry.SuccessionParty] = registry.SuccessionParty.objects.create(
        succession=found, applicant=side[registry.Applicant], side="before"
    )
    return found


@row(registry.SuccessionParty)
def _party(side: Side) -> Model:
    side[registry.Succession]
    return side.made[registry.SuccessionParty]


@row(registry.Merger)
def _merger(side: Side) -> Model:
    return registry.Merger.objects.create(
        kept=side[registry.Applicant], absorbed=_of(side, "own", f"M-{side.name}"), why="重复登记",
        by=_other_person(side),
    )  # fmt: skip


@row(registry.Consortium)
def _consortium(side: Side) -> Model:
    found = registry.Consortium.objects.create(name="联合体", key=side.name, document="协议")
    side.made[registry.ConsortiumMember] = registry.ConsortiumMember.objects.create(
        consortium=found, applicant=side[registry.Applicant], role="lead"
    )
    return found


@row(registry.ConsortiumMember)
def _member(side: Side) -> Model:
    side[registry.Consortium]
    return side.made[registry.ConsortiumMember]


@row(registry.Batch)
def _batch(side: Side) -> Model:
    return registry.Batch.objects.create(
        kind="statement", source=side.name, stated_on=_today(), district=side.district
    )


@row(registry.Chunk)
def _chunk(side: Side) -> Model:
    return registry.Chunk.objects.create(batch=side[registry.Batch], number=1, data=b"x", applicants=1)


@row(registry.RefusedRow)
def _refused_row(side: Side) -> Model:
    return registry.RefusedRow.objects.create(
        batch=side[registry.Batch], place="A1", code="x", what_zh="错", what_en="wrong"
    )


@row(registry.RetentionPeriod)
def _period(side: Side) -> Model:
    return registry.RetentionPeriod.objects.get_or_create(
        kind="person", defaults={"years": 5, "basis": "规定"}
    )[0]


@row(registry.Erasure)
def _erasure(side: Side) -> Model:
    return registry.Erasure.objects.create(
        applicant=side[registry.Applicant],
        ground="request",
        document="申请",
        counts={},
        by=_other_person(side),
    )
