"""The kinds of account: the places where a fen of a fund's year can be."""

from __future__ import annotations

from django.db.models import TextChoices


class Kind(TextChoices):
    """A place. Every fen that was appropriated is in exactly one of them (all but the first)."""

    APPROPRIATION = "appropriation", "预算下达"
    """Where the money comes from, by source; its balance is on the credit side."""
    AVAILABLE = "available", "可用预算"
    """Of the year's budget, what nothing is planned for yet."""
    QUOTA = "quota", "区级额度"
    """Set aside for one district; still available, but only to it."""
    RESERVED = "reserved", "公示预留"
    """Held for an award that is on public notice."""
    COMMITTED = "committed", "已决定"
    """Decided for an award, not yet sent."""
    AT_DISTRICTS = "at_districts", "已拨区"
    """Paid by the city to the district that is to pay the applicant."""
    PAID = "paid", "已兑付"
    """Paid to the applicant, and not asked back."""
    RETURNED = "returned", "已退回"
    """Paid and come back: refused by a bank, or given back unasked."""
    RECEIVABLE = "receivable", "应追回"
    """Paid, and by decision to be given back."""
    RECOVERED = "recovered", "已追回"
    """Given back on demand; available again only by finance's own entry."""
    SURRENDERED = "surrendered", "已上缴"
    """Given back to the treasury."""
    CARRIED_OVER = "carried_over", "已结转"
    """Gone into a later year's budget, where it arrives as an appropriation."""


class Source(TextChoices):
    """Who appropriated the money."""

    CITY = "city", "市级财政"
    DISTRICT = "district", "区级财政"
    HIGHER = "higher", "上级财政"
    CARRIED_OVER = "carried_over", "上年结转"
    """Only carrying over writes it."""


OF_AN_AWARD = frozenset(
    {
        Kind.RESERVED,
        Kind.COMMITTED,
        Kind.AT_DISTRICTS,
        Kind.PAID,
        Kind.RETURNED,
        Kind.RECEIVABLE,
        Kind.RECOVERED,
    }
)
"""Kinds of which every award has accounts of its own, so that nothing is paid for one from another's money."""

SPENT = (Kind.PAID, Kind.RETURNED, Kind.RECEIVABLE, Kind.RECOVERED)
"""Together "paid net of returns": what has left and was not made available again by finance's own entry."""
