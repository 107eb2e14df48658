"""One rule a model for which rows an actor may see: pages, exports and the API all read through `scoped`."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

from django.db.models import Model, Q, QuerySet

from duixian.server.common.acting import Actor
from duixian.server.common.refusals import NotFound

Rule = Callable[[Actor], Q | None]
"""What an actor may see: a condition on the rows, an empty Q for all of them, None for none."""

_M = TypeVar("_M", bound=Model)
_rules: dict[type[Model], Rule] = {}


def scope(model: type[Model]) -> Callable[[Rule], Rule]:
    """Declares the rule of a model; each app's `scopes.py` has one for each of its models."""

    def declare(rule: Rule) -> Rule:
        if model in _rules:
            raise ValueError(f"{model.__name__} has a scope already")
        _rules[model] = rule
        return rule

    return declare


def scoped(model: type[_M], by: Actor) -> QuerySet[_M]:
    """The rows of a model that the actor may see.

    Raises:
        LookupError: the model has no rule; nothing is visible by default.
    """
    rule = _rules.get(model)
    if rule is None:
        raise LookupError(f"{model.__name__} has no scope: declare one in its app's scopes.py")
    condition = rule(by)
    rows = model._default_manager.all()
    return rows.none() if condition is None else rows.filter(condition)


def find(model: type[_M], by: Actor, **keys: Any) -> _M:
    """One row within the actor's scope.

    Raises:
        NotFound: there is none, or it lies outside: the actor is not told which.
    """
    row = scoped(model, by).filter(**keys).first()
    if row is None:
        raise NotFound
    return row
