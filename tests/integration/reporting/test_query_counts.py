"""The list of reports asks the database as often for many rows as for few."""

from django.db import connection
from django.test.utils import CaptureQueriesContext

from reporting.models import QuarterlyReport


def asked(client):
    with CaptureQueriesContext(connection) as queries:
        assert client.get("/reports/").status_code == 200
    return len(queries)


def test_the_list_of_reports_asks_as_often_for_many_as_for_few(as_user, staff, deputy):
    client = as_user(staff)
    QuarterlyReport.objects.create(year=2026, quarter=1, ordered_by=staff, state="failed")
    client.get("/reports/")
    few = asked(client)
    for quarter in (2, 3, 4):
        QuarterlyReport.objects.create(year=2025, quarter=quarter, ordered_by=deputy, state="failed")
    assert asked(client) == few
