"""What ended is started again: at once, then after longer waits, for ever, and without touching the others."""

import pytest

from ops.supervise import FIRST_WAIT, LONGEST_WAIT, STEADY_SECONDS, Backoff, Charge, Supervisor


class Clock:
    def __init__(self):
        self.now = 1000.0

    def __call__(self):
        return self.now


class Thing:
    """Something that can be ended, and made unable to start."""

    def __init__(self, name):
        self.starts, self.how, self.problem = 0, None, None
        self.charge = Charge(name, self.start, lambda: self.how)

    def start(self):
        self.starts += 1
        if self.problem:
            raise self.problem
        self.how = None


@pytest.fixture
def clock():
    return Clock()


@pytest.fixture
def said():
    return []


@pytest.fixture
def watched(clock, said):
    things = [Thing("database"), Thing("worker")]
    supervisor = Supervisor([thing.charge for thing in things], clock, said.append)
    supervisor.start()
    return supervisor, *things


def test_the_first_end_after_a_steady_run_is_answered_at_once(watched, clock, said):
    supervisor, database, worker = watched
    clock.now += STEADY_SECONDS
    worker.how = "signal 9"
    supervisor.look()
    assert (database.starts, worker.starts) == (1, 2)
    assert said == ["worker ended (signal 9); starting it again at once."]


def test_who_ends_again_and_again_waits_longer_up_to_a_limit(clock):
    backoff = Backoff()
    waits = []
    for _turn in range(9):
        backoff.has_started(clock.now)
        waits.append(backoff.has_ended(clock.now))
    assert waits[:4] == [0, FIRST_WAIT, FIRST_WAIT * 2, FIRST_WAIT * 4]
    assert waits == sorted(waits)
    assert waits[-1] == LONGEST_WAIT


def test_nothing_is_started_before_its_wait_is_over(watched, clock):
    supervisor, database, worker = watched
    for _turn in range(2):
        worker.how = "code 1"
        supervisor.look()
    assert worker.starts == 2
    clock.now += FIRST_WAIT
    supervisor.look()
    assert worker.starts == 3


def test_what_was_steady_in_between_begins_anew(clock):
    backoff = Backoff()
    for _turn in range(5):
        backoff.has_started(clock.now)
        backoff.has_ended(clock.now)
    backoff.has_started(clock.now)
    assert backoff.has_ended(clock.now + STEADY_SECONDS) == 0


def test_one_that_does_not_start_stops_neither_the_supervisor_nor_the_others(watched, clock, said):
    supervisor, database, worker = watched
    database.how, database.problem = "code 1", RuntimeError("no room on the disk\nand more")
    for _turn in range(100):
        clock.now += 1
        worker.how = "code 2"
        supervisor.look()
    assert worker.starts > 10
    assert database.starts > 10
    assert any("database does not start: no room on the disk;" in line for line in said)
    database.problem = None
    clock.now += LONGEST_WAIT
    supervisor.look()
    assert database.charge.backoff.due is None


def test_what_cannot_start_at_the_beginning_is_the_callers_to_report(clock, said):
    thing = Thing("web server")
    thing.problem = RuntimeError("no")
    with pytest.raises(RuntimeError):
        Supervisor([thing.charge], clock, said.append).start()
