"""Runs `duixian` with a kernel that takes its time, so that a test can end it in the midst; or with little disk.

python slow_command.py SECONDS_A_BATCH MOST_BYTES_A_FILE [the command's arguments]
"""

import resource
import signal
import sys
import time
from typing import Any

from duixian.cli import main
from duixian.engine.batch import BatchResult, Kernel

# What a shell starts in the background ignores Ctrl-C, and so does all that it starts.
signal.signal(signal.SIGINT, signal.default_int_handler)
seconds, most = float(sys.argv[1]), int(sys.argv[2])
run = Kernel.run


def slowly(self: Kernel, *args: Any, **named: Any) -> BatchResult:
    if most:
        resource.setrlimit(resource.RLIMIT_FSIZE, (most, most))
    time.sleep(seconds)
    return run(self, *args, **named)


Kernel.run = slowly
main(sys.argv[3:])
