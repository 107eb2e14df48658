"""People, roles and attempts to sign in, as operators see them; two things they may do about them."""

from __future__ import annotations

from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest

from duixian.server.accounts.languages import shown
from duixian.server.accounts.models import Attempt, Holding, Mandate, Opening, Organisation, Person
from duixian.server.accounts.services import sign_in
from duixian.server.common.admin import LookOnly, look_at, operator
from duixian.server.common.refusals import Refused

look_at(Organisation, Mandate, Holding, Opening)


@admin.register(Person)
class People(LookOnly):
    """Who has an account."""

    hidden = frozenset({"password"})
    personal = frozenset({"name", "sign_in", "subject"})
    list_filter = ("is_active",)
    actions = ("end_sessions",)

    @admin.action(description="结束所选人员的全部登录")
    def end_sessions(self, request: HttpRequest, rows: QuerySet[Person]) -> None:
        """Signs people out everywhere."""
        by = operator(request)
        assert by is not None
        for person in rows:
            sign_in.end_sessions(by, person=person.pk)
        messages.success(request, f"已结束{len(rows)}人的登录")


@admin.register(Attempt)
class Attempts(LookOnly):
    """Attempts that failed, and which names and addresses they lock."""

    hidden = frozenset({"get_data", "post_data", "http_accept", "expiration"})
    personal = frozenset({"username", "ip_address"})
    actions = ("unlock",)

    @admin.action(description="解锁所选记录的登录名和地址")
    def unlock(self, request: HttpRequest, rows: QuerySet[Attempt]) -> None:
        """Lets a locked name, and a locked address, in again."""
        by = operator(request)
        assert by is not None
        try:
            for row in rows:
                if row.username:
                    sign_in.unlock(by, sign_in=row.username)
                if row.ip_address:
                    sign_in.unlock(by, address=row.ip_address)
        except Refused as refused:
            messages.error(request, shown(refused.why))
        else:
            messages.success(request, "已解锁")
