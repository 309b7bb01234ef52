"""The table of an import's states: who moves it, and that nothing ends up where nobody can help it."""

import pytest

from layers.importing.models import ImportJob
from layers.importing.states import TABLE, State


def test_an_import_goes_from_the_upload_to_the_layer():
    route = ["inspect", "preview", "confirm", "load", "finish"]
    assert TABLE.replay(route) is State.DONE


def test_a_lost_process_puts_the_job_back_in_its_queue():
    assert TABLE.replay(["inspect", "requeue"]) is State.UPLOADED
    assert TABLE.replay(["inspect", "preview", "confirm", "load", "requeue"]) is State.QUEUED


def test_everything_but_what_is_done_can_be_cancelled_once_and_inspected_again():
    assert set(TABLE.sources("cancel")) == set(State) - {State.DONE, State.CANCELLED}
    assert set(TABLE.sources("inspect_again")) == {State.PREVIEWED, State.FAILED, State.CANCELLED}


def test_each_state_runs_or_is_at_rest():
    running, at_rest = TABLE.in_group("running"), TABLE.in_group("at_rest")
    assert sorted((*running, *at_rest)) == sorted(State)
    assert set(TABLE.sources("fail")) == set(running)
    assert set(TABLE.in_group("at_work")) == set(TABLE.sources("requeue"))


@pytest.mark.parametrize("state", State)
def test_the_model_says_what_the_table_says(state):
    job = ImportJob(state=state.value)
    assert job.get_state_display() == TABLE.label(state)
    assert job.is_running == (state in TABLE.in_group("running"))
    assert job.tone == TABLE.state(state).tone != ""


def test_only_editors_confirm_and_cancel():
    for state in State:
        verbs = {line.verb for line in TABLE.steps_now(state, {"worker"})}
        assert not verbs & {"confirm", "cancel", "inspect_again"}
