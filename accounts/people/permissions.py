"""Who keeps the list of accounts, and whose account she may change.

The congress staff of the whole district keep deputies, officers, GIS staff and their own colleagues; administrators
keep everybody. Nobody changes her own role or closes her own account.
"""

from typing import Any

from django.db.models import QuerySet

from accounts.directory.models import Role, User
from accounts.permissions import role_of, scope_of

KEPT_BY_STAFF = (Role.DEPUTY, Role.OFFICER, Role.GIS, Role.STAFF)


def may_keep_people(user: Any) -> bool:
    """Administrators, and staff who are not narrowed to a town; no program ever."""
    if getattr(user, "is_service", False):
        return False
    return role_of(user) == Role.ADMIN or (role_of(user) == Role.STAFF and scope_of(user) is None)


def roles_given_by(user: Any) -> tuple[Role, ...]:
    """The roles that `user` may give."""
    if not may_keep_people(user):
        return ()
    return tuple(Role) if role_of(user) == Role.ADMIN else KEPT_BY_STAFF


def keeps(user: Any, other: User) -> bool:
    """Tell whether `user` keeps the account of `other`."""
    return other.role in roles_given_by(user)


def people_visible_to(user: Any) -> QuerySet[User]:
    """The accounts of people that `user` keeps; nobody's to anybody else. Programs' accounts are not people."""
    people = User.objects.filter(is_service=False).select_related("department", "area")
    return people.filter(role__in=roles_given_by(user))
