"""How long a person's data are kept, and what was erased when, by whom and why."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q

from duixian.server.common.append_only import AppendOnly
from duixian.server.registry.models.applicants import Applicant


class RetentionPeriod(models.Model):
    """How many years the data of a kind of applicant are kept after they were last needed, and on what basis."""

    kind = models.CharField("主体类型", max_length=40, unique=True)
    years = models.PositiveSmallIntegerField("保存年数")
    basis = models.CharField("依据", max_length=200)

    class Meta:
        verbose_name = verbose_name_plural = "保存期限"
        constraints = [models.CheckConstraint(name="retention_basis", condition=~Q(basis=""))]

    def __str__(self) -> str:
        return f"{self.kind} {self.years}年"


class Erasure(AppendOnly):
    """That a person's data were erased. It holds none of them."""

    class Ground(models.TextChoices):
        """Why (PIPL art. 47)."""

        PERIOD = "period", "保存期限届满"
        REQUEST = "request", "本人要求"

    applicant = models.OneToOneField(
        Applicant, on_delete=models.PROTECT, related_name="erasure", verbose_name="申报主体"
    )
    ground = models.CharField("事由", max_length=10, choices=Ground.choices)
    document = models.CharField("文件", max_length=200)
    counts = models.JSONField("删除数量")
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", verbose_name="办理人"
    )
    at = models.DateTimeField("时间", auto_now_add=True)

    class Meta:
        verbose_name = verbose_name_plural = "个人信息删除"
        constraints = [
            models.CheckConstraint(name="erasure_ground", condition=Q(ground__in=["period", "request"])),
            models.CheckConstraint(name="erasure_document", condition=~Q(document="")),
        ]

    def __str__(self) -> str:
        return f"{self.applicant.number} {self.get_ground_display()}"
