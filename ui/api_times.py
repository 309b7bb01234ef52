"""Times in bodies of the API."""

from datetime import datetime
from typing import Any

from rest_framework.serializers import DateTimeField


class TimeField(DateTimeField):
    """A time, with its zone or in the site's. One at the edge of the calendar is refused, where the library fails."""

    def enforce_timezone(self, value: datetime) -> Any:
        try:
            return super().enforce_timezone(value)
        except OverflowError:
            self.fail("overflow")
