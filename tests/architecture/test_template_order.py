"""Templates keep the order of the rooms: they use only their own and those of `ui/`, and load tags from below."""

import re
from pathlib import Path

import pytest
from django.template import engines

ROOT = Path(__file__).resolve().parents[2]
ROOMS = (
    "demo", "geo_portal", "exchange", "reporting", "inspections", "voters", "meetings", "questions", "publishing",
    "papers", "supervision", "river_monitoring", "projects", "stations", "library", "layers", "ogc", "tiles", "search",
    "accounts", "ledger",
    "ui",
)  # fmt: skip
"""From the top down, as in `tool.importlinter`; the three in the middle are siblings."""
SIBLINGS = {"river_monitoring", "projects", "stations", "library"}
USES = re.compile(r"""{%-?\s*(?:extends|include)\s+["']([^"']+)["']""")
LOADS = re.compile(r"{%-?\s*load\s+([^%]+?)\s*-?%}")

NOT_YET: set[tuple[str, str]] = set()
"""Room and foreign template that are still to be parted. Nothing may be added; what is done is deleted here."""


def _templates():
    for room in ROOMS:
        for path in sorted((ROOT / room).glob("**/templates/**/*")):
            if path.is_file():
                yield room, path.relative_to(ROOT).as_posix().partition("/templates/")[2], path


def _homes():
    """The rooms that have a template of a name; the names of libraries are not among them."""
    homes = {}
    for room, name, _path in _templates():
        homes.setdefault(name, set()).add(room)
    return homes


def _foreign():
    homes = _homes()
    for room, _name, path in _templates():
        for used in USES.findall(path.read_text(encoding="utf-8")):
            if used in homes and not homes[used] & {room, "ui"}:
                yield room, used


def may_load(room, home):
    if home == room or home not in ROOMS:
        return True
    below = ROOMS.index(home) > ROOMS.index(room)
    return below and not {room, home} <= SIBLINGS


def test_no_template_uses_one_of_another_room():
    assert set(_foreign()) <= NOT_YET


def test_no_two_rooms_have_a_template_of_one_name():
    assert {name: rooms for name, rooms in _homes().items() if len(rooms) > 1} == {}


def test_tags_are_loaded_from_below():
    libraries = engines["django"].engine.libraries
    for room, name, path in _templates():
        for loaded in LOADS.findall(path.read_text(encoding="utf-8")):
            for library in loaded.partition(" from ")[2].split() or loaded.split():
                home = libraries.get(library, "").partition(".")[0]
                assert may_load(room, home), f"{name} loads {library} of {home}"


def test_the_order_is_that_of_the_imports():
    text = (ROOT / "pyproject.toml").read_text(encoding="utf-8")
    layers = text.partition('id = "rooms"')[2].partition("layers = [")[2].partition("]")[0]
    named = re.findall(r"[a-z_]+", layers)
    assert [room for room in named if room in ROOMS] == list(ROOMS)


@pytest.mark.parametrize(
    ("room", "home", "allowed"),
    [
        ("stations", "ui", True),
        ("stations", "projects", False),
        ("ui", "accounts", False),
        ("layers", "humanize", True),
    ],
)
def test_who_may_load_from_whom(room, home, allowed):
    assert may_load(room, home) is allowed
