"""Every model × every role × own and foreign rows through the scoped selectors; the outcome is a file to review.

Sides: `o` the actor's own fund, district and applicant; `d` the same fund in another district (another applicant);
`f` another fund in the same district (another applicant). A new model fails here until it has a rule and a row.
"""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from django.apps import apps
from django.db.models import Model
from tests.server.rows import FACTORIES, Side, forget

from duixian.server.accounts.models import Attempt, Holding, Mandate, Opening, Organisation, Person
from duixian.server.accounts.roles import (
    ADMINISTRATION,
    CITY,
    DISTRICT,
    EVERYWHERE,
    FINANCE,
    WATCH,
    Role,
)
from duixian.server.clocks.models import Clock, Stop, WorkingYear
from duixian.server.common import scopes
from duixian.server.common.acting import Actor
from duixian.server.common.refusals import NotFound
from duixian.server.common.scopes import find, scoped
from duixian.server.funds.models import Fund
from duixian.server.ledger.models import AllowedMove, Envelope, YearState
from duixian.server.registry.models import Division, Provenance, RetentionPeriod

EXPECTED = Path(__file__).with_name("scopes.txt")
PUBLIC: frozenset[type[Model]] = frozenset({Fund, Division, RetentionPeriod, WorkingYear, AllowedMove})
"""Models whose rows are of no district and no applicant."""

OF_A_FUND: frozenset[type[Model]] = frozenset({Envelope, YearState, Provenance})
"""Models whose rows belong to a fund or to no applicant, so that officers of every district see them."""


def ours() -> list[type[Model]]:
    """Every model of this server."""
    found = [model for model in apps.get_models() if model.__module__.startswith("duixian.server.")]
    return sorted(found, key=lambda model: model._meta.label)


def test_every_model_has_a_rule_and_a_row() -> None:
    assert len(ours()) > 30
    missing = {model._meta.label for model in ours()} - {model._meta.label for model in scopes._rules}
    assert missing == set(), "models without a scope: declare one in their app's scopes.py"
    missing = {model._meta.label for model in scopes._rules} - {model._meta.label for model in FACTORIES}
    assert missing == set(), "models without a row: write their factory in tests/server/rows.py"


@pytest.fixture
def sides() -> dict[str, Side]:
    forget()
    return {
        "o": Side("own", "fund-a", "420106", "91420106MA4KXYT12K"),
        "d": Side("district", "fund-a", "420107", "91420107MA4KXYT122"),
        "f": Side("fund", "fund-b", "420106", "91420106MA4KXYT134"),
    }


def actor(role: Role, side: Side, *, one_fund: bool) -> Actor:
    """Somebody new in a role on a side, bound as far as the role can be: nobody's row is theirs."""
    stranger = Person.objects.get_or_create(
        sign_in=f"stranger.{role.value.replace('_', '-')}", defaults={"name": "某"}
    )[0]
    return Actor(
        role=role.value,
        person=stranger.pk,
        fund=side.fund if one_fund and role not in EVERYWHERE | {Role.AGENT} else None,
        district=side.district if role in DISTRICT else None,
        organisation=side[Organisation].pk if role is Role.AGENT else None,
        uscc=side.uscc if role is Role.AGENT else None,
    )


def seen(model: type[Model], by: Actor, sides: dict[str, Side]) -> str:
    """The sides whose row an actor sees; each row once, and what is not seen is not found."""
    rows = {side[model].pk: letter for letter, side in reversed(sides.items())}
    keys = list(scoped(model, by).filter(pk__in=rows).values_list("pk", flat=True))
    assert len(keys) == len(set(keys)), f"{model._meta.label} comes twice to {by.role}: a join doubles rows"
    found = "".join(letter for letter, side in sides.items() if side[model].pk in keys)
    for key in (set(rows) - set(keys)) if by.fund else ():
        with pytest.raises(NotFound):
            find(model, by, pk=key)
    return found


def matrix(sides: dict[str, Side]) -> dict[tuple[type[Model], Role, bool], str]:
    """What every role sees of every model, bound to one fund and to none."""
    for side in sides.values():
        for model in FACTORIES:
            assert side[model].pk is not None
    return {
        (model, role, one_fund): seen(model, by, sides)
        for role in Role
        for one_fund in (True, False)
        for by in [actor(role, sides["o"], one_fund=one_fund)]
        for model in FACTORIES
    }


def text(found: dict[tuple[type[Model], Role, bool], str]) -> str:
    """The matrix for people: who is bound to the fund, then after / who is bound to none where that differs."""
    lines = ["o own · d other district · f other fund · - nothing; after /: an actor of all funds"]
    for model in sorted({model for model, _, _ in found}, key=lambda model: model._meta.label):
        lines.append(f"\n{model._meta.label}")
        groups: dict[str, list[str]] = {}
        for role in Role:
            bound, free = found[model, role, True] or "-", found[model, role, False] or "-"
            groups.setdefault(bound if bound == free else f"{bound}/{free}", []).append(role.value)
        lines += [f"  {cell:<8}{' '.join(roles)}" for cell, roles in groups.items()]
    return "\n".join(lines) + "\n"


def test_what_every_role_sees_of_every_model(sides: dict[str, Side]) -> None:
    found = matrix(sides)
    for (model, role, one_fund), letters in found.items():
        place = (model._meta.label, role.value, letters)
        if role is Role.AGENT and model not in PUBLIC:
            assert letters in {"", "o"}, place
        if role in DISTRICT and model not in PUBLIC | OF_A_FUND:
            assert "d" not in letters, place
        if role in {Role.EXPERT, Role.DRAFTER} and model not in PUBLIC:
            assert letters == "", place
        if (
            one_fund
            and model._meta.app_label in {"ledger", "files", "clocks"}
            and role in CITY | FINANCE | DISTRICT
        ):
            assert "f" not in letters or model in PUBLIC, place
        if role in ADMINISTRATION and model._meta.app_label in {"ledger", "registry", "files", "audit"}:
            assert letters == "" or model in PUBLIC, place
        if role in WATCH and model not in {Attempt} and model._meta.app_label != "jobs":
            assert letters == "odf", place
    if os.environ.get("UPDATE_EXPECTED"):
        EXPECTED.write_text(text(found), encoding="utf-8")
    assert text(found) == EXPECTED.read_text(encoding="utf-8")


def test_a_model_without_a_rule_is_seen_by_nobody() -> None:
    from django.contrib.sessions.models import Session

    with pytest.raises(LookupError, match="has no scope"):
        scoped(Session, Actor.system("test"))


def test_everybody_sees_their_own(sides: dict[str, Side]) -> None:
    side = sides["o"]
    me = Actor(role="self", person=side[Person].pk)
    for model in (Person, Holding, Mandate):
        row = side[model]
        assert scoped(model, me).get() == row
    assert not scoped(Opening, me).filter(pk=side[Opening].pk).exists()
    assert not scoped(Clock, me).exists()
    assert not scoped(Stop, me).exists()
