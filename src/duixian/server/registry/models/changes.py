"""What becomes of applicants: succession in law, entries merged by mistake of entry, consortia."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Now

from duixian.server.common.append_only import AppendOnly
from duixian.server.registry.models.applicants import LONGEST_KEY, Applicant
from duixian.server.registry.models.records import Provenance


class Succession(AppendOnly):
    """A change of the bodies themselves, on a day, by a document: who was before, who is after."""

    class Kind(models.TextChoices):
        """What happened."""

        RENAMED = "renamed", "更名"
        MERGED = "merged", "合并"
        SPLIT = "split", "分立"
        DEREGISTERED = "deregistered", "注销"

    kind = models.CharField("类别", max_length=14, choices=Kind.choices)
    on = models.DateField("生效日期")
    document = models.CharField("文件", max_length=200)
    provenance = models.ForeignKey(
        Provenance, on_delete=models.PROTECT, related_name="+", verbose_name="来源"
    )

    class Meta:
        verbose_name = verbose_name_plural = "主体沿革"
        constraints = [
            models.CheckConstraint(
                name="succession_kind",
                condition=Q(kind__in=["renamed", "merged", "split", "deregistered"]),
            ),
            models.CheckConstraint(name="succession_document", condition=~Q(document="")),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.on}"


class SuccessionParty(AppendOnly):
    """An applicant before or after a succession."""

    class Side(models.TextChoices):
        """On which side of the day."""

        BEFORE = "before", "之前"
        AFTER = "after", "之后"

    succession = models.ForeignKey(
        Succession, on_delete=models.PROTECT, related_name="parties", verbose_name="沿革"
    )
    applicant = models.ForeignKey(
        Applicant, on_delete=models.PROTECT, related_name="successions", verbose_name="申报主体"
    )
    side = models.CharField("前后", max_length=6, choices=Side.choices)

    class Meta:
        verbose_name = verbose_name_plural = "沿革各方"
        constraints = [
            models.UniqueConstraint(name="succession_party_once", fields=["succession", "applicant", "side"]),
            models.CheckConstraint(name="succession_party_side", condition=Q(side__in=["before", "after"])),
        ]

    def __str__(self) -> str:
        return f"{self.applicant}（{self.get_side_display()}）"


class Merger(models.Model):
    """Two entries found to be one applicant: `absorbed` is read as part of `kept` until the merger is undone.

    Nothing is moved, so undoing restores exactly. `choices` says for a record id that both have which one counts:
    a mapping from `type/key` to `kept`, `absorbed` or `both`.
    """

    kept = models.ForeignKey(
        Applicant, on_delete=models.PROTECT, related_name="mergers", verbose_name="保留的主体"
    )
    absorbed = models.ForeignKey(
        Applicant, on_delete=models.PROTECT, related_name="merged_by", verbose_name="并入的主体"
    )
    choices = models.JSONField("同号记录的取舍", default=dict)
    why = models.CharField("事由", max_length=500)
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", verbose_name="办理人"
    )
    at = models.DateTimeField("合并时间", db_default=Now())
    undone_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+", verbose_name="撤销人"
    )
    undone_at = models.DateTimeField("撤销时间", null=True)

    class Meta:
        verbose_name = verbose_name_plural = "条目合并"
        constraints = [
            models.UniqueConstraint(
                name="merger_absorbed_once", fields=["absorbed"], condition=Q(undone_at=None)
            ),
            models.CheckConstraint(name="merger_of_two", condition=~Q(kept=F("absorbed"))),
            models.CheckConstraint(
                name="merger_undone_whole",
                condition=Q(undone_by=None, undone_at=None)
                | Q(undone_by__isnull=False, undone_at__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.absorbed} → {self.kept}"


class Consortium(models.Model):
    """A consortium for one record (a project): one lead, other members, who share the record's id."""

    name = models.CharField("名称", max_length=200)
    type = models.CharField("记录类别", max_length=40, default="project")
    key = models.CharField("记录编号", max_length=LONGEST_KEY)
    document = models.CharField("联合体协议", max_length=200)
    recorded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+", verbose_name="登记人"
    )
    recorded_at = models.DateTimeField("登记时间", auto_now_add=True)

    class Meta:
        verbose_name = verbose_name_plural = "联合体"
        constraints = [models.CheckConstraint(name="consortium_document", condition=~Q(document=""))]

    def __str__(self) -> str:
        return self.name


class ConsortiumMember(models.Model):
    """One applicant's place in a consortium."""

    class Role(models.TextChoices):
        """As the vocabulary's enum `role` has it."""

        LEAD = "lead", "牵头单位"
        MEMBER = "member", "参与单位"

    consortium = models.ForeignKey(
        Consortium, on_delete=models.PROTECT, related_name="members", verbose_name="联合体"
    )
    applicant = models.ForeignKey(
        Applicant, on_delete=models.PROTECT, related_name="consortia", verbose_name="申报主体"
    )
    role = models.CharField("身份", max_length=6, choices=Role.choices)

    class Meta:
        verbose_name = verbose_name_plural = "联合体成员"
        constraints = [
            models.UniqueConstraint(name="consortium_member_once", fields=["consortium", "applicant"]),
            models.UniqueConstraint(
                name="consortium_one_lead", fields=["consortium"], condition=Q(role="lead")
            ),
            models.CheckConstraint(name="consortium_role", condition=Q(role__in=["lead", "member"])),
        ]

    def __str__(self) -> str:
        return f"{self.applicant}（{self.get_role_display()}）"
