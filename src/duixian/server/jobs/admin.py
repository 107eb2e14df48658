"""What operators see of this app in the admin."""

from __future__ import annotations

from duixian.server.common.admin import look_at
from duixian.server.jobs.models import Finished

look_at(Finished)
