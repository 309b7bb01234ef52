"""A change of a row comes with an event or an audit entry in the same transaction, or it is found."""

from datetime import date

import pytest
from django.contrib.gis.geos import Point
from django.db import transaction
from django.utils import timezone

from accounts.models import CalendarDay
from accounts.workdays.services import save_days
from ledger import audit
from ledger.chain import verify
from projects.models import Milestone, Project
from river_monitoring.models import MonitoringPoint, Sample, SampleRevision
from tests import roles

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def point(world):
    return MonitoringPoint.objects.create(
        code="E-1", name="水塘", kind="small", area=world.west_town, department=world.water,
        geom=Point(121.32, 29.85, srid=4326),
    )  # fmt: skip


@pytest.fixture
def sample(point):
    return Sample.objects.create(point=point, phenomenon_time=timezone.now(), readings={"nh3n": "2.35"})


def unexplained():
    faults = verify().faults
    assert {fault.kind for fault in faults} <= {"unexplained-change"}
    return [(fault.table, fault.row) for fault in faults]


def test_a_class_at_listing_that_was_changed_by_sql_alone_is_found(point):
    MonitoringPoint.objects.update(baseline_class=5)
    assert unexplained() == [("river_monitoring_monitoringpoint", point.pk)]


def test_a_class_at_listing_that_was_changed_with_an_audit_entry_is_explained(point, staff):
    with transaction.atomic():
        MonitoringPoint.objects.update(baseline_class=5)
        audit.record(staff, "set-baseline", point)
    assert unexplained() == []


def test_an_entry_in_another_transaction_or_on_another_thing_explains_nothing(point, sample, staff):
    audit.record(staff, "set-baseline", point)
    with transaction.atomic():
        MonitoringPoint.objects.update(baseline_class=5)
        audit.record(staff, "set-baseline", sample)
    assert unexplained() == [("river_monitoring_monitoringpoint", point.pk)]


def test_a_class_of_a_sample_that_was_changed_by_sql_alone_is_found_and_a_revision_explains_it(sample):
    Sample.objects.update(water_class=1)
    assert unexplained() == [("river_monitoring_sample", sample.pk)]
    with transaction.atomic():
        SampleRevision.objects.create(
            sample=sample, at=timezone.now(), reason="重算", readings=sample.readings, water_class=1
        )
        Sample.objects.update(water_class=2)
    assert len(unexplained()) == 1


def test_a_sample_that_was_deleted_by_sql_is_found(sample):
    with roles.owner_rights():
        Sample.objects.all().delete()
    assert unexplained() == [("river_monitoring_sample", sample.pk)]


def test_a_milestone_that_is_deleted_with_an_entry_on_its_project_is_explained(world, staff):
    project = Project.objects.create(
        code="E1", name="雨污分流", year=2026, category="water", status="building", lead=world.ecology,
        area=world.east_town, geom=Point(121.38, 29.85, srid=4326), starts_on="2026-01-01", ends_on="2026-12-31",
    )  # fmt: skip
    for order in (1, 2):
        Milestone.objects.create(project=project, order=order, title="开工", weight=50, due_on="2026-06-01")
    with transaction.atomic():
        Milestone.objects.filter(order=1).delete()
        audit.record(staff, "plan_milestones", project)
    assert unexplained() == []
    Milestone.objects.filter(order=2).delete()
    assert len(unexplained()) == 1


def test_a_day_of_the_calendar_that_was_changed_by_sql_alone_is_found(staff):
    """Deadlines move with it."""
    (day,) = save_days(staff, [(date(2027, 3, 1), {"is_workday": False, "name": "本区的节日"})])
    save_days(staff, [(date(2027, 3, 1), {"is_workday": True})])
    assert unexplained() == []
    CalendarDay.objects.update(is_workday=False)
    assert unexplained() == [("accounts_calendarday", day.pk)]


def test_links_of_transactions_side_by_side_stay_in_one_chain(point):
    """Two writers at once: each transaction's links stand together, and the chain holds."""
    from threading import Thread

    from django.db import connection

    def write(number):
        try:
            for _time in range(10):
                with transaction.atomic():
                    for _row in range(3):
                        audit.record(None, f"writer-{number}", point)
        finally:
            connection.close()

    threads = [Thread(target=write, args=(number,)) for number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    verdict = verify()
    assert (verdict.links, verdict.faults) == (1 + 4 * 10 * 3, ())
