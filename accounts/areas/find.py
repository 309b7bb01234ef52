"""From what somebody types (a village, a town, an address that names one, or pinyin) to places of the district."""

from functools import lru_cache
from typing import Any

from django.db.models import QuerySet

from accounts.areas.addresses import Named, areas_meant, bare, plain, spoken
from accounts.directory.models import Area
from accounts.permissions import areas_visible_to
from ui.text.search_key import search_key

MOST_FOUND = 12
LEVELS = (Area.Level.TOWN, Area.Level.VILLAGE)


def find_areas(user: Any, words: str) -> list[Area]:
    """Return the villages and towns that `words` name, each with a point; by name, by pinyin, or by an address that
    names one (古林镇布政村，桥东 50 米)."""
    text = plain(words)
    return _matching(list(_places(user).filter(point__isnull=False)), text, _above(user)) if text else []


def areas_named(user: Any, words: str) -> list[Area]:
    """Return the villages and towns that `words` name outright, with a point or without: by the whole name, or by an
    address that names one; never by a part of a name, or by pinyin. Several where the words fit several."""
    text = plain(words)
    if not text:
        return []
    areas = list(_places(user))
    exact = [area for area in areas if text in map(plain, (area.name, spoken(area.name), bare(area.name)))]
    return exact if exact or text.isascii() else _by_address(areas, text, _above(user))


def _places(user: Any) -> QuerySet[Area]:
    """Towns and villages. The names of all are compared; the outlines of all would be some megabytes."""
    areas = areas_visible_to(user).filter(level__in=LEVELS).select_related("parent")
    return areas.defer("geom", "parent__geom").order_by("-level", "code")


def _above(user: Any) -> list[str]:
    return list(areas_visible_to(user).exclude(level__in=LEVELS).values_list("name", flat=True))


def _matching(areas: list[Area], text: str, above: list[str]) -> list[Area]:
    """Those whose very name the text is; else those whose name holds it; else those that it names as an address."""
    exact = [area for area in areas if text in (plain(area.name), plain(spoken(area.name)))]
    if exact and not any(text == plain(bare(area.name)) for area in areas):
        return exact[:MOST_FOUND]
    direct = [area for area in areas if text in plain(area.name) or text in _key(area.name)]
    if direct:
        return sorted(direct, key=lambda area: (not _begins(area, text), area.code))[:MOST_FOUND]
    return _by_address(areas, text, above)[:MOST_FOUND]


def _by_address(areas: list[Area], text: str, above: list[str]) -> list[Area]:
    by_key = {area.pk: area for area in areas}
    named = [Named(area.pk, area.name, _town_of(area)) for area in areas]
    return [by_key[key] for key in areas_meant(text, named, above)]


def _town_of(area: Area) -> int | None:
    """The key of a village's town (0 where it has none); None for a town."""
    return None if area.level == Area.Level.TOWN else area.parent_id or 0


def _begins(area: Area, text: str) -> bool:
    return area.name.startswith(text) or any(word.startswith(text) for word in _key(area.name).split())


@lru_cache(maxsize=4096)
def _key(name: str) -> str:
    return search_key(name)
