"""Stations and deputies in office are public; receptions are announced and recorded by who runs the station."""

from django.db.models import QuerySet

from accounts.models import Role, User
from accounts.permissions import Asker, has_role, in_scope, role_of
from ledger.actors import account_of
from stations.register.models import Deputy, Station


def stations_visible_to(user: Asker) -> QuerySet[Station]:
    """Every station is public."""
    return Station.objects.all()


def deputies_visible_to(user: Asker) -> QuerySet[Deputy]:
    """Deputies in office are public; those who left are kept for the records alone."""
    return Deputy.objects.filter(is_active=True)


def deputy_of(user: Asker) -> Deputy | None:
    """Return the deputy in office that `user` is, if any."""
    if role_of(user) != Role.DEPUTY:
        return None
    return Deputy.objects.filter(user=account_of(user), is_active=True).select_related("station").first()


def stations_run_by(user: Asker) -> QuerySet[Station]:
    """Return the stations whose receptions `user` announces and records.

    Congress staff run all of their area, the officers of a town's government those of their town, a deputy her own.
    """
    role = role_of(user)
    if has_role(user, Role.STAFF):
        return in_scope(user, Station.objects.all(), "area", "geom")
    if role == Role.OFFICER and (town := _town_of(user)):
        return Station.objects.filter(area=town)
    if role == Role.DEPUTY:
        return Station.objects.filter(deputies__user=account_of(user), deputies__is_active=True)
    return Station.objects.none()


def _town_of(user: Asker) -> int | None:
    """Return the key of the town whose government `user` works for."""
    department = user.department if isinstance(user, User) else None
    return department.area_id if department else None


def may_run(user: Asker, station: Station) -> bool:
    """Tell whether `user` announces and records the receptions of `station`."""
    return stations_run_by(user).filter(pk=station.pk).exists()


def station_staff(station: Station) -> QuerySet[User]:
    """Return the staff who run a station: the officers of its town's government, or the congress's own if none."""
    officers = User.objects.filter(role=Role.OFFICER, is_active=True, department__area=station.area_id)
    return officers if officers.exists() else User.objects.filter(role=Role.STAFF, is_active=True)


def deputies_kept_by(user: Asker) -> QuerySet[Deputy]:
    """Return the deputies, in office or not, whose duty the congress staff keep: those of their own area's stations."""
    if not has_role(user, Role.STAFF):
        return Deputy.objects.none()
    return in_scope(user, Deputy.objects.all(), "station__area", "station__geom")
