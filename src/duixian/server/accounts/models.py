"""People and organisations, the mandates and the roles that they hold, and when the glass was broken."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from axes.models import AccessAttempt
from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.db import models
from django.db.models import F, Q
from django.utils.crypto import salted_hmac

from duixian.server.accounts.roles import NEEDS_END, Role

ROLES = [(role.value, role.names.zh) for role in Role]
LONGEST_OPENING_HOURS = 4
"""How long a broken glass stays open at most."""


class Organisation(models.Model):
    """Who employs or empowers people: a department, or the applicant for which an agent acts.

    The register of applicants knows the same body by its code (`uscc`); accounts stand below it. A person or team
    that applies has none, and stands here under the number that the register gave it (`R0000000007`).
    """

    class Kind(models.TextChoices):
        """Which side it is on."""

        CITY = "city", "市级部门"
        DISTRICT = "district", "区级部门"
        APPLICANT = "applicant", "申报单位"
        OTHER = "other", "其他单位"

    kind = models.CharField("类别", max_length=10, choices=Kind.choices)
    name = models.CharField("名称", max_length=200)
    uscc = models.CharField("统一社会信用代码（个人、团队为登记编号）", max_length=18, unique=True)
    district = models.CharField("行政区划代码", max_length=6, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "单位"
        constraints = [
            models.CheckConstraint(
                name="organisation_uscc",
                condition=Q(uscc__regex="^[0-9A-HJ-NPQRTUWXY]{18}$")
                | Q(uscc__regex="^R[0-9]{10}$", kind="applicant"),
            ),
            models.CheckConstraint(
                name="organisation_district",
                condition=Q(district__regex="^[0-9]{6}$") | Q(district="") & ~Q(kind="district"),
            ),
        ]  # fmt: skip

    def __str__(self) -> str:
        return self.name


class People(BaseUserManager["Person"]):
    """Makes people; services use it, and so do tests."""

    def create_user(self, sign_in: str, name: str, password: str | None = None, **more: Any) -> Person:
        """A person who can sign in; without a password only by activation or the city's single sign-on."""
        person = Person(sign_in=sign_in, name=name, **more)
        person.set_password(password)
        person.save(using=self._db)
        return person


class Person(AbstractBaseUser):
    """Somebody with an account; what they may do stands in the roles that they hold."""

    sign_in = models.CharField("登录名", max_length=64, unique=True)
    name = models.CharField("姓名", max_length=100)
    organisation = models.ForeignKey(
        Organisation, on_delete=models.PROTECT, null=True, blank=True, verbose_name="所在单位"
    )
    subject = models.CharField("统一身份认证标识", max_length=200, unique=True, null=True, blank=True)
    is_active = models.BooleanField("可登录", default=True)
    epoch = models.PositiveIntegerField("会话代次", default=0)
    """Raised when a role, the password or the standing changes: sessions of an earlier epoch have ended."""
    let_in_by = models.ForeignKey(
        "self", on_delete=models.PROTECT, null=True, blank=True, related_name="+", verbose_name="最近开通人"
    )
    """Who last gave a way in (activation, single sign-on): never who resets the second factor."""
    factor_reset_by = models.ForeignKey(
        "self", on_delete=models.PROTECT, null=True, blank=True, related_name="+", verbose_name="最近重置人"
    )

    objects = People()
    USERNAME_FIELD = "sign_in"
    REQUIRED_FIELDS = ["name"]

    class Meta:
        verbose_name = verbose_name_plural = "人员"
        constraints = [
            models.CheckConstraint(name="person_sign_in", condition=Q(sign_in__regex="^[a-z0-9][a-z0-9._-]{2,63}$")),
            models.CheckConstraint(
                name="person_two_ways_in_two_people",
                condition=Q(let_in_by=None) | Q(factor_reset_by=None) | ~Q(let_in_by=F("factor_reset_by")),
            ),
        ]  # fmt: skip

    def __str__(self) -> str:
        # Where a person is mentioned in passing (admin, messages) the whole name is not needed.
        return f"{self.name[:1]}＊（{self.pk}）"

    def _get_session_auth_hash(self, secret: str | None = None) -> str:
        # Django compares this with the session at every request, so a raised epoch ends them all.
        return salted_hmac(
            "duixian.accounts.session", f"{self.password}:{self.epoch}", secret=secret, algorithm="sha256"
        ).hexdigest()


class Mandate(models.Model):
    """A recorded power to act: for an applicant (an agent), or in another's role (a deputy)."""

    person = models.ForeignKey(
        Person, on_delete=models.PROTECT, related_name="mandates", verbose_name="受托人"
    )
    organisation = models.ForeignKey(
        Organisation, on_delete=models.PROTECT, null=True, blank=True, verbose_name="委托单位"
    )
    principal = models.ForeignKey(
        "Holding",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="deputies",
        verbose_name="被代理的角色",
    )
    reference = models.CharField("授权文件", max_length=200)
    since = models.DateField("起始日")
    until = models.DateField("终止日")
    recorded_by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+", verbose_name="登记人")
    recorded_at = models.DateTimeField("登记时间", auto_now_add=True)
    ended_at = models.DateTimeField("撤销时间", null=True, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "授权委托"
        constraints = [
            models.CheckConstraint(
                name="mandate_one_principal",
                condition=Q(organisation=None, principal__isnull=False)
                | Q(organisation__isnull=False, principal=None),
            ),
            models.CheckConstraint(name="mandate_ends_after_start", condition=Q(until__gte=F("since"))),
            models.CheckConstraint(name="mandate_has_a_file", condition=~Q(reference="")),
            models.CheckConstraint(name="mandate_not_by_oneself", condition=~Q(recorded_by=F("person"))),
        ]  # fmt: skip

    def __str__(self) -> str:
        return self.reference

    def valid(self, day: date) -> bool:
        """Whether it empowers on a day."""
        return self.ended_at is None and self.since <= day <= self.until


class Holding(models.Model):
    """A role that a person holds: for which fund, district and organisation, since when, and by whose hands."""

    class State(models.TextChoices):
        """Where it is: two people give a role, either may end it."""

        PROPOSED = "proposed", "待确认"
        CONFIRMED = "confirmed", "有效"
        DECLINED = "declined", "未同意"
        ENDED = "ended", "已终止"

    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="holdings", verbose_name="人员")
    role = models.CharField("角色", max_length=20, choices=ROLES)
    fund = models.ForeignKey(
        "funds.Fund", on_delete=models.PROTECT, null=True, blank=True, verbose_name="资金"
    )
    district = models.CharField("行政区划代码", max_length=6, blank=True)
    organisation = models.ForeignKey(
        Organisation, on_delete=models.PROTECT, null=True, blank=True, verbose_name="任职或委托单位"
    )
    mandate = models.ForeignKey(
        Mandate, on_delete=models.PROTECT, null=True, blank=True, related_name="holdings", verbose_name="授权委托"
    )  # fmt: skip
    since = models.DateField("起始日")
    until = models.DateField("终止日", null=True, blank=True)
    state = models.CharField("状态", max_length=10, choices=State.choices, default=State.PROPOSED)
    proposed_by = models.ForeignKey(
        Person, on_delete=models.PROTECT, null=True, related_name="+", verbose_name="提出人"
    )
    proposed_at = models.DateTimeField("提出时间", auto_now_add=True)
    decided_by = models.ForeignKey(
        Person, on_delete=models.PROTECT, null=True, blank=True, related_name="+", verbose_name="确认人"
    )
    decided_at = models.DateTimeField("确认时间", null=True, blank=True)
    ended_at = models.DateTimeField("终止时间", null=True, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "任职"
        constraints = [
            models.CheckConstraint(name="holding_role", condition=Q(role__in=[role.value for role in Role])),
            models.CheckConstraint(
                name="holding_ends_after_start", condition=Q(until=None) | Q(until__gte=F("since"))
            ),
            models.CheckConstraint(
                name="holding_end_is_set",
                condition=Q(until__isnull=False) | ~Q(role__in=sorted(NEEDS_END)) & Q(mandate=None),
            ),
            models.CheckConstraint(
                name="holding_agent_has_mandate",
                condition=~Q(role="agent") | Q(mandate__isnull=False, organisation__isnull=False),
            ),
            models.CheckConstraint(name="holding_district", condition=Q(district__regex="^([0-9]{2}){0,3}$")),
            # The first two security administrators of a new system have nobody before them.
            models.CheckConstraint(
                name="holding_given_by_others",
                condition=Q(proposed_by=None, role="security")
                | Q(proposed_by__isnull=False) & ~Q(proposed_by=F("person")),
            ),
            models.CheckConstraint(
                name="holding_given_by_two",
                condition=Q(decided_by=None) | ~Q(decided_by=F("person")) & ~Q(decided_by=F("proposed_by")),
            ),
            models.CheckConstraint(
                name="holding_confirmed_by_somebody",
                condition=~Q(state="confirmed") | Q(decided_by__isnull=False) | Q(proposed_by=None),
            ),
            models.UniqueConstraint(
                name="holding_once",
                fields=["person", "role", "fund", "district", "organisation", "mandate", "since"],
                condition=Q(state__in=["proposed", "confirmed"]),
                nulls_distinct=False,
            ),
        ]  # fmt: skip

    def __str__(self) -> str:
        return f"{self.person}：{Role(self.role).names.zh}"

    @property
    def open(self) -> bool:
        """Whether it is given or about to be."""
        return self.state in {self.State.PROPOSED, self.State.CONFIRMED}


class Opening(models.Model):
    """One use of the break-glass administrator: for a reason, for some hours, and looked at afterwards."""

    holding = models.ForeignKey(
        Holding, on_delete=models.PROTECT, related_name="openings", verbose_name="任职"
    )
    reason = models.TextField("事由")
    opened_at = models.DateTimeField("启用时间")
    until = models.DateTimeField("截止时间")
    closed_at = models.DateTimeField("关闭时间", null=True, blank=True)
    reviewed_by = models.ForeignKey(
        Person, on_delete=models.PROTECT, null=True, blank=True, related_name="+", verbose_name="复核人"
    )
    reviewed_at = models.DateTimeField("复核时间", null=True, blank=True)
    review = models.TextField("复核意见", blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "应急启用"
        constraints = [
            models.CheckConstraint(name="opening_has_a_reason", condition=~Q(reason="")),
            models.CheckConstraint(
                name="opening_is_short",
                condition=Q(until__gt=F("opened_at"))
                & Q(until__lte=models.ExpressionWrapper(
                    F("opened_at") + models.Value(timedelta(hours=LONGEST_OPENING_HOURS)), models.DateTimeField()
                )),
            ),
            models.CheckConstraint(
                name="opening_reviewed_whole",
                condition=Q(reviewed_by=None, reviewed_at=None, review="")
                | Q(reviewed_by__isnull=False, reviewed_at__isnull=False) & ~Q(review=""),
            ),
        ]  # fmt: skip

    def __str__(self) -> str:
        return f"{self.holding.person} {self.opened_at:%Y-%m-%d %H:%M}"


class Attempt(AccessAttempt):  # type: ignore[misc]
    """Failed attempts to sign in with one name from one address, as axes counts them."""

    class Meta:
        proxy = True
        verbose_name = verbose_name_plural = "登录失败记录"
