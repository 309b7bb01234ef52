"""Who is my deputy, and where is my station: by a place on the map, or by the name of a village, town or station."""

from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from django.contrib.gis.db.models.functions import Distance
from django.contrib.gis.geos import Point
from django.db.models import Prefetch, Q, QuerySet

from accounts.models import Area
from accounts.permissions import areas_visible_to
from geokit.search_key import search_key
from stations.models import Deputy, Station
from stations.permissions import deputies_visible_to, stations_visible_to

MOST_FOUND = 12
SUFFIXES = ("社区居委会", "村村委会", "村委会", "居委会", "社区", "街道", "镇", "乡", "村")
SHORTEST = 2


@dataclass(frozen=True)
class Answer:
    """Whom a place belongs to. `village` is the place's own or, where only its point is known, the nearest in town."""

    place: Point
    town: Area | None
    village: Area | None
    village_is_near: bool
    """Whether the village was inferred from the nearest one rather than chosen or known by its border."""
    station: Station | None
    deputies: list[Deputy]
    """Those elected where the village votes."""

    @property
    def is_inside(self) -> bool:
        return self.town is not None


def answer_for(user: Any, place: Point, village: Area | None = None) -> Answer:
    """Return the station and the deputies of a place (EPSG:4326); `village` when somebody chose it by name."""
    areas = areas_visible_to(user)
    town = areas.filter(level=Area.Level.TOWN, geom__covers=place).order_by("code").first()
    if village is None and town is not None:
        village, near = _village_at(areas, town, place)
    else:
        near = False
    in_office = Prefetch("deputies", deputies_visible_to(user))
    served = stations_visible_to(user).filter(service_area__geom__covers=place).select_related("area")
    station = served.prefetch_related(in_office).order_by("code").first()
    deputies = deputies_visible_to(user).filter(constituency=village) if village else Deputy.objects.none()
    return Answer(place, town, village, near, station, list(deputies.select_related("station").order_by("name")))


def _village_at(areas: QuerySet[Area], town: Area, place: Point) -> tuple[Area | None, bool]:
    villages = areas.filter(level=Area.Level.VILLAGE, parent=town)
    inside = villages.filter(geom__covers=place).first()
    if inside:
        return inside, False
    nearest = villages.filter(point__isnull=False).annotate(away=Distance("point", place)).order_by("away", "code")
    return nearest.first(), True


@dataclass(frozen=True)
class Found:
    """Places and stations whose names fit what somebody typed."""

    areas: list[Area]
    stations: list[Station]

    @property
    def is_empty(self) -> bool:
        return not self.areas and not self.stations

    @property
    def only(self) -> Area | None:
        """The one village that was found, if nothing else was."""
        return self.areas[0] if len(self.areas) == 1 and not self.stations else None


def find_places(user: Any, words: str) -> Found:
    """Find villages, towns and stations by name, by pinyin, or by an address that names one (古林镇布政村12号)."""
    text = "".join(words.split()).lower()
    if not text:
        return Found([], [])
    levels = (Area.Level.TOWN, Area.Level.VILLAGE)
    areas = areas_visible_to(user).filter(level__in=levels, point__isnull=False).select_related("parent")
    return Found(_matching(list(areas.order_by("-level", "code")), text), _stations(user, text))


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


def _stations(user: Any, text: str) -> list[Station]:
    fits = Q(name__icontains=text) | Q(address__icontains=text) | Q(search_key__icontains=text)
    return list(stations_visible_to(user).filter(fits).select_related("area").order_by("code")[:MOST_FOUND])


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
