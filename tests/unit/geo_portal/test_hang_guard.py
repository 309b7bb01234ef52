"""A process in which nothing runs any more is ended and says where it stood; one that is only busy is left alone."""

import subprocess
import sys

WATCHED = """
import ctypes, faulthandler
from geo_portal import hang_guard

hang_guard.HANGING_SECONDS, hang_guard.WIND_SECONDS = {seconds}, {seconds} / 10
wound, wind = [], faulthandler.dump_traceback_later
faulthandler.dump_traceback_later = lambda *given, **named: (wound.append(1), wind(*given, **named))
hang_guard.start()

def hold_the_lock():
    ctypes.PyDLL(None).sleep(600)  # a call that does not give the interpreter's lock away

def work():
    while len(wound) < 15:  # half as long again as a process may hang
        sum(range(10_000))

while not wound:
    pass
{what}()
print("done")
"""


def watched(what: str, seconds: int) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-c", WATCHED.format(what=what, seconds=seconds)]
    return subprocess.run(command, capture_output=True, text=True)


def test_a_process_that_hangs_is_ended_and_says_where_each_thread_stood():
    ended = watched("hold_the_lock", seconds=1)
    assert (ended.returncode, ended.stdout) == (1, "")
    assert "in hold_the_lock" in ended.stderr and "hang_guard.py" in ended.stderr


def test_a_process_that_works_for_longer_than_that_is_left_alone():
    ended = watched("work", seconds=4)
    assert (ended.returncode, ended.stdout, ended.stderr) == (0, "done\n", "")
