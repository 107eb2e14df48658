"""What an applicant's claims stand in, for expressions that rest on no single claim."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from duixian.engine.context import Context, Frame
from duixian.engine.rules import Rules
from duixian.engine.standing import Standing


@dataclass(slots=True, frozen=True)
class Setting:
    """What an applicant's claims stand in: the policies, how each stands, the readings taken, its facts."""

    policies: Mapping[str, Rules]
    standings: Mapping[str, Standing]
    readings: Mapping[str, Mapping[str, str]]
    frame: Frame

    def context(self, policy: str) -> Context:
        """Return a context for expressions of a policy that rest on no claim, on the policy's own day."""
        frame, days = self.frame, self.standings[policy].days
        if days["on"] != frame.day:
            frame = Frame(frame.applicant, days["on"], frame.events)
        return Context(frame, days, self.readings[policy])

    def under(self, policy: str, reading: str, choice: str) -> Setting:
        """Return the setting under another choice of one reading."""
        readings = {**self.readings, policy: {**self.readings[policy], reading: choice}}
        return Setting(self.policies, self.standings, readings, self.frame)
