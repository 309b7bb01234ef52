"""The district that this site serves: one record of its names, telephone code, examples, bounds and base map."""

from accounts.district.models import District
from accounts.district.queries import (
    area_rows,
    bounds,
    current,
    name_of_district,
    outline_box,
    outline_rows,
    record_over,
)

__all__ = [
    "District",
    "area_rows",
    "bounds",
    "current",
    "name_of_district",
    "outline_box",
    "outline_rows",
    "record_over",
]
