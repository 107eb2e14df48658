"""What people have uploaded: each content once, each upload of it on its own."""

from __future__ import annotations

from django.core.validators import RegexValidator
from django.db import models
from django.db.models import Q


class Content(models.Model):
    """One content, known by its SHA-256; where it stands on the disk follows from that."""

    class State(models.TextChoices):
        """How far it has come."""

        QUARANTINED = "quarantined", "待检查"
        ACCEPTED = "accepted", "已通过"
        REFUSED = "refused", "已拒绝"

    digest = models.CharField(
        "SHA-256", max_length=64, primary_key=True, validators=[RegexValidator("^[0-9a-f]{64}$")]
    )
    size = models.PositiveBigIntegerField("字节数")
    state = models.CharField("状态", max_length=16, choices=State, default=State.QUARANTINED)
    media_type = models.CharField("类型", max_length=100, blank=True)
    refusal_zh = models.CharField("拒绝原因", max_length=500, blank=True)
    refusal_en = models.CharField("reason for refusal", max_length=500, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "文件内容"
        constraints = [
            models.CheckConstraint(condition=Q(size__gt=0), name="content_is_not_empty"),
            models.CheckConstraint(
                condition=(Q(state="accepted") & ~Q(media_type=""))
                | (Q(state="refused") & ~Q(refusal_zh=""))
                | Q(state="quarantined"),
                name="content_says_what_or_why",
            ),
        ]

    def __str__(self) -> str:
        return self.digest[:12]


class Upload(models.Model):
    """A file as somebody uploaded it: its name, by whom, for which applicant, fund and district."""

    content = models.ForeignKey(Content, models.PROTECT, verbose_name="内容", related_name="uploads")
    name = models.CharField("文件名", max_length=200)
    at = models.DateTimeField("上传时间", auto_now_add=True)
    by = models.ForeignKey("accounts.Person", models.PROTECT, verbose_name="上传人", related_name="+")
    organisation = models.ForeignKey(
        "accounts.Organisation",
        models.PROTECT,
        verbose_name="申报单位",
        null=True,
        blank=True,
        related_name="+",
    )
    fund = models.ForeignKey("funds.Fund", models.PROTECT, verbose_name="专项资金", null=True, blank=True)
    district = models.CharField("行政区划", max_length=12, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "上传的文件"

    def __str__(self) -> str:
        return self.name
