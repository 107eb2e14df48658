"""What is tidied away of how people signed in."""

from __future__ import annotations

from datetime import timedelta
from typing import Final

from axes.models import AccessAttempt, AccessFailureLog, AccessLog
from django.contrib.sessions.models import Session
from django.utils import timezone

from duixian.server.jobs.regular import regular

KEPT: Final = timedelta(days=365)
"""How long it is kept who signed in from where: the law asks for six months at least (网络安全法)."""


@regular(seconds=3600)
def forget_old_sign_ins() -> None:
    """Deletes sessions that are over, attempts that lock nothing any more, and logs of more than a year ago."""
    now = timezone.now()
    Session.objects.filter(expire_date__lt=now).delete()
    AccessAttempt.objects.filter(attempt_time__lt=now - timedelta(days=1)).delete()
    for log in (AccessLog, AccessFailureLog):
        log.objects.filter(attempt_time__lt=now - KEPT).delete()
