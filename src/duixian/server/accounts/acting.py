"""From a request to the actor behind it: which of the person's roles this request is made in."""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Concatenate, ParamSpec

from django.http import HttpRequest, HttpResponseBase, JsonResponse

from duixian.calendar.days import Both
from duixian.server.accounts.models import Person
from duixian.server.accounts.roles import Role
from duixian.server.accounts.selectors import actor_for, holdings
from duixian.server.common.acting import Actor
from duixian.server.common.refusals import Refused

_P = ParamSpec("_P")


def actor_of(request: HttpRequest) -> Actor:
    """Who makes a request: the role whose number it names (`?as=`), or the only one that the person has.

    Raises:
        Refused: not signed in, no role today, several and none named, or one that is not theirs.
    """
    person = request.user
    if not isinstance(person, Person):
        raise Refused("accounts.signed_out", Both("请先登录", "sign in first"))
    held = holdings(person)
    named = request.GET.get("as")
    chosen = [row for row in held if str(row.pk) == named] if named else held
    if len(chosen) != 1:
        raise Refused(
            "accounts.which_role",
            Both(
                f"您有 {len(held)} 项任职；请以 ?as=编号 指明其中一项",
                f"you have {len(held)} roles today; name one of them by ?as=NUMBER",
            ),
        )
    (row,) = chosen
    return actor_for(person, Role(row.role), holding=row.pk)


def as_actor(
    view: Callable[Concatenate[HttpRequest, Actor, _P], HttpResponseBase],
) -> Callable[Concatenate[HttpRequest, _P], HttpResponseBase]:
    """Gives a view the actor after the request; without one the answer is 403 with the reason."""

    @functools.wraps(view)
    def run(request: HttpRequest, /, *args: _P.args, **kwargs: _P.kwargs) -> HttpResponseBase:
        try:
            by = actor_of(request)
        except Refused as refused:
            return JsonResponse(
                {"code": refused.code, "zh": refused.why.zh, "en": refused.why.en}, status=403
            )
        return view(request, by, *args, **kwargs)

    return run
