"""Who somebody is to this site. What she may see of a room's things is that room's `permissions`."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.contrib.auth.models import AnonymousUser
from django.contrib.auth.views import redirect_to_login
from django.db.models import Q, QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.utils import timezone

from accounts.directory.models import Area, Department, Role, User
from ui.forms import typed

ANONYMOUS = "anonymous"

NARROW = (Area.Level.TOWN.value, Area.Level.VILLAGE.value)
"""Levels of the areas that narrow what a member of the congress staff sees to."""

type Asker = User | AnonymousUser | None
"""Whoever asks: a person who is signed in, a visitor, or None where the public's view is meant."""


def role_of(user: Asker) -> str:
    """Return the person's role, or ``"anonymous"`` for the public and for nobody at all."""
    if user is None or not user.is_authenticated or not user.is_active:
        return ANONYMOUS
    return str(user.role)


def has_role(user: Asker, *roles: str) -> bool:
    """Tell whether `user` has one of `roles`; an administrator has every role but deputy's and officer's.

    The account has one role. Who sits in a congress today is a deputy beside it, whatever that role is.
    """
    role = role_of(user)
    if role == Role.ADMIN and (Role.STAFF in roles or Role.GIS in roles):
        return True
    return role in roles or (Role.DEPUTY in roles and sits(user))


def is_deputy(user: Asker) -> bool:
    """Tell whether `user` is a deputy: by the account's role, or because she sits in a congress today."""
    return has_role(user, Role.DEPUTY)


def sits(user: Asker) -> bool:
    """Tell whether a membership of `user` is in force today; asked once for each day and object, so once a request."""
    if not isinstance(user, User) or not user.is_active or user.is_service:
        return False
    today, kept = timezone.localdate(), getattr(user, "_sits", None)
    if kept is None or kept[0] != today:
        person = getattr(user, "person", None)  # reached by the row: `congress` stands above
        kept = (today, person is not None and person.memberships.in_force(today).exists())
        user._sits = kept  # type: ignore[attr-defined]  # of this object alone
    return bool(kept[1])


def department_of(user: Asker) -> int | None:
    """Return the key of the department that `user` works for; None for nobody's officer."""
    return user.department_id if isinstance(user, User) else None


def require_role(*roles: str) -> Callable:
    """View decorator: anonymous goes to sign-in; a wrong role sees 404, as if nothing were there."""

    def decorate(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
        @wraps(view)
        def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
            if role_of(request.user) == ANONYMOUS:
                return redirect_to_login(typed.keep(request))
            if roles and not has_role(request.user, *roles):
                raise Http404
            return view(request, *args, **kwargs)

        return guarded

    return decorate


def areas_visible_to(user: Asker) -> QuerySet[Area]:
    """Administrative areas are public."""
    return Area.objects.all()


def departments_visible_to(user: Asker) -> QuerySet[Department]:
    """Departments are public."""
    return Department.objects.all()


def scope_of(user: Asker) -> Area | None:
    """Return the town or village that a member of the congress staff works for; None for the whole district.

    Other roles are not narrowed by area: an officer by her department, a deputy by what she filed.
    """
    if not isinstance(user, User) or role_of(user) != Role.STAFF or user.area is None:
        return None
    return user.area if user.area.level in NARROW else None


def is_district_staff(user: Asker) -> bool:
    """Tell whether `user` decides for the whole district: congress staff without a town, or an administrator."""
    return has_role(user, Role.STAFF) and scope_of(user) is None


def is_staff_of(user: Asker, area: Area | None, place: Any = None) -> bool:
    """Tell whether `user` is congress staff of where a thing is, or of the whole district."""
    return has_role(user, Role.STAFF) and serves(user, area, place)


def is_officer_of(user: Asker, department_id: int | None) -> bool:
    """Tell whether `user` is an officer of that department; of none is nobody."""
    return role_of(user) == Role.OFFICER and department_id is not None and department_of(user) == department_id


def answers_for(user: Asker, area: Area | None, place: Any, department_id: int | None) -> bool:
    """Tell whether `user` writes what a place's congress staff or the department in charge write.

    Staff by where the thing is, officers by whose it is: every service asks this, or one of its two halves, with the
    thing in hand.
    """
    return is_staff_of(user, area, place) or is_officer_of(user, department_id)


def require_district_staff(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """View decorator: `require_role` for what is the whole district's."""

    @require_role(Role.STAFF)
    @wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if not is_district_staff(request.user):
            raise Http404
        return view(request, *args, **kwargs)

    return guarded


def district_staff() -> Q:
    """Match the congress staff who work for the whole district (`scope_of` is None)."""
    return Q(role=Role.STAFF) & (Q(area=None) | ~Q(area__level__in=NARROW))


def in_scope(user: Asker, queryset: QuerySet, area_field: str = "area", place_field: str = "") -> QuerySet:
    """Narrow to what lies in the town or village that `user` works for; everything for everybody else.

    `area_field` leads to the Area of a row. For a village whose outline is known, `place_field` leads to the row's
    geometry, because many things only name their town.
    """
    area = scope_of(user)
    return queryset if area is None else queryset.filter(within(area, area_field, place_field))


def serves(user: Asker, area: Area | None, place: Any = None) -> bool:
    """Tell of one thing what `in_scope` tells of many: whether a member of the congress staff works for where it is.

    Everybody who is not narrowed by area serves everywhere.
    """
    scope = scope_of(user)
    if scope is None:
        return True
    if area is not None and scope.pk in (area.pk, area.parent_id):
        return True
    if scope.level != Area.Level.VILLAGE or scope.geom is None or place is None:
        return False
    return bool(scope.geom.intersects(place))


def within(area: Area, area_field: str = "area", place_field: str = "") -> Q:
    """Match what belongs to `area` or to an area below it."""
    inside = Q(**{area_field: area.pk}) | Q(**{f"{area_field}__parent": area.pk})
    if area.level == Area.Level.VILLAGE and area.geom is not None and place_field:
        inside |= Q(**{f"{place_field}__intersects": area.geom})
    return inside
