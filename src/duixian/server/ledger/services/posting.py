"""Writes an entry with its lines: for a confirmed proposal, or for what happens by itself."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from duixian.server.audit.services import record
from duixian.server.common.acting import Actor
from duixian.server.ledger.kinds import OF_AN_AWARD, Kind, Source
from duixian.server.ledger.models import Account, Award, Decision, Entry, Envelope, Line, Proposal
from duixian.server.ledger.moves import MOVES, REVERSAL, Move

Sides = list[tuple[Account, int, int]]
"""Lines to be: account, debit, credit, in fen."""


def post(by: Actor, proposal: Proposal, decision: Decision) -> Entry:
    """The entry of a confirmed proposal. The caller has locked its envelope."""
    entry = Entry.objects.create(
        envelope=proposal.envelope,
        move_id=proposal.move_id,
        award=proposal.award,
        district=proposal.district,
        amount_fen=proposal.amount_fen,
        expires_on=proposal.expires_on,
        decision=decision,
        reverses=proposal.reverses,
    )
    if proposal.move_id == REVERSAL:
        assert proposal.reverses is not None
        lines = proposal.reverses.lines.select_related("account__envelope")
        sides = [(line.account, line.credit_fen, line.debit_fen) for line in lines]
    else:
        sides = _sides(entry, MOVES[proposal.move_id], proposal.source, proposal.onward)
    people = {
        "proposal": proposal.id,
        "proposed_by": proposal.proposed_by_id,
        "decided_by": decision.decided_by_id,
    }
    _write(by, entry, sides, people, decision.why)
    return entry


def post_automatic(
    by: Actor, move: Move, envelope: Envelope, award: Award, amount_fen: int, key: str
) -> Entry:
    """The entry of an automatic move; the key makes it the only one of its occasion."""
    entry = Entry.objects.create(
        envelope=envelope,
        move_id=move.code,
        award=award,
        district=award.district,
        amount_fen=amount_fen,
        key=key,
    )
    _write(by, entry, _sides(entry, move, "", None), {"key": key}, "")
    return entry


def _sides(entry: Entry, move: Move, source: str, onward: Envelope | None) -> Sides:
    amount, envelope = entry.amount_fen, entry.envelope
    sides = [
        (_account(envelope, move.out_of, entry, source), 0, amount),
        (_account(envelope, move.into, entry, source), amount, 0),
    ]
    if onward is not None:
        assert move.onward is not None
        sides += [
            (_account(onward, Kind.APPROPRIATION, entry, Source.CARRIED_OVER), 0, amount),
            (_account(onward, move.onward, entry, ""), amount, 0),
        ]
    return sides


def _account(envelope: Envelope, kind: Kind, entry: Entry, source: str) -> Account:
    """The account of a place, made when money first comes there."""
    account, _ = Account.objects.get_or_create(
        envelope=envelope,
        kind=kind,
        source=source if kind is Kind.APPROPRIATION else "",
        district=entry.district if kind in OF_AN_AWARD or kind is Kind.QUOTA else "",
        award=entry.award if kind in OF_AN_AWARD else None,
    )
    account.envelope = envelope
    return account


def _write(by: Actor, entry: Entry, sides: Sides, behind: Mapping[str, object], why: str) -> None:
    """Inserts the lines, in the order of years, so that two envelopes are always locked in the same order."""
    sides.sort(key=lambda side: (side[0].envelope.year, side[0].id))
    Line.objects.bulk_create(
        Line(entry=entry, account=account, debit_fen=debit, credit_fen=credit)
        for account, debit, credit in sides
    )
    lines = [
        {"account": account.id, "debit_fen": debit, "credit_fen": credit} for account, debit, credit in sides
    ]
    record(by, f"ledger.{entry.move_id}", on=entry, after={**told(entry), **behind, "lines": lines}, why=why)


def told(entry: Entry) -> dict[str, object]:
    """What the event log says of an entry itself."""
    expires: date | None = entry.expires_on
    return {
        "envelope": entry.envelope_id,
        "award": entry.award_id,
        "district": entry.district,
        "amount_fen": entry.amount_fen,
        "expires_on": expires,
        "reverses": entry.reverses_id,
    }
