"""Stations, deputies in office and reception days are public; what is behind them is for those who run a station."""

from typing import Any

from django.db.models import Q, QuerySet

from accounts.models import Area, Role, User
from accounts.permissions import has_role, in_scope, role_of, scope_of
from stations.activities.models import Activity
from stations.duty.models import DutyRecord
from stations.receptions.models import Matter, Reception
from stations.register.models import Deputy, Station
from stations.service_areas.models import ServiceArea


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
        return in_scope(user, Station.objects.all(), "area", "geom")
    if role == Role.OFFICER and user.department.area_id:
        return Station.objects.filter(area=user.department.area_id)
    if role == Role.DEPUTY:
        return Station.objects.filter(deputies__user=user, deputies__is_active=True)
    return Station.objects.none()


def may_run(user: Any, station: Station) -> bool:
    """Tell whether `user` announces and records the receptions of `station`."""
    return stations_run_by(user).filter(pk=station.pk).exists()


def runners_of(station: Station) -> QuerySet[User]:
    """Return the staff who run a station: the officers of its town's government, or the congress's own if none."""
    officers = User.objects.filter(role=Role.OFFICER, is_active=True, department__area=station.area_id)
    return officers if officers.exists() else User.objects.filter(role=Role.STAFF, is_active=True)


def matters_visible_to(user: Any) -> QuerySet[Matter]:
    """Return the matters whose text `user` may read: those of the stations that she runs or received at."""
    mine = Q(reception__station__in=stations_run_by(user))
    if role_of(user) == Role.DEPUTY:
        mine |= Q(reception__deputies__user=user)
    return Matter.objects.filter(mine).distinct()


def may_draw_areas(user: Any) -> bool:
    """Tell whether `user` may change every service area: GIS staff and the congress staff of the whole district."""
    return has_role(user, Role.STAFF, Role.GIS) and scope_of(user) is None


def may_draw_area_of(user: Any, station: Station) -> bool:
    """Tell whether `user` may give villages to `station`: a town's congress staff draw inside their town."""
    return may_draw_areas(user) or (has_role(user, Role.STAFF) and may_run(user, station))


def land_to_share_out(user: Any, station: Station) -> QuerySet[Area]:
    """Return the town of `station` and its villages: what a form offers and, to a town's staff, all they may give.

    Who works for one village has that village alone to give.
    """
    scope = scope_of(user)
    if scope is not None and scope.level == Area.Level.VILLAGE:
        return Area.objects.filter(pk=scope.pk)
    return Area.objects.filter(Q(pk=station.area_id) | Q(parent=station.area_id))


def deputies_kept_by(user: Any) -> QuerySet[Deputy]:
    """Return the deputies, in office or not, whose duty the congress staff keep: those of their own area's stations."""
    if not has_role(user, Role.STAFF):
        return Deputy.objects.none()
    return in_scope(user, Deputy.objects.all(), "station__area", "station__geom")


def may_keep_duty(user: Any) -> bool:
    """Tell whether `user` confirms duty records: the congress staff, each of her own area's deputies."""
    return has_role(user, Role.STAFF)


def may_keep_duty_of(user: Any, deputy: Deputy) -> bool:
    """Tell whether `user` confirms the duty records of `deputy`."""
    return deputies_kept_by(user).filter(pk=deputy.pk).exists()


def may_set_points(user: Any) -> bool:
    """Tell whether `user` sets the points rule: it is one for the whole district."""
    return has_role(user, Role.STAFF) and scope_of(user) is None


def duties_visible_to(user: Any) -> QuerySet[DutyRecord]:
    """A deputy sees her own records, the congress staff those of their area; the public sees counts, not records."""
    if may_keep_duty(user):
        return in_scope(user, DutyRecord.objects.all(), "deputy__station__area", "deputy__station__geom")
    if role_of(user) == Role.DEPUTY:
        return DutyRecord.objects.filter(deputy__user=user)
    return DutyRecord.objects.none()


def may_organise(user: Any) -> bool:
    """Tell whether `user` calls deputies to activities: the congress staff, each for her own area."""
    return has_role(user, Role.STAFF)


def activities_run_by(user: Any) -> QuerySet[Activity]:
    """Return the activities that `user` changes and keeps the list of: those of her own area."""
    return in_scope(user, Activity.objects.all(), "area", "") if may_organise(user) else Activity.objects.none()


def activities_visible_to(user: Any) -> QuerySet[Activity]:
    """The congress staff see the district's and their own; a deputy what she was called to or was at."""
    if may_organise(user):
        own = activities_run_by(user).values("pk")
        return Activity.objects.filter(Q(area=None) | Q(pk__in=own))
    deputy = deputy_of(user)
    if deputy is None:
        return Activity.objects.none()
    mine = Activity.invited.through.objects.filter(deputy=deputy).values("activity")
    there = deputy.presences.values("activity")
    return Activity.objects.filter(Q(pk__in=mine) | Q(pk__in=there))
