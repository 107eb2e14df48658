"""The worker of the chain, called again and again."""

from __future__ import annotations

from duixian.server.audit.chain import BATCH, extend
from duixian.server.jobs.regular import regular


@regular(seconds=2)
def chain_events() -> None:
    """Takes up all that waits, a batch a transaction."""
    while extend() == BATCH:
        pass
