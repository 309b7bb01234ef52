"""From what somebody types (a village, a town, an address that names one, or pinyin) to places of the district."""

from functools import lru_cache
from typing import Any

from accounts.directory.models import Area
from accounts.permissions import areas_visible_to
from ui.text.search_key import search_key

MOST_FOUND = 12
SUFFIXES = ("社区居委会", "村村委会", "村委会", "居委会", "社区", "街道", "镇", "乡", "村")
SHORTEST = 2


def find_areas(user: Any, words: str) -> list[Area]:
    """Return the villages and towns that `words` name, each with a point; by name, by pinyin, or by an address that
    names one (古林镇布政村12号)."""
    text = "".join(words.split()).lower()
    if not text:
        return []
    levels = (Area.Level.TOWN, Area.Level.VILLAGE)
    areas = areas_visible_to(user).filter(level__in=levels, point__isnull=False).select_related("parent")
    return _matching(list(areas.order_by("-level", "code")), text)


def _matching(areas: list[Area], text: str) -> list[Area]:
    """Those whose name holds the text; if none does, those whose bare name the text holds, the longest name first."""
    direct = [area for area in areas if text in area.name or text in _key(area.name)]
    if direct:
        return sorted(direct, key=lambda area: (not _begins(area, text), area.code))[:MOST_FOUND]
    named = [area for area in areas if len(bare(area.name)) >= SHORTEST and bare(area.name) in text]
    villages = [area for area in named if area.level == Area.Level.VILLAGE and _fits_town(area, named)]
    return sorted(villages or named, key=lambda area: (-len(bare(area.name)), area.code))[:MOST_FOUND]


def _begins(area: Area, text: str) -> bool:
    return area.name.startswith(text) or any(word.startswith(text) for word in _key(area.name).split())


def _fits_town(village: Area, named: list[Area]) -> bool:
    """Where an address names a town, its villages alone are meant."""
    towns = [area.pk for area in named if area.level == Area.Level.TOWN]
    return not towns or village.parent_id in towns


@lru_cache(maxsize=4096)
def _key(name: str) -> str:
    return search_key(name)


def bare(name: str) -> str:
    """Return a village's or town's name without what it is.

    >>> bare("布政村村委会"), bare("澄浪社区居委会"), bare("古林镇"), bare("南门街道")
    ('布政', '澄浪', '古林', '南门')
    """
    for suffix in SUFFIXES:
        if name.endswith(suffix):
            return name.removesuffix(suffix)
    return name
