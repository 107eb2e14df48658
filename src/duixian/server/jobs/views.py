"""The dead letters, for an operator to try again or to give up."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods
from procrastinate.contrib.django.models import ProcrastinateJob

from duixian.calendar.days import Both
from duixian.server.accounts.languages import shown
from duixian.server.common.admin import operator
from duixian.server.common.refusals import NotFound, Refused
from duixian.server.jobs import letters

_QUEUE = {
    "todo": Both("待执行", "waiting"),
    "doing": Both("执行中", "being done"),
    "failed": Both("死信", "dead letters"),
}
_GONE = Both("该任务已不在死信中", "this job is no dead letter any more")


@never_cache
@require_http_methods(["GET", "POST"])
def dead(request: HttpRequest) -> HttpResponse:
    """The list, and what is done with one of them."""
    by = operator(request)
    assert by is not None  # the access table lets nobody else in
    if request.method == "POST":
        _act(request)
        return HttpResponseRedirect(reverse("dead_letters"))
    counts = [
        (shown(name), ProcrastinateJob.objects.filter(status=status).count())
        for status, name in _QUEUE.items()
    ]
    return render(request, "jobs/dead.html", {"letters": letters.dead(by)[:200], "counts": counts})


def _act(request: HttpRequest) -> None:
    by = operator(request)
    assert by is not None
    number = request.POST.get("number", "")
    try:
        if not number.isdecimal():
            raise NotFound
        if "again" in request.POST:
            letters.try_again(by, number=int(number))
        else:
            letters.give_up(by, number=int(number), why=request.POST.get("why", ""))
    except NotFound:
        messages.error(request, shown(_GONE))
    except Refused as refused:
        messages.error(request, shown(refused.why))
