"""Every command × every role: who may not do it is refused, nothing has changed, and the refusal is remembered.

The arguments are made from the commands' own signatures and the rows of tests/server/rows.py, so a new command is
tried as soon as it is declared. Which roles a command turns away is a file to review.
"""

from __future__ import annotations

import datetime as dt
import inspect
import os
import pkgutil
from collections.abc import Callable
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest
from django.apps import apps
from django.db import connection, transaction
from tests.server.rows import FACTORIES, Side, forget

import duixian.server
from duixian.calendar.terms import Term
from duixian.calendar.working_days import YearStatus
from duixian.server.accounts.models import Holding, Mandate, Opening, Organisation, Person
from duixian.server.accounts.roles import DISTRICT, EVERYWHERE, Role
from duixian.server.accounts.services.founding import Founder
from duixian.server.audit import commands
from duixian.server.audit.models import Event
from duixian.server.clocks.models import Clock
from duixian.server.common.acting import Actor
from duixian.server.common.refusals import Refused
from duixian.server.files.models import Upload
from duixian.server.funds.models import Fund
from duixian.server.ledger import models as ledger
from duixian.server.ledger.services.proposing import Asked
from duixian.server.registry import models as registry
from duixian.server.registry.writing import Given

EXPECTED = Path(__file__).with_name("commands.txt")
DAY = dt.date(2026, 3, 2)


def _load() -> None:
    """Imports every module of the server, so that every command is declared."""
    for found in pkgutil.walk_packages(duixian.server.__path__, "duixian.server."):
        if not {"migrations", "wsgi", "manage", "settings"} & set(found.name.split(".")):
            import_module(found.name)


_load()
# Other tests declare commands of their own.
COMMANDS = {action: run for action, run in commands.COMMANDS.items() if run.__module__.startswith("duixian.")}

ROWS: dict[str, type[Any]] = {
    "account": registry.PayeeAccount,
    "applicant": registry.Applicant,
    "batch": registry.Batch,
    "entry": ledger.Entry,
    "envelope": ledger.Envelope,
    "holding": Holding,
    "kept": registry.Applicant,
    "lead": registry.Applicant,
    "mandate": Mandate,
    "merger": registry.Merger,
    "opening": Opening,
    "organisation": Organisation,
    "person": Person,
    "proposal": ledger.Proposal,
    "upload": Upload,
}
"""Which row's key stands behind a number, by the parameter's name."""


@dataclass
class Tried(Side):
    """A side with a folder of its own: some commands write files, wherever they are told to."""

    folder: Path = Path("missing")


def arguments(action: str, side: Tried) -> dict[str, Any]:
    """What a command is given: rows of the side, and else any value of the right type."""
    special: dict[str, dict[str, Any]] = {
        "accounts.found": {"founders": (Founder("a.b.c", "甲"), Founder("d.e.f", "乙"))},
        "ledger.expire": {"account": side[ledger.Account].pk},
        "ledger.propose": {"asked": Asked(move="reserve", envelope=side[ledger.Envelope].pk, amount_fen=1)},
        "ledger.propose_reversal": {"key": "test"},
        "clocks.start": {"on": side[registry.Applicant]},
        "registry.merge": {"absorbed": side[registry.Representative].person_id},
        "registry.represent": {"person": side[registry.Representative].person_id, "role": "responsible"},
        "registry.form_consortium": {"members": []},
        "files.hand_out": {"number": side[Upload].pk},
        "files.check": {"digest": side[Upload].content_id},
    }
    given = special.get(action, {})
    for name, parameter in list(inspect.signature(COMMANDS[action]).parameters.items())[1:]:
        if name not in given and parameter.default is inspect.Parameter.empty:
            given[name] = _value(name, parameter, side)
    return given


def _value(name: str, parameter: inspect.Parameter, side: Tried) -> Any:
    kind = str(parameter.annotation)
    if kind == "int" and name in ROWS:
        return side[ROWS[name]].pk
    values: dict[str, Callable[[], Any]] = {
        "int": lambda: 1,
        "str": lambda: {"fund": side.fund, "district": side.district}.get(name, "测试用的文字"),
        "bool": lambda: False,
        "date": lambda: DAY,
        "dt.date": lambda: DAY,
        "dt.date | None": lambda: None,
        "Role": lambda: Role.DRAFTER,
        "Clock": lambda: side[Clock],
        "Fund": lambda: side[Fund],
        "Model": lambda: side[Fund],
        "Term": lambda: Term(DAY, 5),
        "YearStatus": lambda: YearStatus.PROVISIONAL,
        "Given": lambda: Given(registry.Provenance.Kind.AUTHORITY, "市经信局", DAY, "", False),
        "Facts": lambda: {"kind": "enterprise", "name": "某公司"},
        "Path": lambda: side.folder / "written",
        "Iterable[bytes]": lambda: [b"x"],
    }
    if kind in values:
        return values[kind]()
    if kind.startswith(("Collection[", "Sequence[", "Mapping[")):
        return []
    for model in (Organisation, registry.Provenance, registry.Identifier, registry.Succession, registry.Erasure,
                  registry.Representative):  # fmt: skip
        for inner in ("Kind", "Scheme", "Ground", "Role"):
            if kind == f"{model.__name__}.{inner}":
                return next(iter(getattr(model, inner)))
    raise AssertionError(f"tell tests/server/test_commands.py what a {kind} is (parameter {name})")


def actor(role: Role, side: Side) -> Actor:
    """Somebody in a role on a side, who is nobody's earlier hand."""
    name = f"stranger.{role.value.replace('_', '-')}"
    return Actor(
        role=role.value,
        person=Person.objects.get_or_create(sign_in=name, defaults={"name": "某"})[0].pk,
        fund=None if role in EVERYWHERE | {Role.AGENT} else side.fund,
        district=side.district if role in DISTRICT else None,
        organisation=side[Organisation].pk if role is Role.AGENT else None,
        uscc=side.uscc if role is Role.AGENT else None,
    )


def fingerprint() -> str:
    """A hash over every row of every table but the event log's own."""
    tables = sorted(
        model._meta.db_table
        for model in apps.get_models(include_auto_created=True)
        if model._meta.app_label != "audit" and model._meta.managed
    )
    parts = ",".join(
        f"(SELECT md5(coalesce(string_agg(t::text, '|' ORDER BY t::text), '')) FROM {name} t)"  # noqa: S608 - our own
        for name in tables
    )
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT md5(concat({parts}))")
        return str(cursor.fetchone()[0])


class _Undo(Exception):  # noqa: N818 - no error: it takes back what a trial did
    pass


def outcome(action: str, by: Actor, given: dict[str, Any], before: str) -> str:
    """How a command ended: `done`, the code of its refusal, or `fault` where these arguments made no sense.

    Nothing of it stays. A refusal has changed no row, and one event remembers it.
    """
    ended = "done"
    try:
        with transaction.atomic():
            try:
                COMMANDS[action](by, **given)
            except Refused as refused:
                ended = refused.code.removeprefix(f"{action.partition('.')[0]}.")
                assert fingerprint() == before, (
                    f"{action} was refused to {by.role} ({refused.code}) and changed rows"
                )
                events = Event.objects.filter(request=by.request)
                assert [event.refusal for event in events] == [refused.code], f"{action} to {by.role}"
                assert refused.why.zh
                assert refused.why.en
            raise _Undo
    except _Undo:
        return ended
    except (LookupError, TypeError, ValueError, AttributeError, OSError):
        return "fault"


@pytest.fixture
def side(tmp_path: Path, settings: Any) -> Tried:
    settings.FILES_ROOT = tmp_path / "files"
    forget()
    found = Tried("own", "fund-a", "420106", "91420106MA4KXYT12K", folder=tmp_path)
    for model in FACTORIES:
        assert found[model].pk is not None
    return found


def test_who_may_not_is_refused_and_nothing_has_changed(side: Tried) -> None:
    assert len(COMMANDS) > 50
    actors = [actor(role, side) for role in Role]
    given = {action: arguments(action, side) for action in sorted(COMMANDS)}
    before = fingerprint()
    lines = [
        "How each command ends for each role, given rows of its own side: done, or the code of the refusal."
    ]
    for action, values in given.items():
        groups: dict[str, list[str]] = {}
        for by in actors:
            groups.setdefault(outcome(action, by, values, before), []).append(by.role)
        lines.append(f"\n{action}")
        lines += [f"  {ended:<20} {' '.join(roles)}" for ended, roles in sorted(groups.items())]
    assert fingerprint() == before
    found = "\n".join(lines) + "\n"
    if os.environ.get("UPDATE_EXPECTED"):
        EXPECTED.write_text(found, encoding="utf-8")
    assert found == EXPECTED.read_text(encoding="utf-8")


def test_nobody_who_has_not_signed_in_gives_a_command(side: Tried) -> None:
    before = fingerprint()
    for action in sorted(COMMANDS):
        ended = outcome(action, Actor(role="nobody"), arguments(action, side), before)
        assert ended not in {"done", "fault"}, action
