"""Who reads a page, who keeps it, to whom a notice is addressed."""

from datetime import timedelta

from django.db.models import Case, Q, QuerySet, When
from django.utils import timezone

from accounts.congress.permissions import own_groups
from accounts.directory.levels import districts
from accounts.looking import shown_with_above
from accounts.models import Area, Membership, Role, User
from accounts.permissions import (
    ANONYMOUS,
    Asker,
    has_role,
    in_scope,
    inside,
    is_deputy,
    level_with,
    role_of,
    serves,
    within,
)
from publishing.register.models import SitePage

Audience = SitePage.Audience
RECENT = timedelta(days=7)
"""What is new: this week's."""


def pages_kept_by(user: Asker) -> QuerySet[SitePage]:
    """Return the pages that `user` edits and reviews: congress staff, where they work."""
    if not has_role(user, Role.STAFF):
        return SitePage.objects.none()
    return in_scope(user, SitePage.objects.all())


def keeps_page(user: Asker, page: SitePage) -> bool:
    """Tell of one page what `pages_kept_by` tells of many."""
    return has_role(user, Role.STAFF) and serves(user, page.area)


def pages_visible_to(user: Asker) -> QuerySet[SitePage]:
    """Return what is shown to `user`: public pages, those addressed to her, and whatever she keeps herself."""
    shown = Q(audience=Audience.EVERYBODY) & shown_with_above(user)
    if isinstance(user, User) and role_of(user) != ANONYMOUS:
        shown |= Q(audience=Audience.INSIDE) & inside(user, "area") | addressed_to(user)
    if has_role(user, Role.STAFF):
        shown |= Q(pk__in=pages_kept_by(user).values("pk"))
    return SitePage.objects.filter(shown, live__isnull=False)


def addressed_to(user: User) -> Q:
    """Return which pages are addressed to `user`: her groups, her towns, the deputies where she is one."""
    found = Q(audience=Audience.GROUP, group__in=own_groups(user).values("pk"))
    found |= Q(audience=Audience.TOWN, for_area__in=_own_towns(user))
    if is_deputy(user):
        found |= Q(audience=Audience.DEPUTIES) & level_with(user, "area")
    return found


def newest_for(user: Asker) -> QuerySet[SitePage]:
    """Return what is new to `user`: her own town and group first, then the newest; pages about the site never."""
    rows = pages_visible_to(user).exclude(column=SitePage.Column.ABOUT)
    own = user.area_id if isinstance(user, User) else None
    mine = Q(place_area=own or 0) | Q(for_area=own or 0)
    if isinstance(user, User):
        mine |= Q(audience=Audience.GROUP, group__in=own_groups(user).values("pk"))
    near = Case(When(mine, then=0), default=1)
    recent = Q(published_at__gte=timezone.now() - RECENT)
    return rows.annotate(is_recent=Case(When(recent, then=0), default=1), near=near).order_by(
        "is_recent", "near", "-published_at", "-pk"
    )


def places_visible_to(user: Asker) -> QuerySet[SitePage]:
    """Return what the map draws: public pages with a place, of the district looked at and what is the city's."""
    public = Q(audience=Audience.EVERYBODY) & shown_with_above(user)
    return SitePage.objects.filter(public, live__isnull=False, geom__isnull=False)


def _own_towns(user: User) -> list[int]:
    """The town of the account, and those in whose congress she sits today."""
    seats = Membership.objects.in_force(timezone.localdate()).filter(person__user=user)
    found = {pk for pk in seats.values_list("congress__area", flat=True) if pk}
    area = user.area
    if area is not None:
        found.add(area.pk)
        if area.level == Area.Level.VILLAGE and area.parent_id:
            found.add(area.parent_id)
    return sorted(found)


def addressees(page: SitePage) -> QuerySet[User]:
    """Return the accounts to which a notice is addressed; nobody in particular for what is public or inside."""
    people = User.objects.filter(is_active=True, is_service=False)
    seats = Membership.objects.in_force(timezone.localdate()).filter(person__user__isnull=False)
    if page.audience == Audience.GROUP:
        return people.filter(pk__in=seats.filter(group=page.group_id).values("person__user"))
    if page.audience == Audience.TOWN and page.for_area is not None:
        seated = seats.filter(congress__area=page.for_area_id).values("person__user")
        return people.filter(Q(pk__in=seated) | within(page.for_area))
    if page.audience == Audience.DEPUTIES:
        deputies = people.filter(_is_deputy(seats))
        if not districts().several:
            return deputies
        return people.filter(pk__in=[person.pk for person in deputies if _is_of(person, page)])
    return people.none()


def is_addressed(user: Asker, page: SitePage) -> bool:
    """Tell of one person what `addressees` tells of all."""
    if not isinstance(user, User) or role_of(user) == ANONYMOUS:
        return False
    if page.audience == Audience.DEPUTIES:
        return is_deputy(user) and _is_of(user, page)
    return addressees(page).filter(pk=user.pk).exists()


def _is_deputy(seats: QuerySet[Membership]) -> Q:
    return Q(role=Role.DEPUTY) | Q(pk__in=seats.values("person__user"))


def _is_of(person: User, page: SitePage) -> bool:
    return SitePage.objects.filter(level_with(person, "area"), pk=page.pk).exists()
