"""Reads of stations: the list, and one station with its deputies in office."""

from dataclasses import dataclass

from django.contrib.gis.db.models.functions import Distance
from django.contrib.gis.geos import Point
from django.db.models import F, Prefetch, QuerySet
from django.http import HttpRequest, QueryDict
from django.shortcuts import get_object_or_404
from django.utils import timezone

from accounts.models import Membership
from accounts.permissions import Asker
from stations.register.filters import StationFilter
from stations.register.models import Deputy, Station
from stations.register.permissions import deputies_visible_to, stations_visible_to


@dataclass(frozen=True)
class StationList:
    """A filtered list with what the reader must know of its size. `near` orders it by distance."""

    rows: QuerySet[Station]
    total: int
    in_view: int
    bbox: str
    filterset: StationFilter

    @property
    def is_narrowed(self) -> bool:
        """Whether any condition besides the words and the box is set."""
        given = self.filterset.data
        return any(given.get(name) for name in self.filterset.filters if name not in ("q", "in_bbox"))


def list_stations(request: HttpRequest, near: Point | None = None) -> StationList:
    """Return the stations that the address of `request` asks for, nearest to `near` first if given."""
    visible = stations_visible_to(request.user).select_related("area")
    if near is not None:
        visible = visible.annotate(away=Distance("geom", near)).order_by("away", "code")
    everywhere = StationFilter(without(request.GET, "in_bbox"), queryset=visible, request=request)
    narrowed = StationFilter(request.GET, queryset=visible, request=request)
    bbox = request.GET.get("in_bbox", "")
    total = everywhere.qs.count()
    return StationList(narrowed.qs, total, narrowed.qs.count() if bbox else total, bbox, narrowed)


def get_station(user: Asker, code: str) -> Station:
    """Return the station of that code with its deputies in office; 404 without one."""
    in_office = Prefetch("deputies", with_seats(deputies_visible_to(user)))
    visible = stations_visible_to(user).select_related("area", "service_area")
    return get_object_or_404(visible.prefetch_related(in_office, "opening_days"), code=code)


def with_seats(deputies: QuerySet[Deputy]) -> QuerySet[Deputy]:
    """Read with each deputy the congresses that she sits in today, as ``person.seats``, the widest level first."""
    today = timezone.localdate()
    widest_first = F("congress__area__code").asc(nulls_first=True)
    sitting = Membership.objects.in_force(today).select_related("congress__area").order_by(widest_first)
    seats = Prefetch("person__memberships", sitting, "seats")
    return deputies.prefetch_related("person", seats)


def without(params: QueryDict, name: str) -> QueryDict:
    """Return the parameters of an address but one."""
    rest = params.copy()
    rest.pop(name, None)
    return rest
