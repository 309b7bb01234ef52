"""Who may see which findings and suggestions. Lists, pages, tiles, photos and counts all start here.

* The one who reported sees her own.
* A deputy also sees what is linked to a public water point or project: text, photos and place, but no
  names (`may_see_names`).
* An officer sees what is with her department now.
* Congress staff and administrators see all.
* GIS staff and the public see none.
"""

from typing import Any

from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _

from accounts.models import Role
from accounts.permissions import role_of
from projects.models import Project
from projects.permissions import projects_visible_to
from river_monitoring.models import MonitoringPoint
from river_monitoring.permissions import points_visible_to
from supervision.models import Finding, FindingPhoto, Suggestion
from supervision.workflow import Person

REPORTERS = (Role.DEPUTY, Role.STAFF, Role.ADMIN)
REPORTERS_ONLY = _("填报需要代表或人大工作人员账号。")


def may_report(user: Any) -> bool:
    """Tell whether `user` may file a finding."""
    return role_of(user) in REPORTERS


def person_of(user: Any) -> Person:
    """Return who `user` is to the table of steps."""
    return Person(getattr(user, "pk", None), role_of(user), getattr(user, "department_id", None))


def may_see_names(user: Any, finding_or_suggestion: Finding | Suggestion) -> bool:
    """Tell whether `user` may know who reported: staff, the answering department, the reporter."""
    role = role_of(user)
    if role in (Role.STAFF, Role.ADMIN):
        return True
    if isinstance(finding_or_suggestion, Finding):
        suggestion = getattr(finding_or_suggestion, "suggestion", None)
        owner = finding_or_suggestion.reporter_id
    else:
        suggestion = finding_or_suggestion
        owner = finding_or_suggestion.author_id
    if role == Role.OFFICER:
        return suggestion is not None and suggestion.department_id == user.department_id
    return role == Role.DEPUTY and owner == user.pk


def linkable_points(user: Any) -> QuerySet[MonitoringPoint]:
    """Return the water points that `user` may link a finding to."""
    return points_visible_to(user)


def linkable_projects(user: Any) -> QuerySet[Project]:
    """Return the projects that `user` may link a finding to."""
    return projects_visible_to(user)


def _about_public_things(prefix: str = "") -> Q:
    """Match what is linked to a point or project that the public may see."""
    return Q(**{f"{prefix}point__in": points_visible_to(None)}) | Q(
        **{f"{prefix}project__in": projects_visible_to(None)}
    )


def findings_visible_to(user: Any) -> QuerySet[Finding]:
    """Return the findings that `user` may see."""
    role = role_of(user)
    everything = Finding.objects.all()
    if role in (Role.STAFF, Role.ADMIN):
        return everything
    if role == Role.OFFICER:
        return everything.filter(suggestion__department=user.department_id)
    if role == Role.DEPUTY:
        return everything.filter(Q(reporter=user) | _about_public_things())
    return everything.none()


def suggestions_visible_to(user: Any) -> QuerySet[Suggestion]:
    """Return the suggestions that `user` may see."""
    role = role_of(user)
    everything = Suggestion.objects.all()
    if role in (Role.STAFF, Role.ADMIN):
        return everything
    if role == Role.OFFICER:
        return everything.filter(department=user.department_id)
    if role == Role.DEPUTY:
        return everything.filter(Q(author=user) | _about_public_things("finding__"))
    return everything.none()


def photos_visible_to(user: Any) -> QuerySet[FindingPhoto]:
    """Return the photos of the findings that `user` may see."""
    return FindingPhoto.objects.filter(finding__in=findings_visible_to(user))
