"""What is kept of a matter's answers is what its events say, in whichever order and number they are written."""

from collections import Counter
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from accounts.indicators import Scope
from ledger.actors import SITE
from supervision.matters.answers import (
    COUNTED,
    FIGURES,
    GROUPS,
    answered_cases,
    answers_alike,
    countable,
    with_answers,
)
from supervision.models import MatterAnswer, Suggestion, SuggestionEvent

FIRST = datetime(2026, 3, 1, 10, tzinfo=ZoneInfo("Asia/Shanghai"))
DUE = date(2026, 3, 20)
LATE = {"due_on": DUE, "result": "A"}
COURSES = {
    "given, passed on, answered": (
        [("assigned", 0, {}), ("forwarded", 3, {}), ("replied", 9, LATE)],
        (date(2026, 3, 4), date(2026, 3, 10), 6, False, None),
    ),
    "answered late, and once more in time": (
        [("assigned", 0, {}), ("replied", 30, LATE), ("reopened", 31, {}),
         ("replied", 40, {"due_on": date(2026, 6, 1), "result": "A"})],
        (date(2026, 3, 1), date(2026, 3, 31), 30, True, None),
    ),
    "given anew after the answer": (
        [("assigned", 0, {}), ("replied", 5, LATE), ("forwarded", 8, {})],
        (date(2026, 3, 1), date(2026, 3, 6), 5, False, None),
    ),
    "rated twice": (
        [("assigned", 0, {}), ("replied", 5, LATE), ("rated", 6, {"outcome": "dissatisfied"}),
         ("rated", 7, {"outcome": "fairly"})],
        (date(2026, 3, 1), date(2026, 3, 6), 5, False, True),
    ),
    "answered without having been given": ([("replied", 5, LATE)], (None, date(2026, 3, 6), None, False, None)),
    "answered on its last evening": (
        [("assigned", 0, {}), ("replied", 19.58, LATE)], (date(2026, 3, 1), DUE, 19, False, None),
    ),
}  # fmt: skip


@pytest.mark.parametrize("course", COURSES)
@pytest.mark.parametrize("at_once", [True, False])
def test_the_kept_answer_is_what_the_events_say(assigned, course, at_once):
    steps, expected = COURSES[course]
    other = _bare(assigned)
    rows = [SuggestionEvent(suggestion=other, verb=verb, at=FIRST + timedelta(days=after), **more)
            for verb, after, more in steps]  # fmt: skip
    if at_once:
        SuggestionEvent.objects.bulk_create(rows)
    else:
        for row in reversed(rows):  # also what is written late of what came before
            row.save()
    kept = MatterAnswer.objects.get(suggestion=other)
    assert (kept.assigned_on, kept.replied_on, kept.days, kept.was_late, kept.satisfied) == expected


def _bare(matter):
    """A matter like this one, without events."""
    matter.pk, matter.number, matter.finding = None, "T-0001", None
    matter.save()
    return matter


def test_steps_that_say_nothing_of_an_answer_keep_none(assigned):
    other = _bare(assigned)
    other.events.create(verb="said", at=FIRST, text="补充")
    assert not MatterAnswer.objects.filter(suggestion=other).exists()
    (case,) = [case for case in answered_cases(SITE, Scope(), DUE) if case.pk == other.pk]
    assert (case.days, case.is_replied, case.in_time, case.satisfied) == (None, False, False, None)


@pytest.mark.parametrize("by", ["", "area", "department", "category", "month"])
def test_alike_matters_together_are_as_many_as_one_by_one(assigned, replied, staff, officer, deputy, by):
    def sums(cases):
        return [sum(getattr(case, name) * case.count for case in cases) for name in ("is_replied", "is_due", "in_time")]

    for asker in (SITE, staff, officer, deputy):  # what some may see is told by more tables than that of matters
        one_by_one, alike = answered_cases(asker, Scope(), DUE), answers_alike(asker, Scope(), DUE, [by])[by]
        assert sum(case.count for case in alike) == len(one_by_one) > 0
        assert sums(alike) == sums(one_by_one)


def test_matters_read_once_are_counted_by_each_grouping_as_by_it_alone(
    assigned, replied, staff, django_assert_max_num_queries
):
    Suggestion.objects.filter(pk=_bare(assigned).pk).update(area=None)
    with django_assert_max_num_queries(3):  # the matters, and what the groups are called
        together = answers_alike(staff, Scope(), DUE, list(GROUPS))
    one_by_one = answered_cases(staff, Scope(), DUE)
    for by in GROUPS:
        assert together[by] == answers_alike(staff, Scope(), DUE, [by])[by]
        counted = Counter({_kind(case, by): 0 for case in one_by_one})
        counted.update({_kind(case, by): case.count for case in together[by]})
        assert counted == Counter(_kind(case, by) for case in one_by_one)


def _kind(case, by):
    """What alike matters have in common."""
    month = case.day.strftime("%Y-%m") if case.day else ""
    key = {"": "", "area": case.area, "department": case.department, "category": case.category, "month": month}[by]
    return (key, *(getattr(case, name) for name in COUNTED))


def test_alike_matters_stand_in_the_order_of_their_groups_those_without_one_last(assigned, replied):
    Suggestion.objects.filter(pk=_bare(assigned).pk).update(area=None)
    towns = [case.area[0] for case in answers_alike(SITE, Scope(), DUE, ["area"])["area"]]
    assert towns[-1] == "" and len(set(towns)) > 1
    assert towns[:-1] == sorted(towns[:-1])


def test_due_are_those_in_time_those_late_and_those_overdue_each_once(assigned, replied):
    rows = with_answers(countable(SITE), date(2027, 1, 1))

    def of(figure):
        return set(rows.filter(FIGURES[figure][1]).values_list("pk", flat=True))

    parts = [of("in-time"), of("late"), of("overdue")]
    assert of("due") == set.union(*parts)
    assert len(of("due")) == sum(map(len, parts)) > 0
