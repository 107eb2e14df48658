"""The working-day table, for an operator to keep."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from duixian.calendar.days import Both
from duixian.calendar.working_days import YearStatus
from duixian.server.accounts.languages import shown
from duixian.server.clocks.forms import Year
from duixian.server.clocks.models import WorkingYear
from duixian.server.clocks.services import set_year
from duixian.server.common.admin import operator
from duixian.server.common.refusals import Refused
from duixian.server.common.scopes import scoped


@never_cache
@require_http_methods(["GET", "POST"])
def years(request: HttpRequest) -> HttpResponse:
    """The years that are known, and a form for one: filled in with `?year=` to correct it."""
    by = operator(request)
    assert by is not None  # the access table lets nobody else in
    known = scoped(WorkingYear, by).order_by("-year")
    form = Year(request.POST or None, initial=_as_entered(known.filter(year=_number(request)).first()))
    if request.method == "POST" and form.is_valid():
        given = dict(form.cleaned_data)
        try:
            set_year(by, **{**given, "status": YearStatus(given["status"])})
        except Refused as refused:
            form.add_error(None, shown(refused.why))
        else:
            messages.success(request, shown(Both(f"{given['year']}年已保存", f"{given['year']} is saved")))
            return HttpResponseRedirect(reverse("working_years"))
    return render(request, "clocks/years.html", {"years": known, "form": form})


def _number(request: HttpRequest) -> int:
    text = request.GET.get("year", "")
    return int(text) if text.isdecimal() and len(text) == 4 else 0


def _as_entered(year: WorkingYear | None) -> dict[str, object]:
    if year is None:
        return {}
    return {
        "year": year.year,
        "status": year.status,
        "holidays": "\n".join(year.holidays),
        "make_up_days": "\n".join(year.make_up_days),
        "source": year.source,
    }
