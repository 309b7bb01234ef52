"""Reads of congresses: which one sits on a day, who its members are, and where a person sits."""

from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import date, datetime

from django.db.models import Count, Q, QuerySet
from django.utils import timezone

from accounts.congress.models import Congress, Membership, Person, in_force
from accounts.directory.levels import district_or_above, districts, line_of
from accounts.directory.models import Area, Role, User
from accounts.looking import looked_at
from accounts.permissions import Asker, within
from ledger.models import AuditEntry


def congress_of(area: Area, day: date) -> Congress | None:
    """Return the congress of an area that sits on a local day; the newest where terms overlap."""
    return sitting(day).filter(area=area).order_by("-term", "-starts_on").first()


def sitting(day: date) -> QuerySet[Congress]:
    """Return the congresses whose term holds a local day, with how many `members` each has then."""
    in_term = Congress.objects.filter(Q(ends_on=None) | Q(ends_on__gte=day), starts_on__lte=day)
    return with_members(in_term, day).select_related("area")


def with_members(congresses: QuerySet[Congress], day: date) -> QuerySet[Congress]:
    """Annotate the `members` of each on a local day, and how many of them have an `accounts`."""
    sitting = in_force(day, "memberships__")
    own = sitting & Q(memberships__person__user__is_active=True)
    return congresses.annotate(
        members=Count("memberships", filter=sitting), with_account=Count("memberships", filter=own)
    )


def members_on(congress: Congress, day: date) -> QuerySet[Membership]:
    """Return who sits in a congress on a local day, by the number of the certificate."""
    return congress.memberships.in_force(day).select_related("person__user", "group").order_by("code")


@dataclass
class Link:
    """That officers said whose account a person's is."""

    last: datetime
    officers: set[int] = field(default_factory=set)


def links_of(people: Collection[int]) -> dict[int, Link]:
    """By person who said which account is hers, and when somebody last did; people whom nobody linked are missing."""
    said = Q(verb__in=("person-entered", "person-corrected"), detail__contains={"fields": ["user"]})
    about = Q(object_type=Person._meta.label_lower, object_id__in=[str(key) for key in people])
    entries = AuditEntry.objects.filter(about, said | Q(verb="person-account-changed")).order_by("at")
    found: dict[int, Link] = {}
    for key, actor, at in entries.values_list("object_id", "actor", "at"):
        link = found.setdefault(int(key), Link(at))
        link.last = at
        link.officers |= {actor} - {None}
    return found


def is_member() -> Q:
    """Match the accounts of people who sit somewhere today."""
    sitting = Membership.objects.in_force(timezone.localdate()).filter(person__user__isnull=False)
    return Q(pk__in=sitting.values("person__user_id"))


def deputies_inside(area: Area) -> QuerySet[User]:
    """Return the accounts of who is a deputy, by role or by a seat, and knows the inside of the district of `area`."""
    deputies = User.objects.filter(Q(role=Role.DEPUTY) | is_member(), is_active=True)
    district = district_or_above(area) if districts().several else None
    if district is None:
        return deputies
    seats = Membership.objects.in_force(timezone.localdate()).filter(within(district, "congress__area"))
    own = within(district) | Q(area__in=[each.pk for each in line_of(district)])
    return deputies.filter(own | Q(area=None, person__in=seats.values("person")))


def deputies_shown(user: Asker) -> QuerySet[User]:
    """Return the accounts of deputies of the district that `user` is shown: what figures count their share of.

    Whose account has no area is where she sits.
    """
    deputies = User.objects.filter(role=Role.DEPUTY, is_active=True)
    area = looked_at(user)
    if area is None:
        return deputies
    seats = Membership.objects.in_force(timezone.localdate()).filter(within(area, "congress__area"))
    return deputies.filter(within(area) | Q(area=None, person__in=seats.values("person")))
