"""Ends a web process in which nothing runs any more, so that the server starts another.

A call that keeps the interpreter's lock stops every thread, health checks included. The timer of `faulthandler` needs
no lock: it writes down where each thread stands and ends the process, unless it is wound up again in time.
"""

import faulthandler
import threading
import time

HANGING_SECONDS = 30
WIND_SECONDS = 2.0


def start() -> None:
    """Begin to watch this process."""
    threading.Thread(target=_wind_up, name="hang-guard", daemon=True).start()


def _wind_up() -> None:
    while True:
        faulthandler.dump_traceback_later(HANGING_SECONDS, exit=True)
        time.sleep(WIND_SECONDS)
