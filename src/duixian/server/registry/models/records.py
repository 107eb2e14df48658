"""What is known of applicants: versions of records that are only ever added, and where each came from."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Now

from duixian.server.common.append_only import AppendOnly
from duixian.server.registry.models.applicants import LONGEST_KEY, Applicant

SANCTION = "sanction"
"""The record type of flags and bars, which only `services.credit` writes, and imports of an authority's list."""
OWN = "applicant"
"""The record type of an applicant's own facts: the vocabulary's entity of that name; its key is blank."""


class Provenance(AppendOnly):
    """Where facts came from: who stated them on which day, on what evidence, who recorded and who verified them.

    One row serves everything that came in together, such as a whole imported file.
    """

    class Kind(models.TextChoices):
        """Who speaks. Facts that only an authority can state are not taken from the applicant itself."""

        STATEMENT = "statement", "主体自行填报"
        AUTHORITY = "authority", "主管部门认定或提供"
        SHARED = "shared", "政务数据共享"
        CHECK = "check", "核查"

    kind = models.CharField("性质", max_length=10, choices=Kind.choices)
    source = models.CharField("来源", max_length=200)
    stated_on = models.DateField("填报日期")
    evidence = models.CharField("证明材料（文件摘要）", max_length=64, blank=True)
    batch = models.ForeignKey(
        "registry.Batch", on_delete=models.PROTECT, null=True, related_name="+", verbose_name="导入批次"
    )
    recorded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+", verbose_name="登记人"
    )
    recorded_at = models.DateTimeField("登记时间", auto_now_add=True)
    verified_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+", verbose_name="核实人"
    )

    class Meta:
        verbose_name = verbose_name_plural = "来源"
        constraints = [
            models.CheckConstraint(
                name="provenance_kind", condition=Q(kind__in=["statement", "authority", "shared", "check"])
            ),
            models.CheckConstraint(name="provenance_source", condition=~Q(source="")),
            models.CheckConstraint(
                name="provenance_evidence", condition=Q(evidence="") | Q(evidence__regex="^[0-9a-f]{64}$")
            ),
        ]

    def __str__(self) -> str:
        return f"{self.source} {self.stated_on}"


class RecordVersion(AppendOnly):
    """One version of one record: the whole record as it was known from `known_at` on, until the next number.

    `type` and `key` are the vocabulary's record type and the record's id; the applicant's own facts are the type
    `applicant` with a blank key. `payload` is in the form of `wire`; null if the record was withdrawn, or erased
    with the person's data. `stated` names the fields of which this version's provenance speaks (null: all); of the
    others the version before speaks. `valid_from` and `valid_until` bound the days for which it is true.
    """

    id = models.BigAutoField(primary_key=True)
    # That the two exist is checked a statement at a time (`triggers.PROJECTION`), and neither is ever deleted. It is
    # what a constraint would guarantee, which looks up each row and takes as long as all the rest of an import.
    applicant = models.ForeignKey(
        Applicant,
        on_delete=models.PROTECT,
        related_name="versions",
        db_index=False,
        db_constraint=False,
        verbose_name="申报主体",
    )
    type = models.CharField("记录类别", max_length=40)
    key = models.CharField("记录编号", max_length=LONGEST_KEY, blank=True)
    number = models.PositiveIntegerField("版次")
    payload = models.JSONField("内容", null=True)
    stated = models.JSONField("本版所述字段", null=True)
    valid_from = models.DateField("有效期起", null=True)
    valid_until = models.DateField("有效期止", null=True)
    withdrawn = models.BooleanField("撤回", default=False)
    provenance = models.ForeignKey(
        Provenance,
        on_delete=models.PROTECT,
        related_name="+",
        db_index=False,
        db_constraint=False,
        verbose_name="来源",
    )
    known_at = models.DateTimeField("获知时间", db_default=Now())

    class Meta:
        verbose_name = verbose_name_plural = "记录版本"
        constraints = [
            models.UniqueConstraint(
                name="recordversion_number", fields=["applicant", "type", "key", "number"]
            ),
            models.CheckConstraint(name="recordversion_from_one", condition=Q(number__gte=1)),
            models.CheckConstraint(
                name="recordversion_own_key",
                condition=Q(type=OWN, key="") | (~Q(type=OWN) & ~Q(key="")),
            ),
            models.CheckConstraint(
                name="recordversion_times",
                condition=Q(valid_from=None) | Q(valid_until=None) | Q(valid_until__gte=F("valid_from")),
            ),
            models.CheckConstraint(
                name="recordversion_withdrawn_is_empty",
                condition=Q(withdrawn=False) | Q(payload=None),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.type} {self.key} #{self.number}"
