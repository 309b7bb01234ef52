"""The list of reports asks the database as often for many rows as for few."""

from reporting.models import QuarterlyReport
from tests.queries import asked


def test_the_list_of_reports_asks_as_often_for_many_as_for_few(as_user, staff, deputy):
    client = as_user(staff)
    QuarterlyReport.objects.create(year=2026, quarter=1, ordered_by=staff, state="failed")
    few = asked(client, "/reports/")
    for quarter in (2, 3, 4):
        QuarterlyReport.objects.create(year=2025, quarter=quarter, ordered_by=deputy, state="failed")
    assert asked(client, "/reports/") == few
