"""How a web process starts."""

import os
import subprocess
import sys

ASK = """
import gc, threading
from geo_portal import wsgi
from django.db import connections
print(gc.get_freeze_count(), len(gc.get_objects()))
print(threading.active_count(), [name for name in connections if connections[name].connection])
"""


def test_what_is_loaded_is_spared_by_the_collector_and_can_be_forked():
    """In a process of its own, for it is true of whole processes. No thread and no connection would survive a fork."""
    command = [sys.executable, "-W", "ignore", "-c", ASK]
    done = subprocess.run(command, capture_output=True, text=True, check=True, env=os.environ | {"DEMO": "1"})
    counts, rest = done.stdout.splitlines()
    frozen, left = map(int, counts.split())
    assert frozen > 200_000
    assert left < 20_000
    assert rest == "1 []"
