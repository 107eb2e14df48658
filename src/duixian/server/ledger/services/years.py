"""A fund's years, and the awards for which money is held."""

from __future__ import annotations

from duixian.calendar.days import Both
from duixian.server.accounts.roles import CITY, DISTRICT, FINANCE, Role
from duixian.server.audit.commands import command
from duixian.server.audit.services import record
from duixian.server.common.acting import Actor
from duixian.server.common.refusals import Refused
from duixian.server.common.scopes import find
from duixian.server.funds.models import Fund
from duixian.server.ledger import database
from duixian.server.ledger.kinds import Kind
from duixian.server.ledger.models import Award, Balance, Envelope, YearState
from duixian.server.ledger.services.rights import need_district, need_reach, need_role


@command("ledger.open_year")
def open_year(by: Actor, *, fund: str, year: int) -> Envelope:
    """The envelope of a fund's year, made if there is none.

    Raises:
        Refused: another role than finance's, or a year that cannot be one.
        NotFound: no such fund within the actor's reach.
    """
    need_role(by, FINANCE)
    if not 2000 <= year <= 2100:
        raise Refused("ledger.year", Both(f"{year}不是可用的年度", f"{year} is no year of a budget"))
    found = find(Fund, by, code=fund)
    envelope, new = Envelope.objects.get_or_create(fund=found, year=year)
    if new:
        record(by, "ledger.open_year", on=envelope, after={"fund": fund, "year": year})
    return envelope


@command("ledger.close_year")
def close_year(by: Actor, *, envelope: int, why: str = "") -> YearState:
    """Closes a year: no new appropriation, quota or reservation; what is decided is still paid.

    Raises:
        Refused: it is closed already, or money is still available, in quotas, or reserved.
        NotFound: no such envelope within the actor's reach.
    """
    person = need_role(by, {Role.FINANCE_APPROVER})
    found = find(Envelope, by, id=envelope)
    database.hold(found)
    if is_closed(found):
        raise Refused("ledger.year_closed", Both("该年度已经关账", "the year is closed already"))
    unsettled = (Kind.AVAILABLE, Kind.QUOTA, Kind.RESERVED)
    if any(
        balance.fen
        for balance in Balance.objects.filter(account__envelope=found, account__kind__in=unsettled)
    ):
        raise Refused(
            "ledger.unsettled",
            Both(
                "仍有可用预算、区级额度或公示预留；请先结转、上缴、收回或撤销",
                "money is still available, in quotas or reserved: carry over, surrender, recall or void it first",
            ),
        )
    return _set_state(by, person, found, closed=True, why=why)


@command("ledger.reopen_year")
def reopen_year(by: Actor, *, envelope: int, why: str) -> YearState:
    """Opens a closed year again; the reason is kept.

    Raises:
        Refused: it is open, or no reason is given.
        NotFound: no such envelope within the actor's reach.
    """
    person = need_role(by, {Role.FINANCE_APPROVER})
    found = find(Envelope, by, id=envelope)
    database.hold(found)
    if not is_closed(found):
        raise Refused("ledger.year_open", Both("该年度未关账", "the year is open"))
    if not why.strip():
        raise Refused("ledger.no_reason", Both("请写明重新开账的原因", "say why it is opened again"))
    return _set_state(by, person, found, closed=False, why=why)


@command("ledger.name_award")
def name_award(by: Actor, *, fund: str, reference: str, district: str, from_quota: bool = False) -> Award:
    """The award that another app calls `reference`, made if there is none.

    Raises:
        Refused: the reference already names another award, or there is none; no district's code.
        NotFound: no such fund or district within the actor's reach.
    """
    need_role(by, CITY | DISTRICT | FINANCE)
    need_reach(by, fund, district)
    need_district(district)
    if not 0 < len(reference) <= 64:
        raise Refused("ledger.reference", Both("编号应为1至64个字符", "the reference has 1 to 64 characters"))
    award, new = Award.objects.get_or_create(
        fund=find(Fund, by, code=fund),
        reference=reference,
        defaults={"district": district, "from_quota": from_quota},
    )
    if new:
        after = {"fund": fund, "reference": reference, "district": district, "from_quota": from_quota}
        record(by, "ledger.name_award", on=award, after=after)
    elif (award.district, award.from_quota) != (district, from_quota):
        raise Refused(
            "ledger.other_award",
            Both(
                f"编号{reference}已用于另一支持事项；请更换编号",
                f"{reference} already names another award; choose another reference",
            ),
        )
    return award


def is_closed(envelope: Envelope) -> bool:
    """Whether a year is closed."""
    state = envelope.states.order_by("-id").first()
    return state is not None and state.closed


def _set_state(by: Actor, person: int, envelope: Envelope, *, closed: bool, why: str) -> YearState:
    state = YearState.objects.create(envelope=envelope, closed=closed, by_id=person, why=why)
    action = "ledger.close_year" if closed else "ledger.reopen_year"
    record(by, action, on=envelope, before={"closed": not closed}, after={"closed": closed}, why=why)
    return state
