"""An import in the making: a batch, the chunks in which it is kept and applied, and the rows that were refused."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q

from duixian.server.registry.models.records import Provenance


class Batch(models.Model):
    """One file or one delivery through the API, from its upload to its end.

    `counts` adds up what the chunks would change or have changed. What a batch states is given by its source.
    """

    class State(models.TextChoices):
        """Where it is; the moves stand in `services.importing.MOVES`."""

        OPEN = "open", "读取中"
        READ = "read", "已读取，待预览"
        PREVIEWED = "previewed", "已预览，待确认"
        CONFIRMED = "confirmed", "已确认，导入中"
        APPLIED = "applied", "已导入"
        STALE = "stale", "预览已过期"
        UNUSABLE = "unusable", "文件不可用"
        ABANDONED = "abandoned", "已放弃"

    kind = models.CharField("性质", max_length=10, choices=Provenance.Kind.choices)
    source = models.CharField("来源", max_length=100)
    file = models.CharField("文件名", max_length=255, blank=True)
    evidence = models.CharField("文件摘要", max_length=64, blank=True)
    stated_on = models.DateField("填报日期")
    state = models.CharField("状态", max_length=10, choices=State.choices, default=State.OPEN)
    counts = models.JSONField("计数", default=dict)
    district = models.CharField("行政区划代码", max_length=6, blank=True)
    opened_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+", verbose_name="上传人"
    )
    opened_at = models.DateTimeField("上传时间", auto_now_add=True)
    confirmed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+", verbose_name="确认人"
    )
    confirmed_at = models.DateTimeField("确认时间", null=True)
    verified = models.BooleanField("确认人已核实内容", default=False)
    provenance = models.ForeignKey(
        Provenance, on_delete=models.PROTECT, null=True, related_name="+", verbose_name="来源记录"
    )

    class Meta:
        verbose_name = verbose_name_plural = "导入批次"
        constraints = [
            models.CheckConstraint(
                name="batch_state",
                condition=Q(
                    state__in=["open", "read", "previewed", "confirmed", "applied", "stale", "unusable", "abandoned"]
                ),
            ),
            models.CheckConstraint(
                name="batch_confirmed",
                condition=~Q(state__in=["confirmed", "applied"])
                | Q(provenance__isnull=False, confirmed_at__isnull=False),
            ),
        ]  # fmt: skip

    def __str__(self) -> str:
        return f"{self.source} {self.file}"


class Chunk(models.Model):
    """Some thousand applicants of a batch as a compressed Arrow stream of the register's schema.

    `data` is emptied when the chunk has been applied. `digest` is that of the changes that were shown.
    """

    batch = models.ForeignKey(Batch, on_delete=models.PROTECT, related_name="chunks", verbose_name="批次")
    number = models.PositiveIntegerField("序号")
    data = models.BinaryField("数据", null=True, editable=False)
    applicants = models.PositiveIntegerField("主体数")
    counts = models.JSONField("计数", default=dict)
    digest = models.CharField("变更摘要", max_length=64, blank=True)
    applied_at = models.DateTimeField("导入时间", null=True)

    class Meta:
        verbose_name = verbose_name_plural = "导入分块"
        ordering = ["batch", "number"]
        constraints = [
            models.UniqueConstraint(name="chunk_number", fields=["batch", "number"]),
            models.CheckConstraint(
                name="chunk_kept_until_applied",
                condition=Q(applied_at=None, data__isnull=False) | Q(applied_at__isnull=False, data=None),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.batch} #{self.number}"


class RefusedRow(models.Model):
    """Something of a batch that was not taken: where it stands, why, and what to do."""

    batch = models.ForeignKey(Batch, on_delete=models.PROTECT, related_name="refusals", verbose_name="批次")
    chunk = models.PositiveIntegerField("分块", null=True)
    place = models.CharField("位置", max_length=300)
    code = models.CharField("代码", max_length=40)
    what_zh = models.TextField("原因")
    what_en = models.TextField("原因（英文）")
    remedy_zh = models.TextField("处理办法", blank=True)
    remedy_en = models.TextField("处理办法（英文）", blank=True)
    subject = models.CharField("主体编号", max_length=500, blank=True)
    whole = models.BooleanField("整个文件不可用", default=False)

    class Meta:
        verbose_name = verbose_name_plural = "未采纳的内容"

    def __str__(self) -> str:
        return f"{self.place}：{self.what_zh}"
