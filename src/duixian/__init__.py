"""Duixian turns an issued support policy into money paid, every yuan traceable to its clause.

`assess` answers for one applicant what it can claim, how much and why; see docs/library.md.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from duixian.engine.result import Assessment

__version__ = "0.1.0"
__all__ = ["__version__", "assess"]


def assess(
    applicant: Mapping[str, object],
    *,
    on: dt.date,
    on_policy: Mapping[str, dt.date] | None = None,
    if_adopted: Mapping[str, dt.date] | None = None,
    policies: tuple[str, ...] = (),
    readings: Mapping[str, str] | None = None,
    lang: str = "zh",
) -> Assessment:
    """Assess one applicant, given as facts, against the installed policies.

    `applicant` has the shape of a pack's cases (docs/pack-authors-guide.md): numbers are yuan, sums may be
    texts with a unit (`"500万元"`). `on` is the day of application (`on_policy` for single policies),
    `if_adopted` takes drafts to be adopted on a day, `policies` limits the answer to some ids, `readings`
    takes another choice for a reading. Sums in the answer are fen.

    Raises InputError if facts cannot be read, RequestError if a policy, reading or choice is not known.
    """
    from duixian.engine.assess import Request, RequestError, Rulebook
    from duixian.language.cache import installed_policies
    from duixian.language.problems import nearest
    from duixian.language.vocabulary import shared_vocabulary
    from duixian.register.read_facts import applicant_from_mapping

    found = {policy.id: policy for policy in installed_policies()}
    for id in policies:
        if id not in found:
            raise RequestError(f"no policy `{id}`: {nearest(id, found)}")
    vocabulary = shared_vocabulary()
    book = Rulebook([found[id] for id in policies] or found.values(), vocabulary)
    request = Request(on, on_policy or {}, if_adopted or {}, readings or {}, lang)
    return book.ask(request).assess([applicant_from_mapping(applicant, vocabulary)])
