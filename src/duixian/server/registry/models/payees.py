"""Where an applicant's money goes: an account that two people put there."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from duixian.server.registry.models.applicants import Applicant


class PayeeAccount(models.Model):
    """A bank account of an applicant, from its proposal on; the number itself never changes, a new one replaces it.

    `sealed` is the number encrypted, `lookup` its keyed hash, `shown` what people see of it.
    """

    class State(models.TextChoices):
        """Where it is. Only an active account is paid to, and an applicant has one at most."""

        PROPOSED = "proposed", "待确认"
        ACTIVE = "active", "有效"
        DECLINED = "declined", "未同意"
        CLOSED = "closed", "已停用"

    applicant = models.ForeignKey(
        Applicant, on_delete=models.PROTECT, related_name="payee_accounts", verbose_name="申报主体"
    )
    holder = models.CharField("户名", max_length=200)
    bank = models.CharField("开户银行", max_length=200)
    shown = models.CharField("账号", max_length=40)
    lookup = models.CharField("查找值", max_length=64, blank=True)
    sealed = models.BinaryField("密文", null=True, editable=False)
    state = models.CharField("状态", max_length=10, choices=State.choices, default=State.PROPOSED)
    evidence = models.CharField("证明材料（文件摘要）", max_length=64, blank=True)
    why = models.CharField("事由", max_length=500)
    proposed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", verbose_name="提出人"
    )
    proposed_at = models.DateTimeField("提出时间", auto_now_add=True)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+", verbose_name="确认人"
    )
    decided_at = models.DateTimeField("确认时间", null=True)
    closed_at = models.DateTimeField("停用时间", null=True)

    class Meta:
        verbose_name = verbose_name_plural = "收款账户"
        constraints = [
            models.CheckConstraint(
                name="payee_state", condition=Q(state__in=["proposed", "active", "declined", "closed"])
            ),
            models.CheckConstraint(
                name="payee_two_people", condition=Q(decided_by=None) | ~Q(decided_by=F("proposed_by"))
            ),
            models.CheckConstraint(
                name="payee_decided",
                condition=Q(state="proposed", decided_by=None)
                | (~Q(state="proposed") & Q(decided_by__isnull=False, decided_at__isnull=False)),
            ),
            models.CheckConstraint(
                name="payee_closed", condition=Q(state="closed") | Q(closed_at=None)
            ),
            models.UniqueConstraint(
                name="payee_one_active", fields=["applicant"], condition=Q(state="active")
            ),
            models.UniqueConstraint(
                name="payee_one_proposed", fields=["applicant"], condition=Q(state="proposed")
            ),
        ]  # fmt: skip

    def __str__(self) -> str:
        return f"{self.bank} {self.shown}"
