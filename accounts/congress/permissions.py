"""Who keeps the members of which congress, and who reads a group's thread.

The district's congress staff keep all congresses of the district; those of a town keep their town's own.
"""

from django.db.models import Q, QuerySet
from django.utils import timezone

from accounts.congress.models import Congress, DeputyGroup, Membership
from accounts.directory.models import Role, User
from accounts.permissions import Asker, has_role, is_district_staff, leads_somewhere, scope_of, within


def congresses_kept_by(user: Asker) -> QuerySet[Congress]:
    """Return the congresses whose members `user` keeps."""
    if is_district_staff(user):
        return Congress.objects.all()
    area = scope_of(user)
    if area is None or not has_role(user, Role.STAFF):
        return Congress.objects.none()
    return Congress.objects.filter(within(area) if leads_somewhere(user) else Q(area=area))


def may_keep(user: Asker, congress: Congress) -> bool:
    """Tell whether `user` enters and ends memberships of a congress."""
    return congresses_kept_by(user).filter(pk=congress.pk).exists()


def groups_seen_by(user: Asker) -> QuerySet[DeputyGroup]:
    """Return the groups whose members and thread `user` sees: her own, and those of congresses that she keeps."""
    if not isinstance(user, User) or not user.is_active:
        return DeputyGroup.objects.none()
    kept = DeputyGroup.objects.filter(congress__in=congresses_kept_by(user))
    return kept | DeputyGroup.objects.filter(pk__in=own_groups(user).values("pk"))


def own_groups(user: User) -> QuerySet[DeputyGroup]:
    """Return the groups that the owner of an account is in today."""
    mine = Membership.objects.in_force(timezone.localdate()).filter(person__user=user)
    return DeputyGroup.objects.filter(pk__in=mine.values("group_id"))
