"""Who somebody is to this site. What she may see of a room's things is that room's `permissions`."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.contrib.auth.models import AnonymousUser
from django.contrib.auth.views import redirect_to_login
from django.db.models import Q, QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.utils import timezone

from accounts.directory.levels import NARROW, district_or_above, districts, lies_in, line_of, of_area
from accounts.directory.models import Area, Department, Role, User
from ui.forms import typed

ANONYMOUS = "anonymous"

NOWHERE = Area(pk=0, code="", level=Area.Level.DISTRICT)
"""Where somebody has her inside whose district nobody has said, while there are several."""

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


def reach_of(user: Asker) -> Area | None:
    """Return the district (or city) whose inside `user` knows, with all that lies below; None for the whole instance.

    With one district nobody is narrowed. With several, an administrator is not, nor is somebody of a city that holds
    them all; everybody else has her own district, and who has none has none of their insides.
    """
    if not isinstance(user, User) or role_of(user) == Role.ADMIN:
        return None
    known = districts()
    if not known.several:
        return None
    own = _own_area(user)
    reach = district_or_above(own)
    if reach is None:
        return NOWHERE
    return None if known.all_in(reach.pk) else reach


def _own_area(user: User) -> Area | None:
    """The account's area; else, an officer's department's, or that of the congress in which a deputy sits today."""
    if user.role == Role.OFFICER and user.department is not None:
        return user.department.area
    if user.area is not None:
        return user.area
    today, kept = timezone.localdate(), getattr(user, "_seat_area", None)
    if kept is None or kept[0] != today:
        person = getattr(user, "person", None)
        seats = person.memberships.in_force(today).select_related("congress__area") if person is not None else ()
        areas = {seat.congress.area for seat in seats if seat.congress.area is not None}
        # Of two districts' congresses nobody says which is hers.
        kept = (
            today,
            min(areas, key=_depth, default=None) if len({district_or_above(a) for a in areas}) == 1 else None,
        )
        user._seat_area = kept  # type: ignore[attr-defined]  # of this object alone
    return kept[1]


def _depth(area: Area) -> int:
    return -len(line_of(area))


def knows_inside(user: Asker, area: Area | None) -> bool:
    """Tell of one thing what `inside` tells of many: whether it is of a district whose inside `user` knows."""
    reach = reach_of(user)
    return reach is None or lies_in(area, reach)


def inside(user: Asker, area_field: str = "area", place_field: str = "") -> Q:
    """Match what is of the district whose inside `user` knows; everything where that is the whole instance.

    What everybody may read is not asked this: public things of all districts are public.
    """
    reach = reach_of(user)
    return Q() if reach is None else within(reach, area_field, place_field)


def inside_key(user: Asker) -> str:
    """Name whose inside `user` knows, for the audiences of tiles and for files that are kept."""
    reach = reach_of(user)
    return "" if reach is None else f"-in-{reach.pk}"


def scope_of(user: Asker) -> Area | None:
    """Return where a member of the congress staff works, or of the GIS staff; None for the whole instance.

    A town or village of the congress staff, else the district where there are several. Other roles are not narrowed by
    this: an officer by her department, a deputy by what she filed, and both by `inside`.
    """
    role = role_of(user)
    if not isinstance(user, User) or role not in (Role.STAFF, Role.GIS):
        return None
    if role == Role.STAFF and user.area is not None and user.area.level in NARROW:
        return user.area
    return reach_of(user)


def is_district_staff(user: Asker) -> bool:
    """Tell whether `user` decides for all that this instance holds: staff without a narrower area, or an administrator.

    With one district that is its staff. With several it is the city's; of one's own district asks `leads`.
    """
    return has_role(user, Role.STAFF) and scope_of(user) is None


def leads_somewhere(user: Asker) -> bool:
    """Tell whether `user` is congress staff of a whole district: a page is worth showing. Of a thing asks `leads`."""
    scope = scope_of(user)
    return has_role(user, Role.STAFF) and (scope is None or (scope.level not in NARROW and scope.pk != NOWHERE.pk))


def leads(user: Asker, area: Area | None) -> bool:
    """Tell whether `user` decides, for a whole district or more, about what lies in `area`."""
    return leads_somewhere(user) and knows_inside(user, area)


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


def level_with(user: Asker, area_field: str) -> Q:
    """Match what is of the district whose inside `user` knows, or of the city or province that it lies in."""
    reach = reach_of(user)
    if reach is None:
        return Q()
    return within(reach, area_field) | Q(**{f"{area_field}__in": [each.pk for each in line_of(reach)[1:]]})


def staff_inside(area: Area | None) -> Q:
    """Match the congress staff, of towns too, who know the inside of the district that `area` lies in."""
    staff = Q(role=Role.STAFF)
    if not districts().several:
        return staff
    district = district_or_above(area)
    return district_staff(area) | (staff & within(district)) if district is not None else district_staff(area)


def departments_for(area: Area | None) -> Q:
    """Match the departments that can answer for what is in `area`: of no other district, where there are several."""
    return Q(area__in=[each.pk for each in line_of(area)]) if districts().several else Q()


def answers_in(department: Department | None, area: Area | None) -> bool:
    """Tell of one department what `departments_for` tells of many; of no place every department answers."""
    if department is None or area is None or not districts().several:
        return True
    return department.area_id in [each.pk for each in line_of(area)]


def require_leader(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """View decorator: `require_role` for what the staff of a whole district do. The service asks `leads`."""

    @require_role(Role.STAFF)
    @wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if not leads_somewhere(request.user):
            raise Http404
        return view(request, *args, **kwargs)

    return guarded


def district_staff(area: Area | None = None) -> Q:
    """Match the congress staff who work for the whole district that `area` lies in; of all, where there is one.

    With several, what has no area is for whose area holds them all.
    """
    wide = Q(role=Role.STAFF) & (Q(area=None) | ~Q(area__level__in=NARROW))
    known = districts()
    if not known.several:
        return wide
    line = [each.pk for each in line_of(area)]
    return wide & Q(area__in=line or frozenset.intersection(*known.lines))


def in_scope(user: Asker, queryset: QuerySet, area_field: str = "area", place_field: str = "") -> QuerySet:
    """Narrow to what lies where `user` works; everything for everybody else.

    `area_field` leads to the Area of a row. For an area whose outline is known, `place_field` leads to the row's
    geometry, because many things only name their town, and some not even that.
    """
    area = scope_of(user)
    return queryset if area is None else queryset.filter(within(area, area_field, place_field))


def serves(user: Asker, area: Area | None, place: Any = None) -> bool:
    """Tell of one thing what `in_scope` tells of many: whether `user` works for where it is.

    Everybody who is not narrowed by area serves everywhere; a deputy of one of several districts only there.
    """
    scope = scope_of(user) or (reach_of(user) if role_of(user) == Role.DEPUTY else None)
    if scope is None or lies_in(area, scope):
        return True
    if scope.geom is None or place is None or scope.level == Area.Level.TOWN:
        return False
    if scope.level != Area.Level.VILLAGE and area is not None:
        return False
    return bool(scope.geom.intersects(place))


def within(area: Area, area_field: str = "area", place_field: str = "") -> Q:
    """Match what belongs to `area` or to an area below it; of a village also what lies in its outline.

    Of wider areas that only counts for what has no area.
    """
    found = of_area(area, area_field)
    if area.geom is None or not place_field or area.level == Area.Level.TOWN:
        return found
    here = Q(**{f"{place_field}__intersects": area.geom})
    if area.level != Area.Level.VILLAGE:
        here &= Q(**{f"{area_field}__isnull": True})
    return found | here
