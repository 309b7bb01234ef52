"""What other rooms add to a project's page: matters about it, and the waters around its places."""

from typing import Any

from django.contrib.gis.geos import GEOSGeometry, Polygon
from django.urls import reverse
from django.utils import timezone

from projects.models import Project
from projects.signals import LinkedMatter, basemap_requested, matters_requested
from river_monitoring.models import Reach
from supervision.models import MatterLink, Suggestion
from supervision.permissions import suggestions_visible_to

MOST_WATERS = 300


def listen() -> None:
    """Join the rooms."""
    matters_requested.connect(matters_of, dispatch_uid="project-links:matters")
    basemap_requested.connect(waters_in, dispatch_uid="project-links:waters")


def matters_of(project: Project, user: Any, **kwargs: Any) -> list[LinkedMatter]:
    """Matters about the project that `user` may read: by what was reported, as parts of that, or linked since."""
    reported = Suggestion.objects.filter(finding__project=project).values("pk")
    parts = Suggestion.objects.filter(split_from__finding__project=project).values("pk")
    linked = MatterLink.objects.filter(project=project).values("suggestion")
    found = suggestions_visible_to(user).filter(pk__in=reported.union(parts, linked)).order_by("-submitted_at")
    return [_matter(suggestion) for suggestion in found[:50]]


def _matter(suggestion: Suggestion) -> LinkedMatter:
    return LinkedMatter(
        title=suggestion.title,
        state=suggestion.get_state_display(),
        on=timezone.localdate(suggestion.submitted_at),
        url=reverse("supervision:suggestion", args=[suggestion.number]),
    )


def waters_in(box: Polygon, **kwargs: Any) -> list[GEOSGeometry]:
    """The lines of the waters that a drawing's box meets."""
    return list(Reach.objects.filter(geom__intersects=box).values_list("geom", flat=True)[:MOST_WATERS])
