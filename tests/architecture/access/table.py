"""The whole table: the rows of every room. `READS` are answers to GET, `WRITES` to an empty POST.

A row is a route's name, the words that fill its address (a word of `things.py` stands for a thing's key), and the
answers. A form that is not filled in (400, 422) is refused before anybody asks whether this very person may take this
very step; the rooms' own tests send complete ones.
"""

from tests.architecture.access.rooms import (
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
    tiles,
    voters,
)

Row = tuple[str, str, str]
ROOMS = {
    module.__name__.rpartition(".")[2]: module
    for module in (
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
        tiles,
        voters,
    )
}
# Other people's routes: the sign-in library's and the administration's, which guard themselves.
FOREIGN = ("account_", "admin:", "set_language")


def rows(kind: str, rooms: list[str] | None = None) -> list[Row]:
    """The rows of that kind ("READS", "WRITES"), of those rooms or of all."""
    return [row for name, room in ROOMS.items() if not rooms or name in rooms for row in getattr(room, kind, [])]


def arguments(text: str, things: dict[str, str]) -> dict[str, str]:
    """Return ``name=word`` pairs as a dictionary, a thing's key in the place of its word."""
    pairs = (word.split("=", 1) for word in text.split())
    return {name: things.get(value, value) for name, value in pairs}
