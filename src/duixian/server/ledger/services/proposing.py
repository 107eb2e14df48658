"""Asking for a movement of money: the first of the two people."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import date
from typing import Any

from duixian.calendar.days import Both
from duixian.server.audit.commands import command
from duixian.server.audit.services import record
from duixian.server.common.acting import Actor
from duixian.server.common.money import LARGEST
from duixian.server.common.refusals import Refused
from duixian.server.common.scopes import find
from duixian.server.ledger.kinds import Kind, Source
from duixian.server.ledger.models import Award, Entry, Envelope, Proposal
from duixian.server.ledger.moves import MOVES, REVERSAL, Move
from duixian.server.ledger.services.rights import DISTRICT_CODE, move_of, need_district, need_reach, need_role
from duixian.server.ledger.services.years import is_closed


@dataclass(frozen=True, kw_only=True)
class Asked:
    """A movement as somebody asks for it; `source`, `district`, `award`, `onward` where the move has one.

    `award`, `envelope` and `onward` are ids; `expires_on` is the last day of a reservation, None for no end.
    """

    move: str
    envelope: int
    amount_fen: int
    award: int | None = None
    source: str = ""
    district: str = ""
    onward: int | None = None
    expires_on: date | None = None

    def told(self) -> dict[str, object]:
        """What the event log keeps of it when it is refused: nothing that is not one of our codes."""
        return {
            **asdict(self),
            "move": self.move if self.move in MOVES else None,
            "source": self.source if self.source in Source.values else None,
            "district": self.district if DISTRICT_CODE.fullmatch(self.district) else None,
        }


@command("ledger.propose")
def propose(by: Actor, *, key: str, asked: Asked, why: str) -> Proposal:
    """Asks for a movement. The same command with the same key gives the first one's proposal.

    Raises:
        Refused: another role's move, a sum or a detail that does not fit it, a closed year, no reason, or a key
            that was used for another command.
        NotFound: envelope, award or district are not within the actor's reach.
    """
    move = MOVES.get(asked.move)
    if move is None:
        raise Refused(
            "ledger.no_such_move", Both(f"没有“{asked.move}”这种变动", f"there is no move {asked.move!r}")
        )
    person = need_role(by, move.proposed_by)
    envelope = find(Envelope, by, id=asked.envelope)
    award = None if asked.award is None else find(Award, by, id=asked.award, fund=envelope.fund_id)
    onward = None if asked.onward is None else find(Envelope, by, id=asked.onward, fund=envelope.fund_id)
    _fits(move, asked, award)
    district = award.district if award else asked.district
    need_reach(by, envelope.fund_id, district)
    if onward is not None and onward.year <= envelope.year:
        raise Refused("ledger.not_forward", Both("只能结转到以后的年度", "carry over only into a later year"))
    if move.when == "open" and is_closed(envelope) and _is_new(key):
        raise Refused(
            "ledger.year_closed", Both("该年度已关账；请在新年度办理", "the year is closed; use a new one")
        )
    return _ask(
        by, key, why,
        envelope=envelope, move_id=move.code, award=award, amount_fen=asked.amount_fen, source=asked.source,
        district=district, onward=onward, expires_on=asked.expires_on, reverses=None, proposed_by_id=person,
    )  # fmt: skip


@command("ledger.propose_reversal")
def propose_reversal(by: Actor, *, key: str, entry: int, why: str) -> Proposal:
    """Asks for an entry's mirror image, by those who may propose what it undoes.

    Raises:
        Refused: another role's, a reversal or an automatic entry, no reason, or a key used for another command.
        NotFound: no such entry within the actor's reach.
    """
    found = find(Entry, by, id=entry)
    move = move_of(found)
    person = need_role(by, move.proposed_by)
    need_reach(by, found.envelope.fund_id, found.district)
    if found.move_id == REVERSAL:
        raise Refused(
            "ledger.not_reversible",
            Both("冲销凭证不能再冲销；请重新办理原变动", "a reversal is not reversed; do the move again"),
        )
    if Entry.objects.filter(reverses=found).exists() and _is_new(key):
        raise Refused("ledger.reversed", Both("该凭证已经冲销", "it has been reversed already"))
    return _ask(
        by, key, why,
        envelope=found.envelope, move_id=REVERSAL, award=found.award, amount_fen=found.amount_fen, source="",
        district=found.district, onward=None, expires_on=None, reverses=found, proposed_by_id=person,
    )  # fmt: skip


def _is_new(key: str) -> bool:
    """Whether no command had this key: a retry is answered as the first time, whatever has happened since."""
    return not Proposal.objects.filter(key=key).exists()


def _fits(move: Move, asked: Asked, award: Award | None) -> None:
    """Whether all that the move needs is given, and nothing else."""
    if type(asked.amount_fen) is not int or not 0 < asked.amount_fen <= LARGEST:
        raise Refused(
            "ledger.sum", Both("金额必须是正整数（分）", "the sum must be a positive number of fen")
        )
    kinds = {move.out_of, move.into}
    details = (
        ("award", move.of_an_award, asked.award is not None, Both("支持事项", "an award")),
        ("source", Kind.APPROPRIATION in kinds, asked.source != "", Both("资金来源", "a source")),
        ("district", Kind.QUOTA in kinds and not move.of_an_award, asked.district != "", Both("区划", "a district")),
        ("onward", move.onward is not None, asked.onward is not None, Both("转入年度", "the year that it goes into")),
        ("expires_on", move.reserves and asked.expires_on is not None, asked.expires_on is not None,
         Both("预留期限", "the end of a reservation")),
    )  # fmt: skip
    for name, needed, given, called in details:
        if needed and not given:
            raise Refused(f"ledger.{name}", Both(f"请填写{called.zh}", f"{move.name.en}: give {called.en}"))
        if given and not needed:
            raise Refused(
                f"ledger.{name}",
                Both(f"“{move.name.zh}”没有{called.zh}", f"{move.name.en}: leave out {called.en}"),
            )
    if asked.district:
        need_district(asked.district)
    if asked.source and asked.source not in set(Source.values) - {Source.CARRIED_OVER}:
        raise Refused("ledger.source", Both("资金来源不可用", "that source cannot be appropriated from"))
    if award is not None and Kind.RETURNED != move.out_of != Kind.RECOVERED:
        quota, central = Kind.QUOTA in kinds, Kind.AVAILABLE in kinds
        if (quota and not award.from_quota) or (central and award.from_quota):
            raise Refused(
                "ledger.from_quota",
                Both(
                    "该支持事项使用区级额度" if award.from_quota else "该支持事项不使用区级额度",
                    "the award's money is its district's quota"
                    if award.from_quota
                    else "the award has no quota",
                ),
            )


def _ask(by: Actor, key: str, why: str, **given: Any) -> Proposal:
    """The proposal of this key, made if there is none: of any number of equal commands at once, one makes it."""
    if not why.strip():
        raise Refused("ledger.no_reason", Both("请写明事由", "say what the movement is for"))
    if not 0 < len(key) <= 100:
        raise Refused("ledger.key", Both("幂等键应为1至100个字符", "the key has 1 to 100 characters"))
    given["why"] = why
    proposal, new = Proposal.objects.get_or_create(key=key, defaults=given)
    if new:
        record(by, "ledger.propose", on=proposal, after={"key": key, **told(proposal)}, why=why)
    elif any(getattr(proposal, name) != value for name, value in given.items()):
        raise Refused(
            "ledger.key_used",
            Both(
                "该幂等键已用于另一条指令；请换一个", "this key was used for another command; choose another"
            ),
        )
    return proposal


def told(proposal: Proposal) -> dict[str, object]:
    """What the event log says of a proposal."""
    return {
        "move": proposal.move_id,
        "envelope": proposal.envelope_id,
        "amount_fen": proposal.amount_fen,
        "award": proposal.award_id,
        "source": proposal.source,
        "district": proposal.district,
        "onward": proposal.onward_id,
        "expires_on": proposal.expires_on,
        "reverses": proposal.reverses_id,
    }
