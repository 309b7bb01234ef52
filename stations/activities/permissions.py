"""Activities are for the deputies who were invited and the congress staff."""

from django.db.models import Q, QuerySet

from accounts.models import Role
from accounts.permissions import Asker, has_role, in_scope, reach_of
from stations.activities.models import Activity
from stations.register.permissions import deputy_of


def may_organise(user: Asker) -> bool:
    """Return whether `user` invites deputies to activities: the congress staff, each for their own area."""
    return has_role(user, Role.STAFF)


def activities_run_by(user: Asker) -> QuerySet[Activity]:
    """Return the activities that `user` manages: those of her own area."""
    return in_scope(user, Activity.objects.all(), "area", "") if may_organise(user) else Activity.objects.none()


def activities_visible_to(user: Asker) -> QuerySet[Activity]:
    """Congress staff see the district's and their own area's activities, a deputy those of her invitations."""
    if may_organise(user):
        own = activities_run_by(user).values("pk")
        return Activity.objects.filter(Q(area=reach_of(user)) | Q(pk__in=own))
    deputy = deputy_of(user)
    if deputy is None:
        return Activity.objects.none()
    mine = Activity.invited.through.objects.filter(deputy=deputy).values("activity")
    there = deputy.presences.values("activity")
    return Activity.objects.filter(Q(pk__in=mine) | Q(pk__in=there))
