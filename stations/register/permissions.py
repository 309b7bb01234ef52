"""Stations and deputies in office are public; receptions are announced and recorded by who runs the station."""

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils import timezone

from accounts.looking import shown
from accounts.models import Membership, Role, User
from accounts.permissions import Asker, has_role, in_scope, is_deputy, role_of, staff_inside
from ledger.actors import account_of
from stations.register.models import Deputy, Station


def stations_visible_to(user: Asker) -> QuerySet[Station]:
    """Every station is public, of the district looked at."""
    return Station.objects.filter(shown(user))


def deputies_visible_to(user: Asker) -> QuerySet[Deputy]:
    """Deputies in office are public; the others are for the records."""
    return Deputy.objects.filter(in_office(), shown(user, "station__area"))


def in_office() -> Q:
    """Match the deputies in office today: of the register, and with a membership in force where these are kept."""
    sitting = Membership.objects.in_force(timezone.localdate()).filter(person=OuterRef("person"))
    return Q(Q(person=None) | Exists(sitting), is_active=True)


def deputy_of(user: Asker) -> Deputy | None:
    """Return the deputy in office that `user` is, if any."""
    if not is_deputy(user):
        return None
    return deputies_visible_to(user).filter(user=account_of(user)).select_related("station").first()


def stations_run_by(user: Asker) -> QuerySet[Station]:
    """Return the stations whose receptions `user` announces and records.

    Congress staff run all of their area, the officers of a town's government those of their town, a deputy in office
    her own.
    """
    role = role_of(user)
    if has_role(user, Role.STAFF):
        return in_scope(user, Station.objects.all(), "area", "geom")
    run = Q(pk__in=[])
    if role == Role.OFFICER and (town := _town_of(user)):
        run |= Q(area=town)
    if is_deputy(user):
        own = Deputy.objects.filter(in_office(), user=account_of(user))
        run |= Q(pk__in=own.values("station"))
    return Station.objects.filter(run)


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
    return officers if officers.exists() else User.objects.filter(staff_inside(station.area), is_active=True)


def deputies_kept_by(user: Asker) -> QuerySet[Deputy]:
    """Return the deputies, in office or not, whose duty the congress staff keep: those of their own area's stations."""
    if not has_role(user, Role.STAFF):
        return Deputy.objects.none()
    return in_scope(user, Deputy.objects.all(), "station__area", "station__geom")
