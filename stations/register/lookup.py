"""Finding one's station and deputies by position, or by the name of a village, town or station."""

from dataclasses import dataclass

from django.contrib.gis.db.models.functions import Distance
from django.contrib.gis.geos import Point
from django.db.models import Prefetch, Q, QuerySet

from accounts.areas.find import MOST_FOUND, find_areas
from accounts.areas.position import town_at
from accounts.models import Area
from accounts.permissions import Asker, areas_visible_to
from stations.register.models import Deputy, Station
from stations.register.permissions import deputies_visible_to, stations_visible_to


@dataclass(frozen=True)
class PlaceLookup:
    """The station and deputies of a position. `village` contains it or, without borders, is the nearest in the town."""

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


def look_up_place(user: Asker, place: Point, village: Area | None = None) -> PlaceLookup:
    """Return the station and the deputies of a place (EPSG:4326); `village` when somebody chose it by name."""
    areas = areas_visible_to(user)
    town = town_at(place)
    if village is None and town is not None:
        village, near = _village_at(areas, town, place)
    else:
        near = False
    in_office = Prefetch("deputies", deputies_visible_to(user))
    served = stations_visible_to(user).filter(service_area__geom__covers=place).select_related("area")
    station = served.prefetch_related(in_office).order_by("code").first()
    deputies = deputies_visible_to(user).filter(constituency=village) if village else Deputy.objects.none()
    return PlaceLookup(place, town, village, near, station, list(deputies.select_related("station").order_by("name")))


def _village_at(areas: QuerySet[Area], town: Area, place: Point) -> tuple[Area | None, bool]:
    villages = areas.filter(level=Area.Level.VILLAGE, parent=town)
    inside = villages.filter(geom__covers=place).first()
    if inside:
        return inside, False
    nearest = villages.filter(point__isnull=False).annotate(away=Distance("point", place)).order_by("away", "code")
    return nearest.first(), True


@dataclass(frozen=True)
class NameMatches:
    """Places and stations whose names match what was typed."""

    areas: list[Area]
    stations: list[Station]

    @property
    def is_empty(self) -> bool:
        return not self.areas and not self.stations

    @property
    def only(self) -> Area | None:
        """The one village that was found, if nothing else was."""
        return self.areas[0] if len(self.areas) == 1 and not self.stations else None


def find_places(user: Asker, words: str) -> NameMatches:
    """Find villages, towns and stations by name, by pinyin, or by an address that names one (古林镇布政村12号)."""
    text = "".join(words.split()).lower()
    if not text:
        return NameMatches([], [])
    return NameMatches(find_areas(user, text), _stations(user, text))


def _stations(user: Asker, text: str) -> list[Station]:
    fits = Q(name__icontains=text) | Q(address__icontains=text) | Q(search_key__icontains=text)
    return list(stations_visible_to(user).filter(fits).select_related("area").order_by("code")[:MOST_FOUND])
