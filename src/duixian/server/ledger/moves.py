"""Every way in which money moves, as one table: a new way is a new row (and a migration that calls `sync`).

The database holds the same table (`ledger_move`), which only the owner can write, and refuses an entry that is
not one of these moves, whoever inserts it. docs/ledger.md shows it; a test holds the three together.
"""

from __future__ import annotations

from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from duixian.calendar.days import Both
from duixian.server.accounts.roles import Role
from duixian.server.ledger.kinds import OF_AN_AWARD, Kind

if TYPE_CHECKING:
    from django.apps.registry import Apps
    from django.db.backends.base.schema import BaseDatabaseSchemaEditor


@dataclass(frozen=True)
class Move:
    """From one kind of account to another: who proposes it, who (another person) confirms it, and when.

    `when`: only while the year is open, or `any` time. `onward`: where it arrives in a later year's envelope.
    `automatic`: without people, when the day has passed that two people had set.
    """

    code: str
    name: Both
    out_of: Kind
    into: Kind
    proposed_by: AbstractSet[Role]
    confirmed_by: AbstractSet[Role]
    when: Literal["open", "any"] = "any"
    onward: Kind | None = None
    automatic: bool = False

    @property
    def of_an_award(self) -> bool:
        """Whether it moves the money of one award."""
        return bool({self.out_of, self.into} & OF_AN_AWARD)

    @property
    def reserves(self) -> bool:
        """Whether it holds money for an award, perhaps until a day."""
        return self.into is Kind.RESERVED


REVERSAL = "reversal"
"""No row of its own: an entry's mirror image, proposed and confirmed by those who may do the move it undoes."""

_OFFICER, _APPROVER = frozenset({Role.CITY_OFFICER}), frozenset({Role.CITY_APPROVER})
_CLERK, _FINANCE = frozenset({Role.FINANCE_CLERK}), frozenset({Role.FINANCE_APPROVER})
_DISTRICT, _DISTRICT_APPROVER = frozenset({Role.DISTRICT_OFFICER}), frozenset({Role.DISTRICT_APPROVER})
_NOBODY: frozenset[Role] = frozenset()

_ROWS = (
    # finance: the budget
    Move("appropriate", Both("下达预算", "appropriate"),
         Kind.APPROPRIATION, Kind.AVAILABLE, _CLERK, _FINANCE, "open"),
    Move("cut", Both("压减预算", "cut the budget"),
         Kind.AVAILABLE, Kind.APPROPRIATION, _CLERK, _FINANCE, "open"),
    Move("allot", Both("下达区级额度", "allot a district's quota"),
         Kind.AVAILABLE, Kind.QUOTA, _CLERK, _FINANCE, "open"),
    Move("recall", Both("收回区级额度", "recall a district's quota"),
         Kind.QUOTA, Kind.AVAILABLE, _CLERK, _FINANCE),
    # an award on notice: reserve, then commit (post), void, or let expire
    Move("reserve", Both("公示预留", "reserve"),
         Kind.AVAILABLE, Kind.RESERVED, _OFFICER, _APPROVER, "open"),
    Move("reserve_quota", Both("占用额度预留", "reserve from the quota"),
         Kind.QUOTA, Kind.RESERVED, _OFFICER | _DISTRICT, _APPROVER | _DISTRICT_APPROVER, "open"),
    Move("void", Both("撤销预留", "void a reservation"),
         Kind.RESERVED, Kind.AVAILABLE, _OFFICER, _APPROVER),
    Move("void_quota", Both("撤销额度预留", "void a reservation from the quota"),
         Kind.RESERVED, Kind.QUOTA, _OFFICER | _DISTRICT, _APPROVER | _DISTRICT_APPROVER),
    Move("expire", Both("预留到期", "a reservation expires"),
         Kind.RESERVED, Kind.AVAILABLE, _NOBODY, _NOBODY, automatic=True),
    Move("expire_quota", Both("额度预留到期", "a reservation from the quota expires"),
         Kind.RESERVED, Kind.QUOTA, _NOBODY, _NOBODY, automatic=True),
    Move("commit", Both("决定", "commit"),
         Kind.RESERVED, Kind.COMMITTED, _OFFICER, _APPROVER),
    Move("cancel", Both("取消决定", "cancel a decision"),
         Kind.COMMITTED, Kind.AVAILABLE, _OFFICER, _APPROVER),
    Move("cancel_quota", Both("取消额度内决定", "cancel a decision within the quota"),
         Kind.COMMITTED, Kind.QUOTA, _OFFICER, _APPROVER),
    # payment
    Move("send", Both("拨付到区", "send to the district"),
         Kind.COMMITTED, Kind.AT_DISTRICTS, _CLERK, _FINANCE),
    Move("hand_back", Both("区级退回", "a district hands back"),
         Kind.AT_DISTRICTS, Kind.COMMITTED, _CLERK | _DISTRICT, _FINANCE | _DISTRICT_APPROVER),
    Move("pay", Both("区级兑付", "a district pays"),
         Kind.AT_DISTRICTS, Kind.PAID, _DISTRICT, _DISTRICT_APPROVER),
    Move("pay_directly", Both("市级直接兑付", "the city pays directly"),
         Kind.COMMITTED, Kind.PAID, _CLERK, _FINANCE),
    # what comes back
    Move("return", Both("退回", "money comes back"),
         Kind.PAID, Kind.RETURNED, _CLERK | _DISTRICT, _FINANCE | _DISTRICT_APPROVER),
    Move("pay_again", Both("重新兑付", "pay again what came back"),
         Kind.RETURNED, Kind.PAID, _CLERK | _DISTRICT, _FINANCE | _DISTRICT_APPROVER),
    Move("claim_back", Both("决定追回", "claim back"),
         Kind.PAID, Kind.RECEIVABLE, _OFFICER, _APPROVER),
    Move("withdraw_claim", Both("撤销追回", "withdraw a claim"),
         Kind.RECEIVABLE, Kind.PAID, _OFFICER, _APPROVER),
    Move("recover", Both("收到追回款", "recover"),
         Kind.RECEIVABLE, Kind.RECOVERED, _CLERK | _DISTRICT, _FINANCE | _DISTRICT_APPROVER),
    Move("release_returned", Both("退回款转可用", "make returned money available"),
         Kind.RETURNED, Kind.AVAILABLE, _CLERK, _FINANCE),
    Move("release_recovered", Both("追回款转可用", "make recovered money available"),
         Kind.RECOVERED, Kind.AVAILABLE, _CLERK, _FINANCE),
    # the year's end
    Move("surrender", Both("上缴结余", "surrender"),
         Kind.AVAILABLE, Kind.SURRENDERED, _CLERK, _FINANCE),
    Move("surrender_returned", Both("上缴退回款", "surrender returned money"),
         Kind.RETURNED, Kind.SURRENDERED, _CLERK, _FINANCE),
    Move("surrender_recovered", Both("上缴追回款", "surrender recovered money"),
         Kind.RECOVERED, Kind.SURRENDERED, _CLERK, _FINANCE),
    Move("carry_over", Both("结转下年", "carry over"),
         Kind.AVAILABLE, Kind.CARRIED_OVER, _CLERK, _FINANCE, onward=Kind.AVAILABLE),
    Move("carry_over_committed", Both("已决定未付结转", "carry over what is decided and unpaid"),
         Kind.COMMITTED, Kind.CARRIED_OVER, _CLERK, _FINANCE, onward=Kind.COMMITTED),
)  # fmt: skip

MOVES = {row.code: row for row in _ROWS}
"""Every move by its code."""


def sync(apps: Apps, editor: BaseDatabaseSchemaEditor) -> None:
    """Brings the database's own table of moves up to this one; run by a migration, as the owner."""
    table = apps.get_model("ledger", "AllowedMove")._default_manager.using(editor.connection.alias)
    for code, row in rows().items():
        table.update_or_create(code=code, defaults=row)


def rows() -> dict[str, dict[str, object]]:
    """What the database's table holds, by code."""
    found: dict[str, dict[str, object]] = {
        move.code: {
            "from_kind": move.out_of.value,
            "to_kind": move.into.value,
            "onward_kind": move.onward.value if move.onward else "",
            "only_open": move.when == "open",
            "automatic": move.automatic,
        }
        for move in _ROWS
    }
    found[REVERSAL] = {
        "from_kind": "",
        "to_kind": "",
        "onward_kind": "",
        "only_open": False,
        "automatic": False,
    }
    return found
