"""What operators see of this app in the admin."""

from __future__ import annotations

from duixian.server.clocks.models import Clock, Stop, WorkingYear
from duixian.server.common.admin import look_at

look_at(Clock, Stop, WorkingYear)
