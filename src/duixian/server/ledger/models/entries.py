"""What moves money: one person proposes, another decides, and an entry of balanced lines stands for good."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import CheckConstraint, F, Q, UniqueConstraint

from duixian.server.common.append_only import AppendOnly
from duixian.server.common.money import LARGEST, FenField
from duixian.server.ledger.kinds import Source
from duixian.server.ledger.models.accounts import Account, AllowedMove, Award, Envelope

_A_SUM = Q(amount_fen__gt=0, amount_fen__lte=LARGEST)


class Proposal(AppendOnly):
    """A movement that somebody asks for. `key` makes asking twice the same as asking once."""

    key = models.CharField("幂等键", max_length=100, unique=True)
    envelope = models.ForeignKey(Envelope, models.PROTECT, related_name="proposals", verbose_name="年度预算")
    move = models.ForeignKey(AllowedMove, models.PROTECT, related_name="+", verbose_name="变动")
    award = models.ForeignKey(
        Award, models.PROTECT, null=True, related_name="proposals", verbose_name="支持事项"
    )
    amount_fen = FenField("金额（分）")
    source = models.CharField("来源", max_length=16, choices=Source.choices, blank=True)
    district = models.CharField("区划", max_length=12, blank=True)
    onward = models.ForeignKey(
        Envelope, models.PROTECT, null=True, related_name="+", verbose_name="转入年度预算"
    )
    expires_on = models.DateField("预留至", null=True)
    reverses = models.ForeignKey(
        "ledger.Entry", models.PROTECT, null=True, related_name="+", verbose_name="冲销"
    )
    proposed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name="经办人"
    )
    at = models.DateTimeField("时间", editable=False)
    why = models.TextField("事由")

    class Meta:
        verbose_name = verbose_name_plural = "资金变动申请"
        constraints = [
            CheckConstraint(condition=_A_SUM, name="ledger_proposal_sum"),
            CheckConstraint(condition=~Q(key=""), name="ledger_proposal_key"),
            CheckConstraint(
                condition=Q(move="reversal", reverses__isnull=False)
                | (~Q(move="reversal") & Q(reverses__isnull=True)),
                name="ledger_proposal_reversal",
            ),
        ]


class Decision(AppendOnly):
    """The answer to a proposal, one for each. To confirm takes another person than the one who proposed."""

    proposal = models.OneToOneField(
        Proposal, models.PROTECT, related_name="decision", verbose_name="资金变动申请"
    )
    proposed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name="经办人"
    )
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name="审批人"
    )
    confirmed = models.BooleanField("同意")
    at = models.DateTimeField("时间", editable=False)
    why = models.TextField("意见", blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "资金变动审批"
        constraints = [
            CheckConstraint(
                condition=Q(confirmed=False) | ~Q(decided_by=F("proposed_by")), name="ledger_two_people"
            )
        ]


class Entry(AppendOnly):
    """One movement that took place. It rests on a confirmed decision, or, if automatic, on its own `key`."""

    envelope = models.ForeignKey(Envelope, models.PROTECT, related_name="entries", verbose_name="年度预算")
    move = models.ForeignKey(AllowedMove, models.PROTECT, related_name="+", verbose_name="变动")
    award = models.ForeignKey(
        Award, models.PROTECT, null=True, related_name="entries", verbose_name="支持事项"
    )
    district = models.CharField("区划", max_length=12, blank=True)
    amount_fen = FenField("金额（分）")
    expires_on = models.DateField("预留至", null=True)
    decision = models.OneToOneField(
        Decision, models.PROTECT, null=True, related_name="entry", verbose_name="审批"
    )
    key = models.CharField("幂等键", max_length=100, null=True, unique=True)
    reverses = models.OneToOneField(
        "self", models.PROTECT, null=True, related_name="reversed_by", verbose_name="冲销"
    )
    at = models.DateTimeField("时间", editable=False)

    class Meta:
        verbose_name = verbose_name_plural = "凭证"
        constraints = [
            CheckConstraint(condition=_A_SUM, name="ledger_entry_sum"),
            CheckConstraint(
                condition=Q(decision__isnull=False, key__isnull=True)
                | Q(decision__isnull=True, key__isnull=False),
                name="ledger_entry_rests",
            ),
            CheckConstraint(
                condition=Q(move="reversal", reverses__isnull=False)
                | (~Q(move="reversal") & Q(reverses__isnull=True)),
                name="ledger_entry_reversal",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.id} {self.move_id} {self.amount_fen}"


class Line(AppendOnly):
    """One side of an entry on one account; either a debit or a credit."""

    entry = models.ForeignKey(Entry, models.PROTECT, related_name="lines", verbose_name="凭证")
    account = models.ForeignKey(Account, models.PROTECT, related_name="lines", verbose_name="账户")
    debit_fen = FenField("借方（分）", default=0)
    credit_fen = FenField("贷方（分）", default=0)

    class Meta:
        verbose_name = verbose_name_plural = "分录"
        constraints = [
            UniqueConstraint(fields=["entry", "account"], name="ledger_one_line_an_account"),
            CheckConstraint(
                condition=Q(debit_fen__gt=0, credit_fen=0) | Q(debit_fen=0, credit_fen__gt=0),
                name="ledger_line_has_one_side",
            ),
        ]
