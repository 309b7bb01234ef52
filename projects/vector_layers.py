"""Projects as vector tiles."""

from django.db.models import Case, IntegerField, Value, When
from django.utils.translation import gettext_lazy as _

from accounts.models import Area
from projects.plan.models import Project
from projects.plan.permissions import places_visible_to, project_audience, projects_visible_to
from projects.voting.models import Candidacy
from tiles.layer.clustered import clusters_of
from tiles.layer.map_use import OVERVIEW, LegendEntry, MapUse
from tiles.layer.vector import VectorLayer

LIGHT_RANK = Case(
    *(When(light=light, then=Value(rank)) for rank, light in enumerate(("green", "yellow", "red"), start=1)),
    default=Value(0),
    output_field=IntegerField(),
)

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
        api="/api/v1/projects/",
        map_use=MapUse(
            order=40,
            page="/projects/{code}/",
            hint=["{area}", "{progress}%"],
            legend=[LegendEntry(_("民生实事项目"), "project", scale="lights", position=40)],
            list_path=r"^/projects/$",
            shown_on=[OVERVIEW, r"^/projects/"],
            tile_filters={"year": "number", "category": "text", "light": "text", "status": "text"},
            server_filters=["q", "area", "lead"],
        ),
    ),
    # Each place of a project that has several, also where points, lines and areas are mixed.
    VectorLayer(
        name="project_places",
        title=_("项目点位"),
        visible_to=places_visible_to,
        audience=project_audience,
        geometry_type="Geometry",
        minzoom=10,
        depends_on=[Project, Area, Project.partners.through, Candidacy],
        fields={
            "number": "number",
            "name": "name",
            "code": "project__code",
            "project": "project_id",
            "done_on": "done_on",
        },
        api="/api/v1/projects/",
        map_use=MapUse(
            order=30,
            part_of="projects",
            page="/projects/{code}/",
            hint=["{number}"],
            shown_on=[r"^/projects/[^/]+/$"],
        ),
    ),
]
LAYERS.append(
    clusters_of(
        LAYERS[0],
        "project_clusters",
        _("民生实事项目（聚合）"),
        41,
        worst={"light_rank": LIGHT_RANK},
        described={
            "light_rank": _("其中最差的亮灯：3 红、2 黄、1 绿、0 未亮"),
            "worst_count": _("其中最差亮灯的项目数"),
        },
    )
)
