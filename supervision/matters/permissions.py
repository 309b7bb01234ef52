"""Who may see which findings and suggestions. Lists, pages, tiles, photos and counts all start here.

* The one who reported sees her own, and the matter that hers was merged into.
* A deputy also sees what is linked to a public water point or project, and what the public reported and nobody has
  adopted: text, photos and place, but no names (`may_see_names`).
* An officer sees what is with her department now, as lead or for an opinion.
* Who sits in a congress beside another role sees what both see.
* Congress staff see all of their town or of the district; administrators see all.
* Whoever holds the private link of a report sees its matter.
* GIS staff and the public see none.
"""

from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import F, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce

from accounts.models import Area, Role
from accounts.permissions import Asker, department_of, in_scope, inside, is_deputy, role_of, serves
from ledger.actors import Site, account_of
from projects.permissions import projects_visible_to
from river_monitoring.permissions import points_visible_to
from supervision.findings.models import Finding, FindingPhoto, FindingVideo
from supervision.matters.models import CoHandling, MatterLink, Suggestion
from supervision.matters.states import Person, State
from supervision.matters.table import TABLE


@dataclass(frozen=True, slots=True)
class Reporter:
    """Whoever holds the private link of a matter that was reported without an account."""

    suggestion_id: int
    is_authenticated: bool = False


type MatterActor = Asker | Reporter | Site
"""Whoever may act on a matter: a person who asks, a reporter by her private link, or the site."""


def is_staff(user: Asker) -> bool:
    """Tell whether `user` is of the congress staff or an administrator."""
    return role_of(user) in (Role.STAFF, Role.ADMIN)


def person_of(user: MatterActor) -> Person:
    """Return who `user`, a `Reporter` or the `SITE`, is to the table of steps."""
    if isinstance(user, Reporter):
        return Person(None, "reporter", reporter_of=user.suggestion_id)
    if isinstance(user, Site):
        return Person(None, "system")
    return Person(getattr(user, "pk", None), role_of(user), department_of(user), sits=is_deputy(user))


def may_see_names(user: Asker, finding_or_suggestion: Finding | Suggestion) -> bool:
    """Tell whether `user` may know who reported: staff, the answering department, the reporter."""
    role = role_of(user)
    if is_staff(user):
        return serves(user, *_place_of(finding_or_suggestion))
    if isinstance(finding_or_suggestion, Finding):
        suggestion = getattr(finding_or_suggestion, "suggestion", None)
        owner = finding_or_suggestion.reporter_id
    else:
        suggestion = finding_or_suggestion
        owner = finding_or_suggestion.author_id
    if role == Role.OFFICER and suggestion is not None and suggestion.department_id == department_of(user):
        return True
    return user is not None and owner == user.pk and is_deputy(user)


def _place_of(thing: Finding | Suggestion) -> tuple[Area | None, Any]:
    """Return the area and the place by which the staff of a town or district see it."""
    finding = thing if isinstance(thing, Finding) else thing.finding
    return thing.area, finding.geom if finding is not None else None


def _about_public_things(prefix: str = "") -> Q:
    """Match what is linked to a point or project that the public may see."""
    return Q(**{f"{prefix}point__in": points_visible_to(None)}) | Q(
        **{f"{prefix}project__in": projects_visible_to(None)}
    )


def findings_visible_to(user: Asker) -> QuerySet[Finding]:
    """Return the findings that `user` may see: those of the matters that she may see, parts included."""
    if is_staff(user):
        return in_scope(user, Finding.objects.all(), "area", "geom")
    visible = suggestions_visible_to(user)
    parts = visible.filter(split_from__isnull=False)  # few: the whole condition is not asked of every matter twice
    return Finding.objects.filter(Q(pk__in=visible.values("finding")) | Q(pk__in=parts.values("split_from__finding")))


def findings_visible_among(user: Asker, keys: Collection[int]) -> set[int]:
    """Return which of some findings `user` may see, asked by their keys: nothing is worked out for all others."""
    if is_staff(user):
        return set(findings_visible_to(user).filter(pk__in=keys).values_list("pk", flat=True))
    visible = suggestions_visible_to(user)
    own = visible.filter(finding__in=keys).values_list("finding", flat=True)
    parts = visible.filter(split_from__finding__in=keys).values_list("split_from__finding", flat=True)
    return {*own, *parts}


def matters_of_findings(user: Asker, findings: Sequence[Finding]) -> dict[int, list[Suggestion]]:
    """The matters that `user` is shown of findings, by their keys: its own matter, or the parts of it that she sees.

    A part is a matter of another department: who answers for it alone sees the finding, but not the matter that it was
    split from. Of a finding that she reads in its public version alone it is its own matter.
    """
    found = {one.pk: [one.suggestion] for one in findings if hasattr(one, "suggestion")}
    if is_staff(user) or not found:
        return found
    visible = suggestions_visible_to(user)
    hidden = found.keys() - set(visible.filter(finding__in=found).values_list("finding", flat=True))
    parts: dict[int, list[Suggestion]] = defaultdict(list)
    rows = visible.filter(split_from__finding__in=hidden).order_by("pk") if hidden else Suggestion.objects.none()
    for part in rows.select_related("split_from", "department", "author", "area__parent__parent"):
        if (origin := part.split_from) is not None and origin.finding_id is not None:
            parts[origin.finding_id].append(part)
    return found | parts


def state_shown(user: Asker) -> Any:
    """The state of the first of those matters, for queries of findings."""
    own = F("suggestion__state")
    if is_staff(user):
        return own
    visible = suggestions_visible_to(user)
    parts = visible.filter(split_from__finding=OuterRef("pk")).exclude(split_from__in=visible.values("pk"))
    return Coalesce(Subquery(parts.order_by("pk").values("state")[:1]), own)


def shown_of_findings(user: Asker) -> dict[str, Any]:
    """What lists of findings are narrowed by: the state shown, and the code of the project if `user` may see it."""
    seen = projects_visible_to(user).filter(pk=OuterRef("project_id"))
    return {"state_shown": state_shown(user), "project_shown": Subquery(seen.order_by().values("code")[:1])}


def suggestions_visible_to(user: MatterActor) -> QuerySet[Suggestion]:
    """Return the suggestions that `user` may see."""
    everything = Suggestion.objects.all()
    if isinstance(user, Site):
        return everything
    if isinstance(user, Reporter):
        return everything.filter(pk=user.suggestion_id)
    role = role_of(user)
    if role in (Role.STAFF, Role.ADMIN):
        return in_scope(user, everything, "area", "finding__geom")
    visible = Q(pk__in=[])
    if role == Role.OFFICER:
        asked = CoHandling.objects.filter(department=department_of(user))
        visible |= Q(department=department_of(user)) | Q(pk__in=asked.values("suggestion"))
    if is_deputy(user):
        visible |= _of_deputy(user)
    return everything.filter(visible)


def _of_deputy(user: Asker) -> Q:
    """Match a deputy's own matters, those that hers were merged into, the adoptable, and those about public things."""
    own = account_of(user)
    mine = Q(author=own) | Q(finding__reporter=own)
    merged = Suggestion.objects.filter(author=own, merged_into__isnull=False)
    linked = MatterLink.objects.filter(_about_public_things())
    parts = Suggestion.objects.filter(_about_public_things("split_from__finding__"), split_from__isnull=False)
    about = _about_public_things("finding__") | Q(pk__in=parts.values("pk"))  # few: not joined to every matter
    adoptable = Q(author=None, state__in=TABLE.in_group("taken_up"))
    public = (about | Q(pk__in=linked.values("suggestion"))) & ~Q(state=State.RECEIVED)
    seen = (adoptable | public) & inside(user, "area", "finding__geom")
    return mine | Q(pk__in=merged.values("merged_into")) | seen


def videos_visible_to(user: Asker) -> QuerySet[FindingVideo]:
    """Return the videos, encoded anew, of the findings that `user` may see."""
    rows = FindingVideo.objects.filter(state=FindingVideo.State.READY)
    return rows.filter(finding__in=findings_visible_to(user))


def photos_visible_to(user: Asker) -> QuerySet[FindingPhoto]:
    """Return the photos of the findings that `user` may see."""
    return FindingPhoto.objects.filter(finding__in=findings_visible_to(user))
