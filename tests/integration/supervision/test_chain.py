"""A matter from assignment to its end: every step an event, every clock the law's, every refusal with its reason."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.db import DatabaseError, transaction
from django.utils import timezone

from geokit.refusal import BadInput, MissingEvidence, NotPermitted, StaleEdit
from ledger.models import AuditEntry
from supervision.deadlines import clocks
from supervision.matters import services, table
from supervision.models import SuggestionEvent
from tests import roles

pytestmark = pytest.mark.django_db


@pytest.fixture
def on_day(monkeypatch):
    """Move the clock to noon of a day, Shanghai time."""

    def move(day):
        noon = datetime(day.year, day.month, day.day, 12, tzinfo=ZoneInfo("Asia/Shanghai"))
        monkeypatch.setattr(timezone, "now", lambda: noon)

    return move


def verbs(suggestion):
    return [event.verb for event in suggestion.events.all()]


def test_staff_assign_a_matter_that_nobody_has(unrouted, staff, world):
    suggestion = services.assign(staff, unrouted.pk, version=1, department=world.water)
    assert (suggestion.state, suggestion.department, suggestion.version) == ("assigned", world.water, 2)
    assert suggestion.due_on == clocks.reply_due_on(timezone.localdate())
    event = suggestion.events.last()
    assert (event.verb, event.actor, event.due_on) == ("assigned", staff, suggestion.due_on)
    assert AuditEntry.objects.filter(verb="suggestion-assigned", actor=staff).exists()


def test_a_wide_matter_has_six_months(unrouted, staff, world):
    suggestion = services.assign(staff, unrouted.pk, version=1, department=world.water, wide=True)
    assert suggestion.due_on == clocks.reply_due_on(timezone.localdate(), wide=True)


def test_assigning_to_nobody_is_refused_with_what_is_missing(unrouted, staff):
    with pytest.raises(MissingEvidence) as caught:
        services.assign(staff, unrouted.pk, version=1, department=None)
    assert [error.field for error in caught.value.errors] == ["department"]


def test_a_deputy_cannot_assign(unrouted, deputy, world):
    with pytest.raises(NotPermitted):
        services.assign(deputy, unrouted.pk, version=1, department=world.water)


def test_the_department_replies_and_the_event_keeps_the_day_it_was_due(assigned, officer):
    suggestion = services.reply(officer, assigned.pk, version=1, text="已清除", result="A")
    event = suggestion.events.last()
    assert (suggestion.state, suggestion.result) == ("replied", "A")
    assert (event.verb, event.due_on, event.department) == ("replied", assigned.due_on, assigned.department)


def test_an_officer_of_another_department_does_not_even_find_the_matter(assigned, other_officer):
    with pytest.raises(BadInput) as caught:
        services.reply(other_officer, assigned.pk, version=1, text="已清除", result="A")
    assert caught.value.code == "unknown-suggestion"


def test_a_reply_without_words_or_result_is_refused_field_by_field(assigned, officer):
    with pytest.raises(MissingEvidence) as caught:
        services.reply(officer, assigned.pk, version=1, text=" ", result="")
    assert [error.field for error in caught.value.errors] == ["text", "result"]
    assigned.refresh_from_db()
    assert (assigned.state, verbs(assigned)) == ("assigned", ["submitted", "assigned"])


def test_a_result_class_that_is_none_is_refused(assigned, officer):
    with pytest.raises(BadInput, match="不是可选的值"):
        services.reply(officer, assigned.pk, version=1, text="已清除", result="E")


def test_a_form_opened_before_somebody_elses_step_is_stale(assigned, officer, staff):
    services.reply(officer, assigned.pk, version=1, text="已清除", result="A")
    with pytest.raises(StaleEdit, match="已答复"):
        services.reply(officer, assigned.pk, version=1, text="再次答复", result="B")


def test_the_wrong_department_returns_within_ten_days_and_staff_assign_again(
    assigned, officer, staff, world, other_officer
):
    services.ask_return(officer, assigned.pk, version=1, text="属于生态环境分局")
    suggestion = services.return_to_staff(staff, assigned.pk, version=2)
    assert (suggestion.state, suggestion.department, suggestion.due_on) == ("returned", None, None)
    assert suggestion.events.last().department == world.water
    services.assign(staff, assigned.pk, version=3, department=world.ecology)
    services.reply(other_officer, assigned.pk, version=4, text="已处理", result="B")
    assigned.refresh_from_db()
    assert verbs(assigned) == ["submitted", "assigned", "return_asked", "returned", "assigned", "replied"]
    assert table.TABLE.replay(verbs(assigned)) == assigned.state


def test_on_the_eleventh_day_it_is_too_late_to_return(assigned, officer, on_day):
    on_day(timezone.localdate() + timedelta(days=11))
    with pytest.raises(NotPermitted, match="期限"):
        services.ask_return(officer, assigned.pk, version=1, text="不是我们的")


def test_a_satisfied_author_closes_the_matter(replied, deputy):
    suggestion = services.rate(deputy, replied.pk, version=2, handling="satisfied", outcome="fairly")
    assert suggestion.state == "closed"
    assert suggestion.closed_at is not None
    event = suggestion.events.last()
    assert (event.verb, event.handling, event.outcome) == ("rated", "satisfied", "fairly")


def test_a_dissatisfied_author_sends_it_back_once_for_a_month(replied, deputy, officer):
    suggestion = services.rate(
        deputy, replied.pk, version=2, handling="fairly", outcome="dissatisfied", text="下雨后又有油污"
    )
    assert (suggestion.state, suggestion.redo_count) == ("redo", 1)
    assert suggestion.due_on == clocks.redo_due_on(timezone.localdate())
    services.reply(officer, replied.pk, version=3, text="已找到来源并封堵", result="A")
    again = services.rate(deputy, replied.pk, version=4, handling="fairly", outcome="dissatisfied", text="仍不满意")
    assert again.state == "closed"
    assert verbs(again) == ["submitted", "assigned", "replied", "reopened", "replied", "rated"]


def test_sending_back_needs_to_say_what_is_not_solved(replied, deputy):
    with pytest.raises(MissingEvidence) as caught:
        services.rate(deputy, replied.pk, version=2, handling="fairly", outcome="dissatisfied")
    assert [error.field for error in caught.value.errors] == ["text"]


def test_only_the_author_rates(replied, staff, officer):
    for stranger in (staff, officer):
        with pytest.raises(NotPermitted):
            services.rate(stranger, replied.pk, version=2, handling="satisfied", outcome="satisfied")


def test_staff_urge_once_a_day_without_making_the_officers_form_stale(assigned, staff, officer):
    services.urge(staff, assigned.pk, text="请抓紧")
    with pytest.raises(NotPermitted, match="今天已经催办过"):
        services.urge(staff, assigned.pk)
    services.reply(officer, assigned.pk, version=1, text="已清除", result="A")


def test_the_author_urges_when_the_day_has_passed_and_not_before(assigned, deputy, on_day):
    with pytest.raises(NotPermitted, match="未到"):
        services.urge(deputy, assigned.pk)
    on_day(assigned.due_on + timedelta(days=1))
    assert services.urge(deputy, assigned.pk).events.last().verb == "urged"


def test_an_event_is_never_changed_or_deleted(assigned):
    event = assigned.events.first()
    for tamper in (lambda: SuggestionEvent.objects.filter(pk=event.pk).update(text="改过"), event.delete):
        with roles.owner_rights(), pytest.raises(DatabaseError, match="history"), transaction.atomic():
            tamper()
    assert SuggestionEvent.objects.filter(pk=event.pk, text=event.text).exists()
