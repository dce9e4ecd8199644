"""Gives this process, and those it forks, the clock that a file says: seconds from the real time.

Imported at the start of the processes of `clock_jump`, and nowhere else. What counts seconds since
the machine's start goes on undisturbed, as where somebody sets its clock.
"""

import contextlib
import os
import threading
import time
from pathlib import Path

import time_machine

_file = Path(os.environ["WAYMARK_FAULT_CLOCK"])
#: Kept from before, to tell the real time under another one.
_ahead_of_monotonic = time.time() - time.monotonic()
_now = {"by": 0.0, "traveller": None}


def _follow():
    by = float(_file.read_text())
    if by == _now["by"]:
        return
    if _now["traveller"]:
        _now["traveller"].stop()
    real = time.monotonic() + _ahead_of_monotonic
    _now["by"], _now["traveller"] = by, time_machine.travel(real + by, tick=True)
    _now["traveller"].start()


def _follow_for_ever():
    while True:
        with contextlib.suppress(OSError, ValueError):
            _follow()
        time.sleep(0.1)


def _begin():
    threading.Thread(target=_follow_for_ever, daemon=True).start()


_follow()
_begin()
os.register_at_fork(after_in_child=_begin)
