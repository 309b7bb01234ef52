"""What of the projects the search of the site finds."""

from django.utils.translation import gettext_lazy as _

from accounts.models import Area, Department
from projects.plan.models import Project
from projects.plan.permissions import projects_visible_to
from search.offers import Described, Offer, Watch


def _project(project: Project) -> Described:
    return Described(
        project.name,
        project.get_absolute_url(),
        codes=[project.code],
        text="\n".join(filter(None, [project.address, project.goal, project.summary])),
        meta=project.area.name,
        area_id=project.area_id,
        year=project.year,
        organ=project.lead.short_name,
    )


OFFERS = [
    Offer(
        "projects",
        _("民生实事项目"),
        Project,
        projects_visible_to,
        _project,
        weight=6,
        related=("area", "lead"),
        watches=(Watch(Department, via="lead"), Watch(Area, via="area")),
        on_map=True,
    )
]
