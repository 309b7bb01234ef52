"""An indicator has one definition: whatever shows it says the same."""

from datetime import date, datetime

import pytest
from django.contrib.gis.geos import Point

from accounts.indicators import Ratio, Scope
from ledger.actors import SITE
from projects.models import Project
from reporting.dashboard.page_data import numbers_of
from reporting.dashboard.selection import Selection
from reporting.indicators.room_figures import indicator, measure, measure_by
from reporting.quarterly import report
from reporting.quarterly.blocks import Share, Table
from river_monitoring.models import MonitoringPoint
from river_monitoring.standard.averages import Span
from supervision.models import Suggestion
from tests.integration.reporting.conftest import SHANGHAI

QUARTER = Span(2026, 2, "quarter")
SPAN = {"since": date(2026, 4, 1), "until": date(2026, 6, 30)}
TODAY = date(2026, 8, 1)


@pytest.fixture
def quarter(world, matter):
    """Of the water department: four answered in time, one late, one overdue, one paused, one not due yet.

    One of the quarter before was answered in this one; one of the ecology department is overdue.
    """
    for place, days in enumerate((3, 5, 10, 20, 40)):
        matter(date(2026, 4, 1 + place), world.west_town, world.water, days, promised=30)
    matter(date(2026, 5, 1), world.west_town, world.water, promised=30)
    paused = matter(date(2026, 5, 2), world.west_town, world.water, promised=30)
    Suggestion.objects.filter(pk=paused.pk).update(paused_on=date(2026, 5, 20))
    matter(date(2026, 6, 20), world.west_town, world.water)
    matter(date(2026, 3, 20), world.west_town, world.water, 20, promised=30)
    matter(date(2026, 4, 10), world.east_town, world.ecology, promised=30)


def test_the_page_and_the_report_give_the_same_figure_for_the_quarter(quarter, staff):
    shown = numbers_of(staff, Selection(**SPAN), TODAY)
    facts = report.prepare(QUARTER, TODAY).facts
    assert shown.total.ratio("answered-in-time") == facts.suggestions.in_time == Ratio(4, 7)


def test_the_file_and_the_report_give_the_same_figures_by_department(quarter, staff, as_user):
    by_department = measure_by("answered-in-time", "department", SITE, Scope(**SPAN), TODAY)
    assert by_department == {"water": Ratio(4, 6), "ecology": Ratio(0, 1)}
    (water,) = [row for row in _rows("建议办理") if row["应答复"] == 6]
    assert (water["按期答复"], water["按期答复率"]) == (4, Share(4, 6))
    groups = numbers_of(staff, Selection(by="department", **SPAN), TODAY).groups
    assert {group.key: group.ratio("answered-in-time") for group in groups} == by_department


def test_a_department_without_an_answer_stands_in_the_report_with_its_overdue(quarter, world):
    row = next(row for row in _rows("建议办理") if row["承办单位"] == world.ecology.name)
    assert (row["应答复"], row["按期答复"], row["按期答复率"], row["逾期未答复（截至成稿日）"]) == (1, 0, "–", 1)


def test_an_overdue_matter_is_in_the_denominator_and_a_paused_one_is_not(quarter):
    assert measure("answered-in-time", SITE, Scope(**SPAN), TODAY) == Ratio(4, 7)
    Suggestion.objects.update(paused_on=None)
    assert measure("answered-in-time", SITE, Scope(**SPAN), TODAY) == Ratio(4, 8)


def test_a_matter_sent_back_is_late_once_its_new_day_has_passed_also_when_it_is_answered_then(quarter):
    answered = Suggestion.objects.filter(state="replied", due_on__gte=date(2026, 5, 1)).order_by("pk").first()
    Suggestion.objects.filter(pk=answered.pk).update(state="redo", redo_count=1, due_on=date(2026, 7, 1))
    assert measure("answered-in-time", SITE, Scope(**SPAN), date(2026, 7, 1)).part == 4
    assert measure("answered-in-time", SITE, Scope(**SPAN), TODAY) == Ratio(3, 7)
    at = datetime(2026, 7, 20, 10, tzinfo=SHANGHAI)
    answered.events.create(verb="replied", at=at, department=answered.department, due_on=date(2026, 7, 1), result="A")
    Suggestion.objects.filter(pk=answered.pk).update(state="replied")
    assert measure("answered-in-time", SITE, Scope(**SPAN), TODAY) == Ratio(3, 7)


def test_what_was_merged_counts_once(quarter, world):
    into, other = Suggestion.objects.filter(state="assigned", department=world.water).order_by("pk")[:2]
    Suggestion.objects.filter(pk=other.pk).update(state="merged", merged_into=into, paused_on=None)
    assert measure("answered-in-time", SITE, Scope(**SPAN), TODAY).whole == 7


def test_each_measures_what_she_may_see(quarter, officer, other_officer):
    assert measure("answered-in-time", officer, Scope(**SPAN), TODAY).whole == 6
    assert measure("answered-in-time", other_officer, Scope(**SPAN), TODAY).whole == 1
    assert measure("answered-in-time", None, Scope(**SPAN), TODAY) == Ratio(0, 0)


def test_too_few_have_no_share(quarter):
    assert measure("answered-in-time", SITE, Scope(**SPAN, category="social"), TODAY).share is None
    assert indicator("answered-in-time").minimum == 5


def test_an_indicator_that_nobody_offers_is_no_zero():
    with pytest.raises(KeyError):
        measure("happiness", None, Scope(), TODAY)


def test_other_rooms_figures_stand_beside_with_what_they_are_a_part_of(world, as_user, staff):
    for code, town, water_class in (("P1", world.west_town, 6), ("P2", world.west_town, 3), ("P3", world.east_town, 6)):
        MonitoringPoint.objects.create(
            code=code, name=code, kind="small", area=town, department=world.water, current_class=water_class,
            geom=Point(121.32, 29.85, srid=4326), status="listed" if code == "P1" else "none",
            listed_on=date(2026, 1, 1) if code == "P1" else None, due_on=date(2026, 3, 1) if code == "P1" else None,
        )  # fmt: skip
    Project.objects.create(
        code="M1", name="管网", year=2026, category="water", status="building", lead=world.water, light="red",
        area=world.west_town, geom=Point(121.32, 29.85, srid=4326), starts_on=date(2026, 1, 1),
        ends_on=date(2026, 12, 31),
    )  # fmt: skip
    context = as_user(staff).get(f"/numbers/?area={world.west_town.code}").context
    found = {figure.indicator.code: (figure.ratio.part, figure.ratio.whole) for figure in context["related"].figures}
    assert found == {
        "at-target": (1, 2), "receptions-held": (0, 0),
        "inferior-points": (1, 2), "late-rectification": (1, 1), "red-projects": (1, 1), "yellow-projects": (0, 1),
        "satisfied-deputies": (0, 0), "satisfied-public": (0, 0), "satisfied-unverified": (0, 0),
    }  # fmt: skip
    assert len(context["on_map"]["monitoring_points"]) == 2


def test_a_class_that_is_a_lower_bound_meets_no_target_and_may_miss_one(world):
    known = {"A": (2, False), "B": (2, True), "C": (4, True), "D": (0, False)}
    for code, (water_class, at_least) in known.items():
        MonitoringPoint.objects.create(
            code=code, name=code, kind="small", area=world.west_town, department=world.water, target_class=3,
            current_class=water_class, current_is_at_least=at_least, geom=Point(121.32, 29.85, srid=4326),
        )  # fmt: skip
    assert measure("at-target", SITE, Scope(), TODAY) == Ratio(1, 2)


def _rows(sheet):
    """The rows of a table of the report, each cell by the title of its column."""
    document = report.prepare(QUARTER, TODAY).document
    table = next(block for block in document.blocks if isinstance(block, Table) and block.sheet == sheet)
    return [dict(zip(table.columns, row, strict=True)) for row in table.rows]
