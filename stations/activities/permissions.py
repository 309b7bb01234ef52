"""Activities are for the deputies who were invited and the congress staff."""

from typing import Any

from django.db.models import Q, QuerySet

from accounts.models import Role
from accounts.permissions import has_role, in_scope
from stations.activities.models import Activity
from stations.register.permissions import deputy_of


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
