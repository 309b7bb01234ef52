"""Projects as vector tiles."""

from django.utils.translation import gettext_lazy as _

from accounts.models import Area
from projects.models import Candidacy, Project
from projects.permissions import project_audience, projects_visible_to
from tiles.layer import VectorLayer

LAYERS = [
    VectorLayer(
        name="projects",
        title=_("民生实事项目"),
        visible_to=projects_visible_to,
        audience=project_audience,
        geometry_type="Geometry",
        depends_on=[Area, Project.partners.through, Candidacy],
        fields={
            "code": "code",
            "name": "name",
            "category": "category",
            "status": "status",
            "light": "light",
            "progress": "progress",
            "area": "area__name",
            "year": "year",
        },
    )
]
