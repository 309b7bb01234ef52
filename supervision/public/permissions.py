"""What the public, and people in their private capacity, may see of matters.

Published: what staff have published with a text of their own and photos they have looked at. A published matter is in
the list, on the map, in the API and has a page; its reporter, its first words and its original photos are in none of
them. Unadopted: what a citizen reported and staff accepted, for deputies to take up.
"""

from django.db.models import Q, QuerySet

from accounts.looking import shown
from accounts.models import Role
from accounts.permissions import Asker, department_of, has_role, in_scope, inside, is_deputy, role_of
from supervision.findings.models import Finding, FindingPhoto
from supervision.matters.models import Suggestion
from supervision.matters.permissions import findings_visible_to, suggestions_visible_to
from supervision.matters.table import TABLE
from supervision.public.models import PublishedPhoto

OPEN = TABLE.in_group("accepted")
"""Accepted and not settled."""


def published_matters(user: Asker) -> QuerySet[Suggestion]:
    """Return the matters that everybody may read, in their public version. Each has a place.

    Of several districts `user` is shown the one that she looks at; None means all.
    """
    here = shown(user, "area", "finding__geom")
    return Suggestion.objects.filter(here, is_public=True, finding__isnull=False)


def published_photos(user: Asker) -> QuerySet[PublishedPhoto]:
    """Return the covered copies of photos that everybody may see."""
    return PublishedPhoto.objects.filter(photo__finding__suggestion__in=published_matters(user))


def findings_readable_by(user: Asker) -> QuerySet[Finding]:
    """Return what `user` may see in full, and what anybody may see in its public version: map, API and counts."""
    full = findings_visible_to(user)
    if not full.query.where:  # every one: the database need not look for each whether it is among them
        return full
    public = Q(suggestion__is_public=True) & shown(user, "area", "geom")
    return Finding.objects.filter(Q(pk__in=full.values("pk")) | public)


def matters_readable_by(user: Asker) -> QuerySet[Suggestion]:
    """Return the matters that `user` may see in full or in their public version."""
    full = suggestions_visible_to(user)
    if not full.query.where:  # every one, as above
        return full.filter(finding__isnull=False)
    here = Q(is_public=True) & shown(user, "area", "finding__geom")
    return Suggestion.objects.filter(Q(pk__in=full.values("pk")) | here, finding__isnull=False)


def may_adopt(user: Asker) -> bool:
    """Tell whether `user` takes up what citizens report."""
    return is_deputy(user)


def unadopted_matters(user: Asker) -> QuerySet[Suggestion]:
    """Return what citizens reported, staff accepted and no deputy has taken up; for deputies."""
    if not may_adopt(user):
        return Suggestion.objects.none()
    rows = Suggestion.objects.filter(author=None, finding__reporter=None, finding__isnull=False, state__in=OPEN)
    if role_of(user) == Role.OFFICER:  # who sits as well takes up nothing that her own department answers
        rows = rows.exclude(department=department_of(user))
    return rows.filter(inside(user, "area", "finding__geom"))


def may_moderate(user: Asker) -> bool:
    """Tell whether `user` looks at what citizens report, and publishes."""
    return has_role(user, Role.STAFF)


def moderated_by(user: Asker) -> QuerySet[Suggestion]:
    """Return the matters that `user` accepts, declines and publishes: all, or those of her town."""
    if not may_moderate(user):
        return Suggestion.objects.none()
    return in_scope(user, Suggestion.objects.filter(finding__isnull=False), "finding__area", "finding__geom")


def photos_to_cover(user: Asker) -> QuerySet[FindingPhoto]:
    """Return the original photos that `user` may make public copies of."""
    return FindingPhoto.objects.filter(finding__suggestion__in=moderated_by(user))
