"""Lets each request through to the pages of its group, and ends sessions whose time is up."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.contrib.auth import logout
from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse

from duixian.calendar.days import Both
from duixian.server.access import Group, group_of
from duixian.server.accounts import sessions
from duixian.server.accounts.adapters import has_second_factor
from duixian.server.accounts.languages import shown
from duixian.server.accounts.models import Person
from duixian.server.accounts.roles import Role
from duixian.server.accounts.selectors import actor_for, is_staff
from duixian.server.common.acting import Actor
from duixian.server.common.refusals import Refused

_OVER = Both("登录已超时，请重新登录", "your session has ended; sign in again")
_NO_GROUP = "the route {} is in no access group: add it to duixian.server.access"
_STAFF_ONLY = Both("此页面仅供工作人员使用", "this page is for staff only")


class Access:
    """Django's middleware; it comes after authentication and messages."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Ends a session whose time is up before anything is done in it."""
        if request.user.is_authenticated:
            if sessions.is_over(request):
                logout(request)
                messages.info(request, shown(_OVER))
            else:
                sessions.touch(request)
        return self.get_response(request)

    def process_view(
        self, request: HttpRequest, view: object, args: object, kwargs: dict[str, Any]
    ) -> HttpResponse | None:
        """Stops a request that does not belong to the page's group.

        Raises:
            PermissionDenied: a route that is in no group, a page for staff or operators that the person is not.
        """
        route = request.resolver_match.view_name if request.resolver_match else ""
        group = group_of(route)
        if group is None:
            raise PermissionDenied(_NO_GROUP.format(route or request.path))
        if group is Group.PUBLIC:
            return None
        if not isinstance(request.user, Person):
            return redirect_to_login(request.get_full_path())
        if group is Group.ENTERING:
            return None
        return _member(request, request.user, group)


def _member(request: HttpRequest, person: Person, group: Group) -> HttpResponse | None:
    staff = is_staff(person)
    if staff and not has_second_factor(request):
        return HttpResponseRedirect(reverse("mfa_activate_totp"))
    if group is Group.STAFF and not staff:
        raise PermissionDenied(shown(_STAFF_ONLY))
    if group is Group.OPERATOR:
        request.operator = _operator(person)  # type: ignore[attr-defined]
    return None


def _operator(person: Person) -> Actor:
    """The person as operator, or as the break-glass administrator in an operator's place."""
    try:
        return actor_for(person, Role.OPERATOR)
    except Refused as refused:
        try:
            return actor_for(person, Role.BREAK_GLASS)
        except Refused:
            raise PermissionDenied(shown(refused.why)) from None
