"""The foreign-object column of every room."""

from tests.architecture.access.foreign import (
    accounts,
    exchange,
    geo_portal,
    inspections,
    layers,
    library,
    meetings,
    ogc,
    papers,
    projects,
    publishing,
    questions,
    reporting,
    river_monitoring,
    stations,
    supervision,
    voters,
)
from tests.architecture.access.foreign.row import Foreign

MODULES = (
    accounts,
    exchange,
    geo_portal,
    inspections,
    layers,
    library,
    meetings,
    ogc,
    papers,
    projects,
    publishing,
    questions,
    reporting,
    river_monitoring,
    stations,
    supervision,
    voters,
)
ROOMS = {module.__name__.rpartition(".")[2]: module for module in MODULES}


def rows(rooms: list[str] | None = None) -> list[Foreign]:
    return [row for name, room in ROOMS.items() if not rooms or name in rooms for row in room.FOREIGN]


def without_object() -> dict[str, str]:
    """Routes that write nothing that is somebody's, with the reason."""
    return {route: why for room in ROOMS.values() for route, why in room.NO_OBJECT.items()}
