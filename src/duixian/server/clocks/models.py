"""The working-day table, and the time limits that run on it."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q

from duixian.calendar.working_days import YearStatus


class WorkingYear(models.Model):
    """One year of the working-day table: what its notice moves away from the plain week."""

    class Status(models.TextChoices):
        """How sure the year is."""

        PUBLISHED = YearStatus.PUBLISHED.value, "已公布"
        PROVISIONAL = YearStatus.PROVISIONAL.value, "暂定"

    year = models.PositiveSmallIntegerField("年份", primary_key=True)
    status = models.CharField("状态", max_length=16, choices=Status)
    holidays = models.JSONField("放假日", default=list, help_text="ISO 8601 日期")
    make_up_days = models.JSONField("调休上班日", default=list, help_text="ISO 8601 日期")
    source = models.CharField("依据", max_length=200, help_text="国务院办公厅通知文号；暂定的写明由谁预计")

    class Meta:
        verbose_name = verbose_name_plural = "工作日年份"
        ordering = ("year",)
        constraints = [
            models.CheckConstraint(
                condition=Q(status__in=[one.value for one in YearStatus]), name="year_status"
            )
        ]

    def __str__(self) -> str:
        return f"{self.year}（{self.get_status_display()}）"


class Clock(models.Model):
    """A time limit in working days on one object: `on_kind` and `on_key` are what the event log calls it."""

    what = models.SlugField("事项", max_length=64, help_text="例如 notice、correction、objection")
    on_kind = models.CharField("对象类型", max_length=64)
    on_key = models.CharField("对象编号", max_length=64)
    fund = models.ForeignKey("funds.Fund", models.PROTECT, verbose_name="专项资金", null=True, blank=True)
    district = models.CharField("行政区划", max_length=12, blank=True)
    start = models.DateField("起算日")
    working_days = models.PositiveSmallIntegerField("工作日数")
    count_first = models.BooleanField("当日计入", default=False)
    finished = models.DateField("办结日", null=True, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "时限"
        constraints = [
            models.CheckConstraint(condition=Q(working_days__gte=1), name="clock_has_a_day"),
            models.CheckConstraint(
                condition=Q(finished__isnull=True) | Q(finished__gte=F("start")),
                name="clock_ends_after_it_starts",
            ),
            models.UniqueConstraint(
                fields=["what", "on_kind", "on_key"],
                condition=Q(finished__isnull=True),
                name="one_running_clock",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.what} {self.start}+{self.working_days}"


class Stop(models.Model):
    """A pause of a clock, from the day it is stopped to the day it goes on."""

    clock = models.ForeignKey(Clock, models.PROTECT, verbose_name="时限", related_name="stops")
    start = models.DateField("中止日")
    end = models.DateField("恢复日", null=True, blank=True)
    why = models.CharField("原因", max_length=500)

    class Meta:
        verbose_name = verbose_name_plural = "中止"
        ordering = ("start",)
        constraints = [
            models.CheckConstraint(
                condition=Q(end__isnull=True) | Q(end__gte=F("start")), name="stop_ends_after_it_starts"
            ),
            models.UniqueConstraint(fields=["clock"], condition=Q(end__isnull=True), name="one_open_stop"),
        ]
