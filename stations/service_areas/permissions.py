"""Whom a station serves is public; the congress and GIS staff draw it."""

from collections.abc import Iterable

from django.db.models import Q, QuerySet

from accounts.looking import shown
from accounts.models import Area, Role
from accounts.permissions import Asker, has_role, scope_of, serves
from stations.register.models import Station
from stations.register.permissions import stations_run_by
from stations.service_areas.models import ServiceArea


def service_areas_visible_to(user: Asker) -> QuerySet[ServiceArea]:
    """Whom a station serves is public, of the district looked at."""
    return ServiceArea.objects.filter(shown(user, "station__area"))


def may_draw_areas(user: Asker) -> bool:
    """Tell whether `user` may change every service area: GIS staff and the congress staff of the whole district."""
    return has_role(user, Role.STAFF, Role.GIS) and scope_of(user) is None


def may_draw_area_of(user: Asker, station: Station) -> bool:
    """Tell whether `user` may give villages to `station`: a town's congress staff draw inside their town."""
    return bool(drawn_by(user, [station]))


def drawn_by(user: Asker, stations: Iterable[Station]) -> list[Station]:
    """Return those of some stations to which `user` may give villages."""
    if may_draw_areas(user):
        return list(stations)
    run = set(stations_run_by(user).values_list("pk", flat=True)) if has_role(user, Role.STAFF) else set()
    draws = has_role(user, Role.GIS)
    return [station for station in stations if station.pk in run or (draws and serves(user, station.area))]


def assignable_areas(user: Asker, station: Station) -> QuerySet[Area]:
    """Return the town of `station` and its villages: what a form offers and, to a town's staff, all they may give.

    Who works for one village has that village alone to give.
    """
    scope = scope_of(user)
    if scope is not None and scope.level == Area.Level.VILLAGE:
        return Area.objects.filter(pk=scope.pk)
    return Area.objects.filter(Q(pk=station.area_id) | Q(parent=station.area_id))
