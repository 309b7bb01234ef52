"""With a second district, the boards that are there stay the first one's."""

from typing import Any

from accounts.directory.levels import second_district
from accounts.models import Area
from reporting.boards.models import Board


def settle(district: Area, **kwargs: Any) -> None:
    """Give the boards that name no district to the one that they were made in."""
    Board.objects.filter(area=None).update(area=district)


def connect() -> None:
    """Listen for a second district."""
    second_district.connect(settle, dispatch_uid="reporting.boards.settling")
