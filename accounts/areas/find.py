"""From what somebody types (a village, a town, an address that names one, or pinyin) to places of the district."""

from functools import lru_cache
from typing import Any

from accounts.areas.addresses import Named, areas_meant, bare, plain, spoken
from accounts.directory.models import Area
from accounts.permissions import areas_visible_to
from ui.text.search_key import search_key

MOST_FOUND = 12


def find_areas(user: Any, words: str) -> list[Area]:
    """Return the villages and towns that `words` name, each with a point; by name, by pinyin, or by an address that
    names one (古林镇布政村，桥东 50 米)."""
    text = plain(words)
    if not text:
        return []
    visible = areas_visible_to(user)
    levels = (Area.Level.TOWN, Area.Level.VILLAGE)
    areas = visible.filter(level__in=levels, point__isnull=False).select_related("parent")
    # The names of all are compared; the outlines of all would be some megabytes.
    areas = areas.defer("geom", "parent__geom").order_by("-level", "code")
    above = list(visible.exclude(level__in=levels).values_list("name", flat=True))
    return _matching(list(areas), text, above)


def _matching(areas: list[Area], text: str, above: list[str]) -> list[Area]:
    """Those whose very name the text is; else those whose name holds it; else those that it names as an address."""
    exact = [area for area in areas if text in (plain(area.name), plain(spoken(area.name)))]
    if exact and not any(text == plain(bare(area.name)) for area in areas):
        return exact[:MOST_FOUND]
    direct = [area for area in areas if text in plain(area.name) or text in _key(area.name)]
    if direct:
        return sorted(direct, key=lambda area: (not _begins(area, text), area.code))[:MOST_FOUND]
    by_key = {area.pk: area for area in areas}
    named = [Named(area.pk, area.name, _town_of(area)) for area in areas]
    return [by_key[key] for key in areas_meant(text, named, above)][:MOST_FOUND]


def _town_of(area: Area) -> int | None:
    """The key of a village's town (0 where it has none); None for a town."""
    return None if area.level == Area.Level.TOWN else area.parent_id or 0


def _begins(area: Area, text: str) -> bool:
    return area.name.startswith(text) or any(word.startswith(text) for word in _key(area.name).split())


@lru_cache(maxsize=4096)
def _key(name: str) -> str:
    return search_key(name)
