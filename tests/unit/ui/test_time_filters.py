"""Times in addresses: any zone that ISO 8601 can write, as the database takes it."""

from datetime import UTC, datetime

import pytest
from django.core.exceptions import ValidationError

from ui.api.times import TimeFilterField


def test_a_zone_beyond_the_databases_is_told_in_utc():
    found = TimeFilterField().clean("0116-04-25T12:13:39+20:53")
    assert (found, found.tzinfo) == (datetime(116, 4, 24, 15, 20, 39, tzinfo=UTC), UTC)


@pytest.mark.parametrize("text", ["0001-01-01T00:00:00+20:00", "9999-12-31T23:59:59-20:00", "yesterday"])
def test_a_time_beyond_the_calendar_is_refused(text):
    with pytest.raises(ValidationError):
        TimeFilterField().clean(text)
