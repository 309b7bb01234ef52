"""With a second district, the layers that are there stay the first one's."""

from typing import Any

from accounts.directory.levels import second_district
from accounts.models import Area
from layers.storage.models import Layer


def settle(district: Area, **kwargs: Any) -> None:
    """Give the layers that name no district to the one that they were loaded in."""
    Layer.objects.filter(area=None).update(area=district)


def connect() -> None:
    """Listen for a second district."""
    second_district.connect(settle, dispatch_uid="layers.storage.settling")
