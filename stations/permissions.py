"""Stations, deputies in office and reception days are public; what is behind them is for those who run a station."""

from typing import Any

from django.db.models import Q, QuerySet

from accounts.models import Role
from accounts.permissions import has_role, in_scope, role_of
from stations.models import Deputy, DutyRecord, Matter, Reception, ServiceArea, Station


def stations_visible_to(user: Any) -> QuerySet[Station]:
    """Every station is public."""
    return Station.objects.all()


def service_areas_visible_to(user: Any) -> QuerySet[ServiceArea]:
    """Whom a station serves is public."""
    return ServiceArea.objects.all()


def deputies_visible_to(user: Any) -> QuerySet[Deputy]:
    """Deputies in office are public; those who left are kept for the records alone."""
    return Deputy.objects.filter(is_active=True)


def receptions_visible_to(user: Any) -> QuerySet[Reception]:
    """Announced, held and cancelled reception days are public."""
    return Reception.objects.all()


def deputy_of(user: Any) -> Deputy | None:
    """Return the deputy in office that `user` is, if any."""
    if role_of(user) != Role.DEPUTY:
        return None
    return Deputy.objects.filter(user=user, is_active=True).select_related("station").first()


def stations_run_by(user: Any) -> QuerySet[Station]:
    """Return the stations whose receptions `user` announces and records.

    Congress staff run all of their area, the officers of a town's government those of their town, a deputy her own.
    """
    role = role_of(user)
    if has_role(user, Role.STAFF):
        return in_scope(user, Station.objects.all())
    if role == Role.OFFICER and user.department.area_id:
        return Station.objects.filter(area=user.department.area_id)
    if role == Role.DEPUTY:
        return Station.objects.filter(deputies__user=user, deputies__is_active=True)
    return Station.objects.none()


def may_run(user: Any, station: Station) -> bool:
    """Tell whether `user` announces and records the receptions of `station`."""
    return stations_run_by(user).filter(pk=station.pk).exists()


def matters_visible_to(user: Any) -> QuerySet[Matter]:
    """Return the matters whose text `user` may read: those of the stations that she runs or received at."""
    mine = Q(reception__station__in=stations_run_by(user))
    if role_of(user) == Role.DEPUTY:
        mine |= Q(reception__deputies__user=user)
    return Matter.objects.filter(mine).distinct()


def may_draw_areas(user: Any) -> bool:
    """Tell whether `user` may change service areas: congress staff and GIS staff."""
    return has_role(user, Role.STAFF, Role.GIS)


def may_keep_duty(user: Any) -> bool:
    """Tell whether `user` confirms duty records and sets the points rule."""
    return has_role(user, Role.STAFF)


def duties_visible_to(user: Any) -> QuerySet[DutyRecord]:
    """A deputy sees her own records, the congress staff see all; what is public is counted, not listed."""
    if may_keep_duty(user):
        return DutyRecord.objects.all()
    if role_of(user) == Role.DEPUTY:
        return DutyRecord.objects.filter(deputy__user=user)
    return DutyRecord.objects.none()
