"""The form by which an operator enters a year of working days."""

from __future__ import annotations

import re
from datetime import date, timedelta

from django import forms
from django.core.exceptions import ValidationError

from duixian.calendar.days import Both
from duixian.calendar.working_days import YearStatus
from duixian.server.accounts.languages import later, shown

_DAY = r"\d{4}-\d{2}-\d{2}"
_ENTRY = re.compile(rf"({_DAY})(?:\s*(?:\.\.|至|~|—)\s*({_DAY}))?")
_LONGEST = 31
_HOW = "一行一天或一段，例如 2027-10-01 至 2027-10-07"
_HOW_EN = "a day or a stretch a line, such as 2027-10-01..2027-10-07"


class Days(forms.CharField):
    """Days as a notice lists them: one or a stretch a line."""

    widget = forms.Textarea

    def to_python(self, value: str | None) -> set[date]:  # type: ignore[override]
        """The days.

        Raises:
            ValidationError: a line that is no day and no stretch of days; it says which.
        """
        found: set[date] = set()
        for number, line in enumerate((value or "").splitlines(), 1):
            if not line.strip():
                continue
            entry = _ENTRY.fullmatch(line.strip())
            try:
                first = date.fromisoformat(entry.group(1)) if entry else None
                last = date.fromisoformat(entry.group(2)) if entry and entry.group(2) else first
            except ValueError:
                first = last = None
            if first is None or last is None or not 0 <= (last - first).days < _LONGEST:
                why = Both(
                    f"第 {number} 行「{line.strip()}」：{_HOW}", f"line {number}, {line.strip()!r}: {_HOW_EN}"
                )
                raise ValidationError(shown(why))
            found |= {first + timedelta(days=step) for step in range((last - first).days + 1)}
        return found


class Year(forms.Form):
    """One year as the State Council's notice moves it, or as somebody expects it."""

    year = forms.IntegerField(min_value=2004, max_value=2100, label=later("年份", "Year"))
    status = forms.ChoiceField(
        choices=[
            (YearStatus.PUBLISHED.value, later("已公布", "published")),
            (YearStatus.PROVISIONAL.value, later("暂定", "provisional")),
        ],
        label=later("状态", "Status"),
    )
    holidays = Days(required=False, label=later("放假日", "Days off"), help_text=later(_HOW, _HOW_EN))
    make_up_days = Days(
        required=False, label=later("调休上班日", "Weekends that are worked"), help_text=later(_HOW, _HOW_EN)
    )
    source = forms.CharField(max_length=200, label=later("依据（通知文号）", "Source (the notice's number)"))
