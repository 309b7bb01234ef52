"""The table of steps: who may, who may not, when, and what is missing, in words."""

from dataclasses import replace
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from geokit.refusal import NotPermitted
from ledger.steps.apply import step_now, steps_now
from supervision.matters import table
from supervision.matters.states import Matter, Person, State, Verb
from supervision.matters.workflow import Matters

TODAY = date(2026, 11, 23)
AUTHOR = Person(1, "deputy")
OTHER_DEPUTY = Person(2, "deputy")
OFFICER = Person(3, "officer", department_id=10)
OFFICER_ELSEWHERE = Person(4, "officer", department_id=11)
STAFF = Person(5, "staff")
GIS = Person(6, "gis")
ANONYMOUS = Person(None, "anonymous")
EVERYBODY = (AUTHOR, OTHER_DEPUTY, OFFICER, OFFICER_ELSEWHERE, STAFF, GIS, ANONYMOUS)

SUBMITTED = Matter(State.SUBMITTED, author_id=1)
ASSIGNED = Matter(
    State.ASSIGNED, author_id=1, department_id=10, returnable_until=TODAY + timedelta(days=10), due_on=date(2027, 2, 23)
)
REPLIED = replace(ASSIGNED, state=State.REPLIED)
REDO = replace(ASSIGNED, state=State.REDO, redo_count=1)
RETURN_ASKED = replace(ASSIGNED, request="return_asked")
FORWARD_ASKED = replace(ASSIGNED, request="forward_asked")
EXTEND_ASKED = replace(ASSIGNED, request="extend_asked")


class Described(Matters):
    """The chain at work on matters and people that are only described: no row, no account, no database."""

    def facts(self, thing):
        return thing

    def parties(self, actor, thing, facts):
        return table.parties_of(actor, facts)


DESCRIBED = Described()


def at(today):
    return datetime(today.year, today.month, today.day, 9, tzinfo=ZoneInfo("Asia/Shanghai"))


def verbs(person, matter, today=TODAY):
    return {step.verb for step in steps_now(DESCRIBED, person, matter, at(today))}


def transition_for(person, matter, verb, today=TODAY):
    return step_now(DESCRIBED, person, matter, verb, at(today))


@pytest.mark.parametrize(
    ("matter", "person", "verb"),
    [
        (SUBMITTED, STAFF, Verb.ASSIGN),
        (replace(SUBMITTED, state=State.RETURNED), STAFF, Verb.ASSIGN),
        (ASSIGNED, OFFICER, Verb.ASK_RETURN),
        (ASSIGNED, OFFICER, Verb.ASK_EXTENSION),
        (ASSIGNED, OFFICER, Verb.ASK_FORWARD),
        (ASSIGNED, STAFF, Verb.FORWARD),
        (FORWARD_ASKED, STAFF, Verb.HAND_ON),
        (FORWARD_ASKED, STAFF, Verb.REFUSE_REQUEST),
        (FORWARD_ASKED, OFFICER, Verb.DROP_REQUEST),
        (REDO, OFFICER, Verb.ASK_EXTENSION),
        (RETURN_ASKED, OFFICER, Verb.DROP_REQUEST),
        (RETURN_ASKED, STAFF, Verb.RETURN),
        (RETURN_ASKED, STAFF, Verb.REFUSE_REQUEST),
        (EXTEND_ASKED, STAFF, Verb.EXTEND),
        (EXTEND_ASKED, STAFF, Verb.REFUSE_REQUEST),
        (ASSIGNED, OFFICER, Verb.REPLY),
        (REDO, OFFICER, Verb.REPLY),
        (REPLIED, AUTHOR, Verb.RATE),
        (REPLIED, AUTHOR, Verb.REOPEN),
        (ASSIGNED, STAFF, Verb.URGE),
    ],
)
def test_a_step_belongs_to_one_party_and_is_refused_to_all_others(matter, person, verb):
    assert transition_for(person, matter, verb, TODAY).verb is verb
    for other in EVERYBODY:
        if other is not person:
            with pytest.raises(NotPermitted):
                transition_for(other, matter, verb, TODAY)


def test_an_administrator_does_what_staff_does():
    for matter in (SUBMITTED, ASSIGNED, REPLIED, REDO):
        assert verbs(Person(9, "admin"), matter) == verbs(STAFF, matter)


def test_a_closed_matter_is_only_linked_and_published():
    closed = replace(ASSIGNED, state=State.CLOSED)
    left = set().union(*(verbs(person, closed) for person in EVERYBODY))
    assert left == {Verb.LINK, Verb.UNLINK, Verb.PUBLISH, Verb.REDACT, Verb.RELEASE}


def test_a_step_at_the_wrong_moment_says_where_the_matter_stands():
    with pytest.raises(NotPermitted) as caught:
        transition_for(OFFICER, REPLIED, Verb.REPLY, TODAY)
    assert caught.value.code == "wrong-state"
    assert "已答复" in caught.value.message


def test_the_wrong_person_is_told_who_may():
    with pytest.raises(NotPermitted, match="主办单位"):
        transition_for(OFFICER_ELSEWHERE, ASSIGNED, Verb.REPLY, TODAY)


@pytest.mark.parametrize("verb", [Verb.ASK_RETURN, Verb.ASK_FORWARD])
def test_a_department_gives_away_until_the_tenth_day_and_not_on_the_eleventh(verb):
    assert verb in verbs(OFFICER, ASSIGNED, TODAY + timedelta(days=10))
    assert verb not in verbs(OFFICER, ASSIGNED, TODAY + timedelta(days=11))
    with pytest.raises(NotPermitted, match="期限"):
        transition_for(OFFICER, ASSIGNED, verb, TODAY + timedelta(days=11))


def test_one_request_waits_at_a_time_and_only_what_was_asked_is_decided():
    asking = {Verb.ASK_RETURN, Verb.ASK_FORWARD, Verb.ASK_EXTENSION}
    deciding = {Verb.RETURN, Verb.HAND_ON, Verb.EXTEND, Verb.REFUSE_REQUEST}
    assert not verbs(STAFF, ASSIGNED) & deciding
    assert verbs(STAFF, RETURN_ASKED) & deciding == {Verb.RETURN, Verb.REFUSE_REQUEST}
    assert verbs(STAFF, FORWARD_ASKED) & deciding == {Verb.HAND_ON, Verb.REFUSE_REQUEST}
    assert verbs(STAFF, EXTEND_ASKED) & deciding == {Verb.EXTEND, Verb.REFUSE_REQUEST}
    assert not verbs(OFFICER, RETURN_ASKED) & (asking | deciding)
    assert Verb.DROP_REQUEST not in verbs(OFFICER, ASSIGNED)
    with pytest.raises(NotPermitted, match="等待人大决定"):
        transition_for(OFFICER, EXTEND_ASKED, Verb.ASK_RETURN)


def test_a_paused_clock_is_not_extended():
    assert Verb.ASK_EXTENSION not in verbs(OFFICER, replace(ASSIGNED, is_paused=True))
    assert Verb.EXTEND not in verbs(STAFF, replace(EXTEND_ASKED, is_paused=True))


def test_a_return_asked_in_time_is_decided_also_later():
    late = TODAY + timedelta(days=20)
    assert Verb.RETURN in verbs(STAFF, RETURN_ASKED, late)


def test_a_matter_sent_back_by_its_author_can_no_longer_be_returned():
    assert Verb.REPLY in verbs(OFFICER, REDO)
    assert not verbs(OFFICER, REDO) & {Verb.ASK_RETURN, Verb.ASK_FORWARD, Verb.FORWARD}


def test_dissatisfied_with_the_result_sends_back_once_and_then_closes():
    assert table.rating_verb("dissatisfied", redo_count=0) is Verb.REOPEN
    assert table.rating_verb("dissatisfied", redo_count=1) is Verb.RATE
    assert table.rating_verb("fairly", redo_count=0) is Verb.RATE
    answered_again = replace(REPLIED, redo_count=1)
    with pytest.raises(NotPermitted, match="一次"):
        transition_for(AUTHOR, answered_again, Verb.REOPEN, TODAY)
    assert Verb.RATE in verbs(AUTHOR, answered_again)


def test_the_author_urges_only_after_the_due_day_while_staff_may_any_day():
    assert Verb.URGE not in verbs(AUTHOR, ASSIGNED)
    assert Verb.URGE not in verbs(AUTHOR, replace(ASSIGNED, due_on=TODAY))
    assert Verb.URGE in verbs(AUTHOR, replace(ASSIGNED, due_on=TODAY - timedelta(days=1)))
    assert Verb.URGE in verbs(STAFF, ASSIGNED)


def test_nobody_urges_twice_on_one_day():
    with pytest.raises(NotPermitted, match="今天已经催办过"):
        transition_for(STAFF, replace(ASSIGNED, urged_on=TODAY), Verb.URGE, TODAY)


def test_each_missing_piece_is_named_beside_its_field():
    step = transition_for(OFFICER, ASSIGNED, Verb.REPLY, TODAY)
    assert [error.field for error in table.TABLE.missing(step, {"text": "  "})] == ["text", "result"]
    assert table.TABLE.missing(step, {"text": "已修复", "result": "A"}) == []


def test_every_need_in_the_table_has_words():
    for step in table.TABLE.transitions:
        assert all(error.message for error in table.TABLE.missing(step, {}))


def test_a_history_tells_its_state():
    once_round = ["submitted", "assigned", "return_asked", "returned", "assigned", "urged", "replied", "reopened"]
    assert table.TABLE.replay(once_round) is State.REDO
    assert table.TABLE.replay([*once_round, "replied", "rated"]) is State.CLOSED


@pytest.mark.parametrize("history", [[], ["assigned"], ["submitted", "rated"], ["submitted", "submitted"]])
def test_a_history_that_cannot_have_happened_is_refused(history):
    with pytest.raises(ValueError, match=r"step|history"):
        table.TABLE.replay(history)


def test_every_event_of_the_table_has_words_of_its_own_and_no_other_has():
    models = pytest.importorskip("supervision.models")
    assert set(models.SuggestionEvent.Verb.values) == {t.event for t in table.TABLE.transitions} | {
        *table.TABLE.beginnings
    }


def test_a_line_that_names_a_notice_has_somebody_to_send_it_to():
    notifications = pytest.importorskip("supervision.matters.notifications")
    assert {line.notice for line in table.TABLE.transitions if line.notice} <= set(notifications.CONCERNED)


def test_nothing_ended_is_open_and_everything_is_one_of_both():
    opened, ended = (set(table.TABLE.in_group(group)) for group in ("open", "ended"))
    assert not opened & ended
    assert opened | ended == set(State)
