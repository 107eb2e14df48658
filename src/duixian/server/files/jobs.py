"""What is done with files after the request."""

from __future__ import annotations

from duixian.server.common.acting import Actor
from duixian.server.files import store
from duixian.server.files.models import Content
from duixian.server.jobs.queue import job
from duixian.server.jobs.regular import regular


@job("files.check")
def check(digest: str) -> None:
    """Decides on a content that is in quarantine."""
    from duixian.server.files.services import decide  # which enqueues this job

    decide(Actor.system("files.check"), digest=digest)


@regular(seconds=3600)
def sweep() -> None:
    """Deletes what was abandoned half uploaded, or whose upload was never committed."""
    store.sweep(
        waiting=set(Content.objects.filter(state=Content.State.QUARANTINED).values_list("digest", flat=True))
    )
