"""Who is in the registry, by which numbers it is known, and who speaks for it."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import F, Q

LONGEST_KEY = 500
"""Characters of a sender's own number or a record's id, as `register.values.LONGEST`."""


class Division(models.Model):
    """A division of GB/T 2260 in one of its times: a code may have borne several names."""

    code = models.CharField("代码", max_length=6)
    name = models.CharField("名称", max_length=50)
    since = models.PositiveSmallIntegerField("启用年份", null=True, blank=True)
    until = models.PositiveSmallIntegerField("停用年份", null=True, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "行政区划"
        ordering = ["code", "since"]
        constraints = [
            models.UniqueConstraint(
                name="division_once", fields=["code", "since"], nulls_distinct=False
            ),
            models.CheckConstraint(name="division_code", condition=Q(code__regex="^[0-9]{6}$")),
            models.CheckConstraint(
                name="division_times",
                condition=Q(since=None) | Q(until=None) | Q(until__gte=F("since")),
            ),
        ]  # fmt: skip

    def __str__(self) -> str:
        return f"{self.code} {self.name}"


class Applicant(models.Model):
    """A body, a person or a team. What is known of it stands in its record versions.

    `kind`, `name` and `division` repeat its newest own facts so that lists can be filtered; a trigger of the
    database writes them together with the version (`triggers.PROJECTION`), nobody else does. A merged entry
    points at the one that was kept; nothing of it is moved.
    """

    kind = models.CharField("主体类型", max_length=40, blank=True)
    name = models.CharField("名称", max_length=LONGEST_KEY, blank=True)
    division = models.CharField("注册地", max_length=6, blank=True, db_index=True)
    created_at = models.DateTimeField("登记时间", auto_now_add=True)
    merged_into = models.ForeignKey(
        "self", on_delete=models.PROTECT, null=True, blank=True, related_name="absorbed", verbose_name="已并入"
    )  # fmt: skip
    erased_at = models.DateTimeField("个人信息删除时间", null=True, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "申报主体"
        constraints = [
            models.CheckConstraint(name="applicant_not_into_itself", condition=~Q(merged_into=F("id"))),
        ]

    def __str__(self) -> str:
        return self.name or self.number

    @property
    def number(self) -> str:
        """The registry's own number, which never changes and tells nothing."""
        return f"R{self.pk:010d}"


class Identifier(models.Model):
    """A number by which an applicant is known. A number names one applicant only, for good.

    `lookup` is the number itself, or of a person's numbers a keyed hash; `sealed` is such a number encrypted,
    `shown` what people see of it. `issuer` tells a sender's own numbers (`own`) and passports apart.
    """

    class Scheme(models.TextChoices):
        """What kind of number."""

        USCC = "uscc", "统一社会信用代码"
        RESIDENT = "resident", "公民身份号码"
        PASSPORT = "passport", "护照号码"
        OWN = "own", "来源方编号"

    applicant = models.ForeignKey(
        Applicant, on_delete=models.PROTECT, related_name="identifiers", verbose_name="申报主体"
    )
    scheme = models.CharField("类别", max_length=10, choices=Scheme.choices)
    issuer = models.CharField("签发方", max_length=100, blank=True)
    lookup = models.CharField("查找值", max_length=LONGEST_KEY)
    shown = models.CharField("显示", max_length=LONGEST_KEY)
    sealed = models.BinaryField("密文", null=True, editable=False)

    class Meta:
        verbose_name = verbose_name_plural = "证照号码"
        constraints = [
            models.UniqueConstraint(name="identifier_once", fields=["scheme", "issuer", "lookup"]),
            models.CheckConstraint(
                name="identifier_scheme", condition=Q(scheme__in=["uscc", "resident", "passport", "own"])
            ),
            models.CheckConstraint(
                name="identifier_issuer",
                condition=Q(scheme__in=["uscc", "resident"], issuer="")
                | (Q(scheme__in=["passport", "own"]) & ~Q(issuer="")),
            ),
            models.CheckConstraint(
                name="identifier_uscc",
                condition=~Q(scheme="uscc") | Q(lookup__regex="^[0-9A-HJ-NPQRTUWXY]{18}$"),
            ),
            models.CheckConstraint(
                name="identifier_sealed",
                condition=Q(scheme__in=["uscc", "own"], sealed=None)
                | Q(scheme__in=["resident", "passport"], sealed__isnull=False, lookup__regex="^[0-9a-f]{64}$"),
            ),
        ]  # fmt: skip

    def __str__(self) -> str:
        return f"{self.get_scheme_display()} {self.shown}"


class Representative(models.Model):
    """The natural person who stands for an applicant: one of each role at a time."""

    class Role(models.TextChoices):
        """As what."""

        LEGAL = "legal", "法定代表人"
        RESPONSIBLE = "responsible", "团队负责人"

    applicant = models.ForeignKey(
        Applicant, on_delete=models.PROTECT, related_name="representatives", verbose_name="申报主体"
    )
    person = models.ForeignKey(
        Applicant, on_delete=models.PROTECT, related_name="represents", verbose_name="个人"
    )
    role = models.CharField("身份", max_length=12, choices=Role.choices)
    since = models.DateField("起始日")
    until = models.DateField("终止日", null=True, blank=True)
    provenance = models.ForeignKey(
        "registry.Provenance", on_delete=models.PROTECT, related_name="+", verbose_name="来源"
    )
    recorded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+", verbose_name="登记人"
    )

    class Meta:
        verbose_name = verbose_name_plural = "代表人"
        constraints = [
            models.UniqueConstraint(
                name="representative_one_at_a_time", fields=["applicant", "role"], condition=Q(until=None)
            ),
            models.CheckConstraint(name="representative_not_oneself", condition=~Q(applicant=F("person"))),
            models.CheckConstraint(
                name="representative_times", condition=Q(until=None) | Q(until__gte=F("since"))
            ),
            models.CheckConstraint(
                name="representative_role", condition=Q(role__in=["legal", "responsible"])
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_role_display()} {self.person}"
