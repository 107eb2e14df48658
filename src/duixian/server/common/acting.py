"""Who gives a command: every service's first argument."""

from __future__ import annotations

from dataclasses import dataclass, field
from uuid import UUID, uuid4

_SYSTEM = "system:"


@dataclass(frozen=True)
class Actor:
    """A person in one of the roles that they hold, or the system itself.

    `role` is a value of `accounts.roles.Role`; `fund` (a fund's code) and `district` (a GB/T 2260 code, its
    first digits for a whole city) bound what the role reaches: None is all. `organisation` is the one for which an
    applicant's agent acts (an `accounts.Organisation`), and `uscc` its code, by which the registry knows it as an
    applicant; of a person or team it is the registry's own number. `request` ties together all that one request did.

    Made by `accounts.selectors.actor_for`, which checks that the person holds the role today.
    """

    role: str
    person: int | None = None
    fund: str | None = None
    district: str | None = None
    organisation: int | None = None
    uscc: str | None = None
    request: UUID = field(default_factory=uuid4)

    @classmethod
    def system(cls, job: str) -> Actor:
        """The system, doing the job that is named: never an approver, never a second person."""
        return cls(role=f"{_SYSTEM}{job}")

    @property
    def is_system(self) -> bool:
        """Whether the system acts; somebody who has not signed in is no person yet, and not the system either."""
        return self.person is None and self.role.startswith(_SYSTEM)
