"""How a web process starts."""

import os
import subprocess
import sys

ASK = """
import gc
from geo_portal import wsgi
print(gc.get_freeze_count(), len(gc.get_objects()))
"""


def test_what_a_process_has_loaded_is_spared_by_the_collector():
    """In a process of its own, for it is true of whole processes."""
    command = [sys.executable, "-W", "ignore", "-c", ASK]
    done = subprocess.run(command, capture_output=True, text=True, check=True, env=os.environ | {"DEMO": "1"})
    frozen, left = map(int, done.stdout.split())
    assert frozen > 200_000
    assert left < 20_000
