"""Jobs of the registry: a confirmed import is applied in the background."""

from __future__ import annotations

from duixian.server.jobs.queue import job
from duixian.server.registry.importing import applying


@job("registry.apply_batch", whole=False)
def apply_batch(batch: int) -> None:
    """Applies a confirmed import, chunk by chunk; done again after a crash it goes on where it stopped."""
    applying.apply_batch(batch)


@job("registry.preview_batch", whole=False)
def preview_batch(batch: int) -> None:
    """Compares a batch that was read with the registry."""
    applying.preview_batch(batch)
