"""Envelopes, awards and accounts; and the two tables that only the database itself writes."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import CheckConstraint, F, Q, UniqueConstraint

from duixian.server.common.append_only import AppendOnly, WrittenByDatabase
from duixian.server.common.money import FenField
from duixian.server.funds.models import Fund
from duixian.server.ledger.kinds import OF_AN_AWARD, Kind, Source

_OF_AN_AWARD = sorted(OF_AN_AWARD)


class Envelope(AppendOnly):
    """One fund's money of one year."""

    fund = models.ForeignKey(Fund, models.PROTECT, related_name="envelopes", verbose_name="专项资金")
    year = models.PositiveSmallIntegerField("年度")

    class Meta:
        verbose_name = verbose_name_plural = "年度预算"
        constraints = [UniqueConstraint(fields=["fund", "year"], name="ledger_one_envelope_a_year")]

    def __str__(self) -> str:
        return f"{self.fund_id} {self.year}"


class YearState(AppendOnly):
    """A year closed, or opened again; the newest row of an envelope decides, without one it is open."""

    envelope = models.ForeignKey(Envelope, models.PROTECT, related_name="states", verbose_name="年度预算")
    closed = models.BooleanField("已关账")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name="经办人")
    at = models.DateTimeField("时间", editable=False)
    why = models.TextField("原因", blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "关账记录"


class Award(AppendOnly):
    """What money is held, decided and paid for: one applicant's support from one fund.

    `reference` names it for the app that decides on it. `from_quota`: its money comes from its district's quota and
    goes back there.
    """

    fund = models.ForeignKey(Fund, models.PROTECT, related_name="awards", verbose_name="专项资金")
    reference = models.CharField("编号", max_length=64)
    district = models.CharField("区划", max_length=12)
    from_quota = models.BooleanField("使用区级额度")

    class Meta:
        verbose_name = verbose_name_plural = "支持事项"
        constraints = [
            UniqueConstraint(fields=["fund", "reference"], name="ledger_one_award_a_reference"),
            CheckConstraint(condition=~Q(reference="") & ~Q(district=""), name="ledger_award_is_named"),
        ]

    def __str__(self) -> str:
        return f"{self.fund_id} {self.reference}"


class Account(AppendOnly):
    """One place of one envelope, at its finest: by source, by district, by award."""

    envelope = models.ForeignKey(Envelope, models.PROTECT, related_name="accounts", verbose_name="年度预算")
    kind = models.CharField("科目", max_length=16, choices=Kind.choices)
    source = models.CharField("来源", max_length=16, choices=Source.choices, blank=True)
    district = models.CharField("区划", max_length=12, blank=True)
    award = models.ForeignKey(
        Award, models.PROTECT, null=True, related_name="accounts", verbose_name="支持事项"
    )

    class Meta:
        verbose_name = verbose_name_plural = "账户"
        constraints = [
            UniqueConstraint(
                fields=["envelope", "kind", "source", "district", "award"],
                nulls_distinct=False,
                name="ledger_one_account_a_place",
            ),
            CheckConstraint(condition=Q(kind__in=Kind.values), name="ledger_account_kind"),
            CheckConstraint(
                condition=Q(kind=Kind.APPROPRIATION, source__in=Source.values)
                | (~Q(kind=Kind.APPROPRIATION) & Q(source="")),
                name="ledger_account_source",
            ),
            CheckConstraint(
                condition=Q(kind__in=_OF_AN_AWARD, award__isnull=False)
                | (~Q(kind__in=_OF_AN_AWARD) & Q(award__isnull=True)),
                name="ledger_account_award",
            ),
            CheckConstraint(
                condition=(Q(kind__in=[*_OF_AN_AWARD, Kind.QUOTA]) & ~Q(district=""))
                | (~Q(kind__in=[*_OF_AN_AWARD, Kind.QUOTA]) & Q(district="")),
                name="ledger_account_district",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.envelope_id} {self.kind} {self.source}{self.district} {self.award_id or ''}".strip()


class Balance(WrittenByDatabase):
    """An account's totals, kept by a trigger as lines are inserted; the application can only read them.

    The row is what concurrent entries wait for, and its check is the ceiling: no account falls below zero on its
    side (`sign` 1: debits, -1: credits).
    """

    account = models.OneToOneField(
        Account, models.PROTECT, primary_key=True, related_name="balance", verbose_name="账户"
    )
    sign = models.SmallIntegerField("方向")
    debit_fen = FenField("借方合计（分）")
    credit_fen = FenField("贷方合计（分）")

    class Meta:
        verbose_name = verbose_name_plural = "余额"
        constraints = [
            CheckConstraint(condition=Q(sign__in=[1, -1]), name="ledger_balance_sign"),
            CheckConstraint(
                condition=Q(sign=1, debit_fen__gte=F("credit_fen"))
                | Q(sign=-1, credit_fen__gte=F("debit_fen")),
                name="ledger_balance_not_below_zero",
            ),
            CheckConstraint(condition=Q(debit_fen__gte=0, credit_fen__gte=0), name="ledger_balance_totals"),
        ]

    @property
    def fen(self) -> int:
        """The balance in fen, on the account's own side."""
        return (self.debit_fen - self.credit_fen) * self.sign


class AllowedMove(WrittenByDatabase):
    """A row of `moves.MOVES`, for the database's own checks; only a migration writes it."""

    code = models.CharField("代码", max_length=32, primary_key=True)
    from_kind = models.CharField("自", max_length=16, blank=True)
    to_kind = models.CharField("至", max_length=16, blank=True)
    onward_kind = models.CharField("下年转入", max_length=16, blank=True)
    only_open = models.BooleanField("仅关账前")
    automatic = models.BooleanField("自动")

    class Meta:
        db_table = "ledger_move"
        verbose_name = verbose_name_plural = "允许的资金变动"
