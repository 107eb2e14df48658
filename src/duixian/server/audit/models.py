"""The event log's tables: what happened, the chain over it, and what the chain has still to take up."""

from __future__ import annotations

from django.db import models

from duixian.server.common.append_only import AppendOnly


class Event(AppendOnly):
    """One change, or one refusal: who, when, what, on what, before and after, why.

    `person` is a number and no foreign key: the log stands by itself, and holds no name. `before` and `after` are
    canonical JSON (`canonical.text`), kept as text so that its bytes are those that were hashed. `at` is set by the
    database (a trigger), whatever an insert says.
    """

    at = models.DateTimeField("时间", editable=False)
    request = models.UUIDField("请求", db_index=True)
    person = models.BigIntegerField("人员", null=True)
    role = models.CharField("角色", max_length=80)
    fund = models.CharField("资金范围", max_length=64, blank=True)
    district = models.CharField("区划范围", max_length=12, blank=True)
    organisation = models.BigIntegerField("代表单位", null=True)
    action = models.CharField("动作", max_length=80)
    refusal = models.CharField("拒绝代码", max_length=80, blank=True)
    kind = models.CharField("对象类别", max_length=80, blank=True)
    key = models.CharField("对象编号", max_length=80, blank=True)
    before = models.TextField("变更前", null=True)
    after = models.TextField("变更后", null=True)
    why = models.TextField("原因", blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "事件"
        indexes = [models.Index(fields=["kind", "key"], name="audit_event_on")]

    def __str__(self) -> str:
        return f"{self.id} {self.action} {self.kind}:{self.key}"


class Waiting(models.Model):
    """An event that no link of the chain holds yet; put here by a trigger, taken away by the chain's worker.

    Transactions commit out of order, so "all events above the last one" would lose some. This cannot.
    """

    event = models.OneToOneField(
        Event, models.PROTECT, primary_key=True, related_name="waiting", verbose_name="事件"
    )

    class Meta:
        verbose_name = verbose_name_plural = "待入链事件"


class Link(AppendOnly):
    """One link of the chain: its hash is SM3 over the previous link's hash, its own number and time, and its event.

    Links are numbered without a gap in the order in which the worker took events up, which is not that of their ids.
    """

    number = models.BigIntegerField("序号", primary_key=True)
    event = models.OneToOneField(Event, models.PROTECT, related_name="link", verbose_name="事件")
    at = models.DateTimeField("入链时间", db_index=True)
    hash = models.BinaryField("杂凑值", max_length=32)

    class Meta:
        verbose_name = verbose_name_plural = "链节"
        constraints = [
            models.CheckConstraint(condition=models.Q(number__gte=1), name="audit_link_from_one"),
        ]
