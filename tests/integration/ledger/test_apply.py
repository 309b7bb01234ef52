"""A step is taken whole or not at all, by who may, from what was seen."""

import threading
from datetime import timedelta

import pytest
from django.contrib.auth.models import AnonymousUser
from django.db import connection, connections
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from geokit.refusal import BadInput, MissingEvidence, NotPermitted, Refusal, StaleEdit
from ledger.chain import settle
from ledger.models import AuditEntry, ChainLink
from ledger.steps.apply import apply, step_now, steps_now
from ledger.steps.together import apply_many
from river_monitoring.models import MonitoringPoint, RectificationEvent


def stands(point: MonitoringPoint) -> tuple[str, int]:
    fresh = MonitoringPoint.objects.get(pk=point.pk)
    return fresh.status, fresh.version


def nothing_happened(point: MonitoringPoint) -> bool:
    return stands(point) == ("none", 1) and not RectificationEvent.objects.exists() and not AuditEntry.objects.exists()


def test_a_step_writes_row_event_audit_and_notice(dredging, point, officer):
    tomorrow = timezone.localdate() + timedelta(days=1)
    event = apply(dredging, officer, point.pk, "begin", 1, {"note": "进场", "due_on": tomorrow})
    assert (event.from_status, event.to_status, event.note, event.actor) == ("none", "under_way", "进场", officer)
    assert stands(point) == ("under_way", 2)
    assert MonitoringPoint.objects.get().due_on == tomorrow
    entry = AuditEntry.objects.get()
    assert (entry.verb, entry.actor, entry.object_id) == ("dredging-begin", officer, str(point.pk))
    assert entry.detail == {"state": "under_way"}
    assert dredging.told == [("begun", event.pk)]
    settle()
    written = ChainLink.objects.exclude(table_name="river_monitoring_monitoringpoint")
    assert {link.table_name for link in written} == {"river_monitoring_rectificationevent", "accounts_auditentry"}


def test_many_steps_are_taken_as_one_by_one_and_a_refused_one_stops_no_other(dredging, point, officer):
    """The queries do not grow with the points; each refusal is the one that `apply` raises."""
    points = [point]
    for number in range(2, 9):
        other = MonitoringPoint.objects.get(pk=point.pk)
        other.pk, other.code, other.name = None, f"{point.code}-{number}", f"点位{number}"
        other.save()
        points.append(other)
    stale, closed, points[3] = points[1], points[2], MonitoringPoint(pk=10**6)
    stale.version = 9
    dredging.closed = {closed.name}
    due = timezone.localdate() + timedelta(days=1)
    with CaptureQueriesContext(connection) as of_four:
        answers = apply_many(dredging, officer, points[:4], "begin", {"note": "进场", "due_on": due})
    refused = [type(answer) if isinstance(answer, Refusal) else None for answer in answers]
    assert refused == [None, StaleEdit, NotPermitted, BadInput]
    taken, event = answers[0]
    assert (taken.pk, event.to_status, event.note, event.actor) == (point.pk, "under_way", "进场", officer)
    assert stands(point) == ("under_way", 2) and MonitoringPoint.objects.get(pk=point.pk).due_on == due
    assert (AuditEntry.objects.get().verb, dredging.told) == ("dredging-begin", [("begun", event.pk)])
    with CaptureQueriesContext(connection) as of_four_more:
        answers = apply_many(dredging, officer, points[4:], "suspend")
    assert {stands(thing)[0] for thing, _event in answers} == {"suspended"}
    assert AuditEntry.objects.filter(verb="dredging-suspend").count() == 4
    assert len(of_four_more) <= len(of_four) + 3  # only the events of this table are written one by one
    dredging.closed = set()
    twice = [apply_many(dredging, officer, [closed], "remark", {"note": "同一句"})[0] for _time in range(2)]
    assert twice[0][1] == twice[1][1] and stands(closed) == ("none", 1)


def test_many_steps_store_what_a_step_alone_stores(dredging, point, officer, monkeypatch):
    """Also a list to which something was added where it stands, and the time that the model keeps by itself."""

    def change(step):
        step.thing.listed_for.append("nh3_n")
        return {"note": ""}

    monkeypatch.setattr(dredging, "change", change)
    long_ago = timezone.now() - timedelta(days=9)
    MonitoringPoint.objects.filter(pk=point.pk).update(updated_at=long_ago)
    [(taken, _event)] = apply_many(dredging, officer, [point], "suspend")
    fresh = MonitoringPoint.objects.get(pk=point.pk)
    assert (fresh.status, fresh.version, fresh.listed_for) == ("suspended", 2, ["nh3_n"])
    assert fresh.updated_at == taken.updated_at > long_ago


def test_a_line_without_a_notice_tells_nobody(dredging, point, officer):
    apply(dredging, officer, point.pk, "suspend", 1)
    assert dredging.told == []


@pytest.mark.parametrize("who", ["deputy", "staff", "nobody", "anonymous"])
def test_a_stranger_is_told_who_may_and_nothing_more(who, dredging, point, request):
    actor = {"nobody": None, "anonymous": AnonymousUser()}.get(who) or request.getfixturevalue("deputy")
    actor = request.getfixturevalue("staff") if who == "staff" else actor
    with pytest.raises(NotPermitted, match="“开工”只能由联络员进行") as caught:
        apply(dredging, actor, point.pk, "begin", 7)  # stale, and without its note
    assert caught.value.code == "not-permitted"
    assert nothing_happened(point)


def test_a_stale_form_is_refused_before_the_wrong_moment(dredging, point, officer):
    apply(dredging, officer, point.pk, "begin", 1, {"note": "进场"})
    with pytest.raises(StaleEdit, match="已变为“清淤中”"):
        apply(dredging, officer, point.pk, "begin", 1, {"note": "再次进场"})
    with pytest.raises(NotPermitted, match="当前状态为“清淤中”，不能“开工”") as caught:
        apply(dredging, officer, point.pk, "begin", 2, {"note": "再次进场"})
    assert caught.value.code == "wrong-state"
    assert stands(point) == ("under_way", 2)


def test_a_step_that_does_not_depend_on_what_was_seen_takes_no_version(dredging, point, officer, staff):
    apply(dredging, officer, point.pk, "begin", given={"note": "进场"})
    apply(dredging, staff, point.pk, "finish")
    assert stands(point) == ("delisted", 3)


def test_what_is_missing_is_named_and_nothing_is_written(dredging, point, officer):
    with pytest.raises(MissingEvidence, match="请写明情况") as caught:
        apply(dredging, officer, point.pk, "begin", 1, {"note": "  "})
    assert [(error.field, error.code) for error in caught.value.errors] == [("note", "required")]
    assert nothing_happened(point)


def test_an_obstacle_of_the_room_is_a_wrong_moment_of_its_own(dredging, point, officer):
    dredging.closed.add("水塘")
    with pytest.raises(NotPermitted, match="今天不办理") as caught:
        apply(dredging, officer, point.pk, "begin", 1)
    assert caught.value.code == "not-now"
    assert steps_now(dredging, officer, point) == []
    assert nothing_happened(point)


def test_a_failure_after_the_row_was_written_leaves_no_trace(dredging, point, officer, monkeypatch):
    def fail(step, event):
        raise ConnectionError("no mail today")

    monkeypatch.setattr(dredging, "tell", fail)
    with pytest.raises(ConnectionError):
        apply(dredging, officer, point.pk, "begin", 1, {"note": "进场"})
    assert nothing_happened(point)


def test_what_keeps_the_version_leaves_every_open_form_good(dredging, point, officer, staff):
    apply(dredging, staff, point.pk, "remark", given={"note": "请加快"})
    assert stands(point) == ("none", 1)
    apply(dredging, officer, point.pk, "begin", 1, {"note": "进场"})
    assert list(RectificationEvent.objects.order_by("pk").values_list("to_status", flat=True)) == ["none", "under_way"]


def test_a_step_that_only_repeats_an_earlier_one_writes_nothing(dredging, point, officer):
    first = apply(dredging, officer, point.pk, "remark", given={"note": "请加快"})
    assert apply(dredging, officer, point.pk, "remark", given={"note": "请加快"}) == first
    apply(dredging, officer, point.pk, "remark", given={"note": "请再加快"})
    assert RectificationEvent.objects.count() == AuditEntry.objects.count() == 2


def test_a_step_can_be_chosen_by_where_it_leads(dredging, point, officer, staff):
    apply(dredging, officer, point.pk, version=1, given={"note": "进场"}, target="under_way")
    with pytest.raises(NotPermitted, match="“完工”只能由工作人员进行"):
        apply(dredging, officer, point.pk, version=2, target="delisted")
    with pytest.raises(NotPermitted, match="不能“未开始”"):
        apply(dredging, officer, point.pk, version=2, target="none")
    apply(dredging, staff, point.pk, version=2, target="delisted")
    assert stands(point) == ("delisted", 3)


def test_where_nothing_leads_a_stranger_may_only_look(dredging, point, deputy):
    with pytest.raises(NotPermitted, match="您只能查看"):
        apply(dredging, deputy, point.pk, version=9, target="delisted")


def test_what_leads_back_leads_only_to_where_the_thing_came_from(dredging, point, officer):
    apply(dredging, officer, point.pk, "begin", 1, {"note": "进场"})
    apply(dredging, officer, point.pk, "suspend", 2)
    with pytest.raises(NotPermitted, match="不能“未开始”"):
        apply(dredging, officer, point.pk, version=3, target="none")
    assert apply(dredging, officer, point.pk, "resume", 3).to_status == "under_way"
    assert stands(point) == ("under_way", 4)


def test_a_row_that_is_passed_is_read_anew_under_the_lock(dredging, point, officer):
    seen = MonitoringPoint.objects.get()
    apply(dredging, officer, point.pk, "begin", 1, {"note": "进场"})
    assert (seen.status, seen.version) == ("none", 1)
    apply(dredging, officer, seen, "suspend", 2)
    assert (seen.status, seen.version) == ("suspended", 3)


@pytest.mark.parametrize(
    ("named", "code"),
    [({"verb": "sing"}, "unknown-step"), ({"target": "gone"}, "unknown-step"), ({"key": 0}, "unknown-thing")],
)
def test_a_word_or_a_thing_that_is_not_there_is_bad_input(named, code, dredging, point, officer):
    words = {"verb": named.get("verb", ""), "target": named.get("target", "")}
    words = words if any(words.values()) else {"verb": "begin"}
    with pytest.raises(BadInput) as caught:
        apply(dredging, officer, named.get("key", point.pk), version=1, **words)
    assert caught.value.code == code


def test_a_step_named_twice_or_not_at_all_is_a_mistake_of_the_caller(dredging, point, officer):
    for words in ({}, {"verb": "begin", "target": "under_way"}):
        with pytest.raises(TypeError):
            apply(dredging, officer, point.pk, version=1, **words)


def test_what_somebody_may_do_now_is_what_the_table_says(dredging, point, officer, staff, deputy):
    assert [line.verb for line in steps_now(dredging, officer, point)] == ["begin", "suspend", "remark"]
    assert [line.verb for line in steps_now(dredging, staff, point)] == ["suspend", "remark"]
    assert steps_now(dredging, deputy, point) == []


def test_one_step_is_asked_for_with_the_refusals_of_taking_it_but_not_its_needs(dredging, point, officer, staff):
    assert step_now(dredging, officer, point, "begin").target == "under_way"
    with pytest.raises(NotPermitted, match="联络员"):
        step_now(dredging, staff, point, "begin")
    with pytest.raises(NotPermitted) as caught:
        step_now(dredging, staff, point, "finish")
    assert caught.value.code == "wrong-state"
    dredging.closed.add(point.name)
    with pytest.raises(NotPermitted) as caught:
        step_now(dredging, officer, point, "begin")
    assert caught.value.code == "not-now"
    assert not RectificationEvent.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_of_two_who_act_at_once_one_is_told_that_her_form_is_stale(dredging, point, officer):
    together, ends = threading.Barrier(2, timeout=10), []

    def act() -> None:
        try:
            together.wait()
            ends.append(apply(dredging, officer, point.pk, "begin", 1, {"note": "进场"}))
        except Refusal as refusal:
            ends.append(refusal)
        finally:
            connections.close_all()

    actors = [threading.Thread(target=act) for _ in range(2)]
    for actor in actors:
        actor.start()
    for actor in actors:
        actor.join()
    assert sorted(type(end).__name__ for end in ends) == ["RectificationEvent", "StaleEdit"]
    assert stands(point) == ("under_way", 2)
    assert RectificationEvent.objects.count() == AuditEntry.objects.count() == 1
    assert connection.in_atomic_block is False
