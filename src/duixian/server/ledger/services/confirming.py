"""Answering a proposal: the second of the two people, and the entry that follows."""

from __future__ import annotations

from collections.abc import Iterable

from duixian.calendar.days import Both
from duixian.server.audit.commands import command
from duixian.server.audit.services import record
from duixian.server.common.acting import Actor
from duixian.server.common.refusals import Refused
from duixian.server.common.scopes import find
from duixian.server.ledger import database
from duixian.server.ledger.models import Decision, Entry, Envelope, Proposal
from duixian.server.ledger.refusals import refusals
from duixian.server.ledger.services.posting import post
from duixian.server.ledger.services.rights import move_of, need_reach, need_role


@command("ledger.confirm")
def confirm(by: Actor, *, proposal: int, why: str = "") -> Entry:
    """Agrees to a movement and posts it. Said again by the same person it gives the same entry.

    Raises:
        Refused: another role's, the person who proposed, a proposal already answered otherwise, a closed year, or
            money that is not there.
        NotFound: no such proposal within the actor's reach.
    """
    found, person = _to_decide(by, proposal)
    if found.proposed_by_id == person:
        raise Refused(
            "ledger.same_person",
            Both(
                "申请和审批不得为同一人；请由另一人审批",
                "who proposes does not confirm; let somebody else do it",
            ),
        )
    made = Decision.objects.filter(proposal=found).select_related("entry").first()
    if made is not None:
        if made.confirmed and made.decided_by_id == person:
            return made.entry
        raise _answered(made)
    with refusals():
        decision = _decide(found, person, confirmed=True, why=why)
        entry = post(by, found, decision)
        database.check_now()
    return entry


@command("ledger.decline")
def decline(by: Actor, *, proposal: int, why: str) -> Decision:
    """Turns a proposal down; the person who made it takes it back in the same way.

    Raises:
        Refused: another role's, a proposal already confirmed, or no reason.
        NotFound: no such proposal within the actor's reach.
    """
    found, person = _to_decide(by, proposal, own=True)
    if not why.strip():
        raise Refused("ledger.no_reason", Both("请写明原因", "say why"))
    made = Decision.objects.filter(proposal=found).first()
    if made is not None:
        if not made.confirmed and made.decided_by_id == person:
            return made
        raise _answered(made)
    decision = _decide(found, person, confirmed=False, why=why)
    record(by, "ledger.decline", on=found, after={"confirmed": False}, why=why)
    return decision


def _to_decide(by: Actor, number: int, *, own: bool = False) -> tuple[Proposal, int]:
    """The proposal, its envelopes locked so that nobody else answers it meanwhile; and the person who answers."""
    found = find(Proposal, by, id=number)
    move = move_of(found)
    mine = own and by.person is not None and found.proposed_by_id == by.person
    person = need_role(by, move.confirmed_by | move.proposed_by if mine else move.confirmed_by)
    need_reach(by, found.envelope.fund_id, found.district)
    database.hold(*_touched(found))
    return found, person


def _touched(proposal: Proposal) -> Iterable[Envelope]:
    """The envelopes whose money it moves: two where something is carried over, or that is undone."""
    if proposal.reverses_id is not None:
        return Envelope.objects.filter(accounts__lines__entry=proposal.reverses_id).distinct()
    return filter(None, (proposal.envelope, proposal.onward))


def _decide(proposal: Proposal, person: int, *, confirmed: bool, why: str) -> Decision:
    return Decision.objects.create(
        proposal=proposal,
        proposed_by_id=proposal.proposed_by_id,
        decided_by_id=person,
        confirmed=confirmed,
        why=why,
    )


def _answered(decision: Decision) -> Refused:
    if decision.confirmed:
        return Refused("ledger.confirmed", Both("该申请已由他人同意", "somebody else has confirmed it"))
    return Refused(
        "ledger.declined", Both("该申请已被退回；请重新申请", "it was turned down; propose it again")
    )
