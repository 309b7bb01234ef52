"""Everything that the search of the site finds: what the rooms offer, and the areas of the district."""

from collections.abc import Iterator
from typing import Any

from django.db import DEFAULT_DB_ALIAS
from django.db.models import QuerySet
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from accounts.looking import shown
from accounts.models import Area
from accounts.permissions import Asker, areas_visible_to
from layers.search import OFFERS as LAYERS
from library.places.services import papers
from library.search import OFFERS as LIBRARY
from papers.search import OFFERS as PAPERS
from projects.gazetteer import names as project_names
from projects.search import OFFERS as PROJECTS
from publishing.search import OFFERS as SITE_PAGES
from questions.search import OFFERS as QUESTIONS
from reporting.search import OFFERS as BOARDS
from river_monitoring.gazetteer import names as water_names
from river_monitoring.search import OFFERS as WATERS
from search import gazetteer, journal
from search.gazetteer import Named
from search.offers import Described, Offer, Watch, register
from stations.gazetteer import names as station_names
from stations.search import OFFERS as STATIONS
from supervision.search import OFFERS as MATTERS

CLOSER = {"village": 15, "town": 12}


def _area(area: Area) -> Described:
    """Towns and villages have no page of their own; the map shows them."""
    return Described(
        area.name,
        _address(area),
        codes=[area.code],
        meta=area.parent.name if area.parent else "",
        area_id=area.pk,
    )


def _address(area: Area) -> str:
    place = area.point or (area.geom.centroid if area.geom else None)
    where = f"?c={place.x:.5f},{place.y:.5f}&z={CLOSER.get(area.level, 10)}" if place else ""
    return f"{reverse('map')}{where}"


def area_names() -> Iterator[Named]:
    """Give towns and villages: a text of the district names the district itself everywhere."""
    for area in Area.objects.filter(level__in=[Area.Level.TOWN, Area.Level.VILLAGE]):
        if len(area.name) < 3:
            continue
        place = area.point or (area.geom.point_on_surface if area.geom else None)
        yield Named("areas", area.pk, area.name, _address(area), place)


def _areas(user: Asker) -> QuerySet[Area]:
    return areas_visible_to(user).filter(shown(user, "pk"))


AREAS = Offer(
    "areas", _("区划与村社"), Area, _areas, _area, weight=8, related=("parent",), watches=(Watch(Area, via="parent"),)
)  # fmt: skip


def listen() -> None:
    """Have the rooms' things found."""
    rooms = (WATERS, PROJECTS, STATIONS, LIBRARY, MATTERS, PAPERS, QUESTIONS, SITE_PAGES, BOARDS, LAYERS)
    register([AREAS, *(offer for offers in rooms for offer in offers)])
    gazetteer.register([area_names, water_names, project_names, station_names], [papers])


def install_journal(using: str = DEFAULT_DB_ALIAS, **kwargs: Any) -> None:
    """After migrating, see that every table that is found has its triggers."""
    journal.install(using)
