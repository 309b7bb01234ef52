"""The names that the projects have on the map."""

from collections.abc import Iterator

from projects.plan.permissions import projects_visible_to
from search.gazetteer import Named


def names() -> Iterator[Named]:
    """Give every public project: who confirms a place need not see the others."""
    for project in projects_visible_to(None):
        yield Named("projects", project.pk, project.name, project.get_absolute_url(), project.marker)
