"""Who may see samples (everybody), hand them in, load those of the past, and correct them."""

from django.db.models import QuerySet

from accounts.models import Department, Role, User
from accounts.permissions import Asker, has_role, in_scope, role_of, serves
from river_monitoring.points.models import MonitoringPoint
from river_monitoring.points.permissions import points_visible_to
from river_monitoring.samples.models import Sample
from river_monitoring.samples.parties import WorksParties, is_body_at, points_of_body, points_worked_on, works_parties


def samples_visible_to(user: Asker) -> QuerySet[Sample]:
    return Sample.objects.filter(point__in=points_visible_to(user))


def party_of(user: Asker) -> Department | None:
    """The party in whose name an account or a token hands samples in: its department. Nobody can name another."""
    return user.department if isinstance(user, User) and role_of(user) == Role.OFFICER else None


def may_record_sample(user: Asker, point: MonitoringPoint, works: WorksParties | None = None) -> bool:
    """The sampling bodies, and the parties of the works, whose samples are shown and prove nothing.

    `works` are the parties of the point's works, if they were read.
    """
    party = party_of(user)
    if party is None:
        return False
    if works is not None and party.pk in works.departments:
        return True
    return is_body_at(party, point) or party.pk in (works or works_parties(point)).departments


def points_to_record(user: Asker) -> QuerySet[MonitoringPoint]:
    """The points that `user` may record samples for; `may_record_sample` decides the same of one point."""
    points, party = points_visible_to(user), party_of(user)
    if party is None:
        return points.none()
    return points.filter(points_worked_on(party) | points_of_body(party))


def may_load_history(user: Asker, point: MonitoringPoint | None = None) -> bool:
    """Congress and GIS staff load samples of years past; those of a town only there."""
    if not has_role(user, Role.STAFF, Role.GIS):
        return False
    return point is None or serves(user, point.area, point.geom)


def may_correct(user: Asker, sample: Sample) -> bool:
    """Whoever handed a sample in may correct it, nobody else: another party questions it."""
    if sample.is_historic:
        return may_load_history(user, sample.point)
    party = party_of(user)
    if party is None:
        return False
    if sample.party_id is not None:
        return party.pk == sample.party_id
    if sample.recorded_by is not None:
        return party.pk == sample.recorded_by.department_id
    # A station that nobody is named to run: the sampling bodies look after its data.
    return is_body_at(party, sample.point) and party.pk not in works_parties(sample.point).departments


def points_to_watch(user: Asker) -> QuerySet[MonitoringPoint]:
    """The points whose questioned samples concern `user`: her own to act on, or those that she supervises."""
    if has_role(user, Role.STAFF):
        return in_scope(user, points_visible_to(user), "area", "geom")
    return points_to_record(user)
