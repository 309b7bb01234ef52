"""One computation however many ask, a few at once, and nobody waits for ever."""

import subprocess
import sys
import threading
import time

import pytest

from geokit.refusal import Busy
from tiles.cache.single_flight import InterProcessLock, SingleFlight


def together(work, number):
    """Run `work` in so many threads at once; what each returned or raised."""
    results = [None] * number

    def run(index):
        try:
            results[index] = work()
        except Exception as error:
            results[index] = error

    threads = [threading.Thread(target=run, args=(index,)) for index in range(number)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(10)
    return results


def until(check):
    deadline = time.monotonic() + 5
    while not check():
        assert time.monotonic() < deadline
        time.sleep(0.001)


def test_many_who_ask_for_the_same_share_one_computation():
    single_flight, made, go = SingleFlight(many_waiting=50), [], threading.Event()

    def make():
        made.append(1)
        go.wait(5)
        return "tile"

    threading.Thread(target=lambda: (until(lambda: single_flight.waiting == 19), go.set())).start()
    assert together(lambda: single_flight.run("a", make), 20) == ["tile"] * 20
    assert made == [1]


def test_the_next_one_after_it_landed_flies_anew():
    single_flight, made = SingleFlight(), []
    assert [single_flight.run("a", lambda: made.append(1) or len(made)) for _ in range(2)] == [1, 2]


def test_a_failure_is_everybodys_and_not_kept():
    single_flight, go = SingleFlight(), threading.Event()

    def fail():
        go.wait(5)
        raise Busy("busy", code="x")

    threading.Thread(target=lambda: (until(lambda: single_flight.waiting == 3), go.set())).start()
    assert all(isinstance(result, Busy) for result in together(lambda: single_flight.run("a", fail), 4))
    assert single_flight.run("a", lambda: "well") == "well"


def test_different_tiles_do_not_wait_for_each_other():
    single_flight, go = SingleFlight(), threading.Event()
    slow = threading.Thread(target=lambda: single_flight.run("slow", lambda: go.wait(5)))
    slow.start()
    assert single_flight.run("quick", lambda: "tile") == "tile"
    go.set()
    slow.join()


def test_so_many_at_once_and_no_more():
    single_flight, running, most = SingleFlight(max_concurrent=2, many_waiting=50), [], []

    def work():
        with single_flight.permit:
            running.append(1)
            most.append(len(running))
            time.sleep(0.02)
            running.pop()

    together(work, 12)
    assert max(most) == 2
    assert single_flight.waiting == 0


def test_who_waits_too_long_for_a_permit_is_refused_as_busy():
    single_flight = SingleFlight(max_concurrent=1, wait_s=0.05)
    with single_flight.permit, pytest.raises(Busy) as refused, single_flight.permit:
        pass
    assert refused.value.code == "tiles-busy"
    with single_flight.permit:
        pass


def test_in_a_crowd_the_last_ones_wait_only_briefly():
    single_flight, results = SingleFlight(max_concurrent=1, many_waiting=3, wait_s=1.0, short_wait_s=0.05), []

    def ask():
        started = time.monotonic()
        try:
            with single_flight.permit:
                pass
        except Busy:
            results.append(time.monotonic() - started)

    with single_flight.permit:
        together(ask, 8)
    quick = [seconds for seconds in results if seconds < 0.6]
    assert (len(quick), len(results)) == (5, 8)


def test_who_waits_too_long_for_anothers_call_is_refused_too():
    single_flight, go = SingleFlight(wait_s=0.05), threading.Event()
    slow = threading.Thread(target=lambda: single_flight.run("a", lambda: go.wait(5)))
    slow.start()
    until(lambda: single_flight._calls)
    with pytest.raises(Busy):
        single_flight.run("a", lambda: "never")
    go.set()
    slow.join()


HOLD = """
import sys
from pathlib import Path
from tiles.cache.single_flight import InterProcessLock
with InterProcessLock(Path(sys.argv[1])).held(int(sys.argv[2]), 1) as held:
    print("held", flush=True)
    sys.stdin.readline()
    print(held.is_contended(), flush=True)
"""


@pytest.fixture
def other_process(tmp_path):
    """Another process that holds the lock 255."""
    process = subprocess.Popen(
        [sys.executable, "-c", HOLD, tmp_path / "lock", "255"], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    assert process.stdout.readline() == "held\n"
    yield process
    process.kill()
    process.wait()
    process.stdin.close()
    process.stdout.close()


@pytest.fixture
def lock(tmp_path):
    return InterProcessLock(tmp_path / "lock")


def test_another_process_is_waited_for_and_learns_of_it(other_process, lock):
    result = []

    def wait():
        with lock.held(255, 5) as held:
            result.append(held.waited)

    waiter = threading.Thread(target=wait)
    waiter.start()
    time.sleep(0.1)
    other_process.stdin.write("\n")
    other_process.stdin.flush()
    assert other_process.stdout.readline() == "True\n"
    waiter.join(5)
    assert result == [True]


def test_a_lock_that_nobody_waits_for_is_not_contended(other_process):
    other_process.stdin.write("\n")
    other_process.stdin.flush()
    assert other_process.stdout.readline() == "False\n"


def test_another_tile_is_free(other_process, lock):
    with lock.held(254, 0) as held:
        assert not held.waited


def test_waiting_for_another_process_ends(other_process, lock):
    with pytest.raises(Busy), lock.held(255, 0.05):
        pass


def test_a_lock_of_a_dead_process_is_free(other_process, lock):
    other_process.kill()
    other_process.wait()
    with lock.held(255, 1):
        pass
