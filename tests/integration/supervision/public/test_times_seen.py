"""The time at which something was seen, as a device says it: one that cannot be is refused, whatever way it comes."""

from datetime import UTC, datetime, timedelta, timezone

import pytest

from geokit.refusal import BadInput
from supervision.models import Finding

from .conftest import typed

pytestmark = pytest.mark.django_db
FIRST = datetime(1, 1, 1, tzinfo=timezone(timedelta(hours=8)))


@pytest.mark.parametrize("seen_at", [FIRST, datetime(1999, 12, 31, tzinfo=UTC)])
def test_a_time_before_there_were_reports_is_refused(file_report, seen_at):
    with pytest.raises(BadInput) as refused:
        file_report(seen_at=seen_at)
    assert [(error.field, error.code) for error in refused.value.errors] == [("seen_at", "too-old")]


@pytest.mark.parametrize("seen_at", ["0001-01-01T00:00:00+08:00", "0001-01-01T00:00:00Z"])
def test_a_report_of_the_first_year_is_not_taken(client, as_user, staff, received, seen_at):
    answer = client.post("/report/", typed(seen_at=seen_at, anyway="1", text="另一件"))
    assert answer.status_code in (400, 422), answer.status_code
    assert Finding.objects.count() == 1
    page = as_user(staff).get("/matters/received/")
    assert page.status_code == 200
    assert received[0].suggestion.number in page.content.decode()
