"""What the database refused, as an answer to the person who asked."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import IntegrityError
from psycopg import errors

from duixian.calendar.days import Both
from duixian.server.common.refusals import Refused

_WHY = {
    "ledger_balance_not_below_zero": (
        "ledger.over_ceiling",
        Both(
            "账户余额不足，未记账；请核对余额后减少金额", "the account does not hold that much; nothing was posted"
        ),
    ),
    "ledger_two_people": (
        "ledger.same_person",
        Both("申请和审批不得为同一人；请由另一人审批", "who proposes does not confirm; let somebody else do it"),
    ),
    "ledger_year_is_open": (
        "ledger.year_closed",
        Both(
            "该年度已关账；请在新年度办理，确有必要时由财务重新开账",
            "the year is closed; use the new year's envelope, or have finance open this one again",
        ),
    ),
    "ledger_reservation_ended": (
        "ledger.not_expired",
        Both("预留尚未到期", "the reservation has not ended"),
    ),
    "ledger_carries_forward": (
        "ledger.not_forward",
        Both("只能结转到同一资金以后的、未关账的年度", "carry over only into a later, open year of the same fund"),
    ),
    "ledger_reversal_mirrors": (
        "ledger.not_reversible",
        Both("该凭证不能冲销；冲销凭证本身不能再冲销", "this entry cannot be reversed; a reversal itself never is"),
    ),
    "ledger_entry_reverses_id_key": ("ledger.reversed", Both("该凭证已经冲销", "it has been reversed already")),
    "ledger_entry_is_a_move": (
        "ledger.no_such_move",
        Both("账户与该变动不符；请核对支持事项和区划", "these are not the move's accounts; check award and district"),
    ),
}  # fmt: skip


@contextmanager
def refusals() -> Iterator[None]:
    """Turns what the database's guards refuse into `Refused`; every other error stays what it is.

    Raises:
        Refused: a ceiling, a second person, a closed year, … said no.
    """
    try:
        yield
    except IntegrityError as error:
        cause = error.__cause__
        rule = cause.diag.constraint_name if isinstance(cause, errors.Error) else None
        if rule not in _WHY:
            raise
        raise Refused(*_WHY[rule]) from error
