"""What lies near a matter: others about the same thing perhaps, and what it may be about."""

from collections.abc import Iterator
from typing import Any

from django.contrib.gis.db.models.functions import Distance
from django.db.models import QuerySet
from django.utils.translation import gettext

from accounts.permissions import Asker
from supervision.findings.permissions import linkable
from supervision.matters.models import Suggestion
from supervision.matters.permissions import suggestions_visible_to
from supervision.matters.table import TABLE

NEAR_M = 500
MOST = 6
KINDS = ("point", "project", "station")
M_PER_DEGREE = 90_000
"""Less than a degree of longitude measures at 30 degrees north, so that the box holds the circle."""


def matters_near(matter: Suggestion, user: Asker) -> list[Any]:
    """Return the open matters within 500 m that `user` may see, each with `far`: same category first, then nearest."""
    seen = matter.source
    if seen is None:
        return []
    others = suggestions_visible_to(user).exclude(pk=matter.pk).exclude(state__in=TABLE.in_group("ended"))
    within = others.filter(finding__geom__dwithin=(seen.geom, NEAR_M / M_PER_DEGREE))
    near = within.annotate(far=Distance("finding__geom", seen.geom, spheroid=True)).select_related("department")
    rows = [one for one in near.order_by("far", "pk")[: 4 * MOST] if one.far.m <= NEAR_M]
    return sorted(rows, key=lambda one: one.category != matter.category)[:MOST]


def describe(one: Any) -> str:
    """Return a near matter in one line."""
    return gettext("%(number)s %(title)s（%(state)s，相距 %(far)d 米）") % {
        "number": one.number,
        "title": one.title,
        "state": one.get_state_display(),
        "far": round(one.far.m),
    }


def matter_of_number(number: str, user: Asker) -> Suggestion | None:
    """Return the matter of this number if `user` may see it."""
    return suggestions_visible_to(user).filter(number=number).first() if number else None


def things_near(matter: Suggestion, user: Asker) -> Iterator[tuple[str, str]]:
    """Yield the points, projects and stations within 1 km as choices (``point:HS-0042``, name and distance)."""
    seen = matter.source
    if seen is None:
        return
    for kind in KINDS:
        for thing in _near(linkable(user, kind), seen.geom):
            yield f"{kind}:{thing.code}", gettext("%(name)s（%(far)d 米）") % {"name": thing.name, "far": thing.far.m}


def _near(things: QuerySet, place: Any) -> list[Any]:
    near = things.filter(geom__dwithin=(place, 2 * NEAR_M / M_PER_DEGREE)).annotate(far=Distance("geom", place))
    return list(near.order_by("far", "pk")[:MOST])


def kind_of_code(code: str, user: Asker) -> str:
    """Return what kind of thing has this code, or an empty string."""
    return next((kind for kind in KINDS if linkable(user, kind).filter(code=code).exists()), "")
