"""Times in bodies and addresses of the API."""

from datetime import UTC, datetime
from typing import Any

from django.core.exceptions import ValidationError
from django_filters import IsoDateTimeFilter
from django_filters.fields import IsoDateTimeField
from rest_framework.serializers import DateTimeField


class TimeField(DateTimeField):
    """A time, with its zone or in the site's. One at the edge of the calendar is refused, where the library fails."""

    def enforce_timezone(self, value: datetime) -> Any:
        try:
            return super().enforce_timezone(value)
        except OverflowError:
            self.fail("overflow")


class TimeFilterField(IsoDateTimeField):
    """A time in an address, in UTC: the database knows no zone beyond sixteen hours, which ISO 8601 can write."""

    def to_python(self, value: Any) -> Any:
        found = super().to_python(value)
        try:
            return found.astimezone(UTC) if isinstance(found, datetime) else found
        except OverflowError as error:
            raise ValidationError(self.error_messages["invalid"], code="invalid") from error


class TimeFilter(IsoDateTimeFilter):
    field_class = TimeFilterField
