"""A table of steps: what it refuses to be, and what it answers."""

from dataclasses import replace

import pytest

from ledger.steps import State, StepTable, TableError, Transition, from_each, stay

STAFF, AUTHOR = frozenset({"staff"}), frozenset({"author"})
STATES = (
    State("draft", "草稿", ("open",)),
    State("sent", "已提交", ("open", "waiting"), tone="info"),
    State("held", "暂缓", ("waiting",)),
    State("done", "已办结", tone="good", ring="full"),
)
LINES = (
    Transition("draft", "send", "sent", AUTHOR, ("text",), "sent_in"),
    Transition("sent", "close", "done", STAFF, ("text",), clock="closed"),
    *from_each(("draft", "sent"), "hold", "held", STAFF),
    Transition("held", "resume", None, STAFF | AUTHOR),
    *stay(("draft", "sent"), "say", STAFF | AUTHOR, keeps_version=True),
)
VERBS = {"send": "提交", "close": "办结", "hold": "暂缓", "resume": "恢复", "say": "说明"}
NEEDS = {"text": "请写明内容。", ("close", "text"): "请写明办理结果。"}


def make(**changes):
    whole = {
        "name": "letters",
        "title": "来信",
        "states": STATES,
        "transitions": LINES,
        "verbs": VERBS,
        "parties": {"staff": "工作人员", "author": "提出人"},
        "beginnings": {"": "draft"},
        "needs": NEEDS,
    }
    return StepTable(**{**whole, **changes})


TABLE = make()


@pytest.mark.parametrize(
    ("changes", "fault"),
    [
        ({"states": STATES[:3]}, "unknown state done"),
        ({"beginnings": {"": "nowhere"}}, "unknown state nowhere"),
        ({"beginnings": {}}, "no beginning"),
        ({"states": (*STATES, State("lost", "遗失"))}, "nothing leads to lost"),
        ({"states": (*STATES, STATES[0])}, "state draft stands there 2 times"),
        ({"verbs": {**VERBS, "sing": "唱"}}, "no line for the verb sing"),
        ({"verbs": {"send": "提交"}}, "no words for the verb close"),
        ({"parties": {"staff": "工作人员"}}, "no words for the party author"),
        ({"needs": {"reason": "请写明理由。"}}, "no words for the need text of send"),
        ({"transitions": (*LINES, replace(LINES[0], target="done", event="x"))}, "two lines for send by author"),
        ({"transitions": (*LINES, replace(LINES[0], verb="say", who=frozenset()))}, "nobody may say in draft"),
        (
            {"transitions": (*LINES, replace(LINES[0], who=STAFF, target="done"))},
            "event sent_in leads from draft to sent and to done",
        ),
        ({"transitions": (replace(LINES[0], keeps_version=True), *LINES[1:])}, "cannot keep the version"),
        (
            {"transitions": (*LINES, Transition("draft", "resume", None, STAFF))},
            "resume leads back from draft, which nothing leads to",
        ),
    ],
)  # fmt: skip
def test_a_table_that_cannot_be_is_refused_when_it_is_made(changes, fault):
    with pytest.raises(TableError, match=fault):
        make(**changes)


def test_every_fault_is_named_at_once():
    with pytest.raises(TableError) as caught:
        make(states=STATES[:2], parties={})
    assert len(str(caught.value).splitlines()) == 4


def test_two_parties_may_take_the_same_verb_to_different_ends():
    both = make(transitions=(*LINES, Transition("draft", "send", "done", STAFF, event="settled")))
    assert [line.target for line in both.steps_now("draft", {"staff"}) if line.verb == "send"] == ["done"]


def test_labels_and_sets_of_states_come_from_the_table():
    assert TABLE.choices() == [("draft", "草稿"), ("sent", "已提交"), ("held", "暂缓"), ("done", "已办结")]
    assert TABLE.choices("waiting") == [("sent", "已提交"), ("held", "暂缓")]
    assert TABLE.in_group("open") == ("draft", "sent")
    assert TABLE.in_group("open", "waiting") == ("draft", "sent", "held")
    assert (TABLE.state("done").tone, TABLE.label("held"), TABLE.knows("lost")) == ("good", "暂缓", False)
    with pytest.raises(KeyError, match="no group gone"):
        TABLE.in_group("gone")


def test_steps_stand_in_the_order_of_the_verbs_and_belong_to_somebody():
    assert [line.verb for line in TABLE.steps_now("sent", {"staff"})] == ["close", "hold", "say"]
    assert [line.verb for line in TABLE.steps_now("sent", {"author"})] == ["say"]
    assert TABLE.steps_now("sent", ()) == ()
    assert TABLE.sources("hold") == ("draft", "sent")
    assert TABLE.who_may(TABLE.lines_of("say")) == ["工作人员", "提出人"]
    with pytest.raises(KeyError, match="no verb sing"):
        TABLE.lines_of("sing")


def test_what_leads_back_leads_to_where_the_thing_came_from():
    assert TABLE.leads_back_from("held") and not TABLE.leads_back_from("sent")
    assert [line.target for line in TABLE.steps_from("held", "sent")] == ["sent"]
    assert TABLE.steps_from("held") == ()
    assert [move.target for move in TABLE.moves if move.verb == "resume"] == ["draft", "sent"]


def test_a_step_can_be_named_by_where_it_leads():
    found = TABLE.move("sent", "done")
    assert found is not None and (found.verb, found.clock, found.event) == ("close", "closed", "close")
    resumed = TABLE.move("held", "draft")
    assert resumed is not None and resumed.verb == "resume"
    assert TABLE.move("draft", "done") is None


def test_each_missing_piece_is_named_beside_its_field_in_the_verbs_own_words():
    send, close = TABLE.lines_of("send")[0], TABLE.lines_of("close")[0]
    assert [(e.field, e.code, e.message) for e in TABLE.missing(send, {"text": "  "})] == [
        ("text", "required", "请写明内容。")
    ]
    assert [error.message for error in TABLE.missing(close, {})] == ["请写明办理结果。"]
    assert TABLE.missing(close, {"text": "已办"}) == []


def test_a_history_tells_the_state_and_where_it_came_from():
    assert TABLE.replay([]) == "draft"
    assert TABLE.replay(["sent_in", "say", "hold"]) == "held"
    assert TABLE.replay_from(["sent_in", "hold"]) == ("held", "sent")
    assert TABLE.replay(["sent_in", "hold", "resume"]) == "sent"
    assert TABLE.replay(["hold", "resume", "sent_in", "close"]) == "done"


def test_a_history_may_begin_in_several_ways():
    table = make(beginnings={"written": "draft", "received": "sent"})
    assert (table.replay(["written"]), table.replay(["received", "close"])) == ("draft", "done")


@pytest.mark.parametrize("history", [[], ["close"], ["written", "written"], ["written", "close"]])
def test_a_history_that_cannot_have_happened_is_refused(history):
    with pytest.raises(ValueError, match=r"letters: (no|a) (step|history)"):
        make(beginnings={"written": "draft"}).replay(history)
