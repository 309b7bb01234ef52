"""Who may see which patrols. A track says where somebody was, so it is hers, the congress staff's, and the concern of a
department only where something found on it was sent to that department."""

from django.db.models import Q, QuerySet

from accounts.models import Role
from accounts.permissions import Asker, department_of, has_role, in_scope, is_deputy, role_of
from inspections.patrols.models import FindingPhotoCheck, Patrol, PatrolFinding, PatrolPhoto
from ledger.actors import account_of
from supervision.models import Finding
from supervision.permissions import may_see_names

READERS = (Role.DEPUTY, Role.OFFICER, Role.STAFF)
RECORDERS = (Role.DEPUTY, Role.STAFF)


def may_patrol(user: Asker) -> bool:
    """Deputies walk, and the congress staff with them."""
    return has_role(user, *RECORDERS)


def patrols_visible_to(user: Asker) -> QuerySet[Patrol]:
    """Return the patrols whose track `user` may see."""
    patrols = Patrol.objects.all()
    role = role_of(user)
    if role == Role.ADMIN:
        return patrols
    if role == Role.STAFF:
        return in_scope(user, patrols) | patrols.filter(user=account_of(user))
    visible = Q(pk__in=[])
    if is_deputy(user):
        visible |= Q(user=account_of(user))
    if role == Role.OFFICER:
        mine = PatrolFinding.objects.filter(matter__suggestion__department=department_of(user))
        visible |= Q(pk__in=mine.values("patrol"))
    return patrols.filter(visible)


def found_visible_to(user: Asker) -> QuerySet[PatrolFinding]:
    """Return what was found on patrols, as far as `user` may see it; a department sees what was sent to it only."""
    found = PatrolFinding.objects.filter(patrol__in=patrols_visible_to(user))
    if role_of(user) == Role.OFFICER:
        sent = Q(matter__suggestion__department=department_of(user))
        return found.filter(sent | Q(patrol__user=account_of(user)) if is_deputy(user) else sent)
    return found


def patrol_photos_visible_to(user: Asker) -> QuerySet[PatrolPhoto]:
    return PatrolPhoto.objects.filter(found__in=found_visible_to(user))


def may_record(user: Asker, patrol: Patrol) -> bool:
    """Only she who walks records her own patrol."""
    return may_patrol(user) and patrol.user == account_of(user)


def may_see_proof(user: Asker, finding: Finding) -> bool:
    """Tell whether `user` may see where and when a photo was taken: those who may know who took it."""
    return may_see_names(user, finding)


def checks_visible_to(user: Asker, finding: Finding) -> QuerySet[FindingPhotoCheck]:
    checks = FindingPhotoCheck.objects.filter(photo__finding=finding)
    return checks if may_see_proof(user, finding) else checks.none()
