"""Topics among the projects: those that are late, by category."""

from collections import defaultdict
from datetime import date

from django.db.models import Count, Q
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from accounts.permissions import Asker
from accounts.topics import MOST_EVIDENCE, MOST_TOPICS, Evidence, Figure, Topic, TopicOffer
from projects.plan.models import Project
from projects.plan.permissions import projects_visible_to
from projects.plan.stage_table import STAGES

LATE = (Project.Light.RED, Project.Light.YELLOW)
CATEGORY = {
    Project.Category.WATER: "environment",
    Project.Category.ENVIRONMENT: "environment",
    Project.Category.HOUSING: "environment",
    Project.Category.TRANSPORT: "industry",
    Project.Category.COUNTRYSIDE: "agriculture",
}
"""What the projects' categories are among those of papers; the others are social."""


def late_projects(user: Asker, today: date) -> list[Topic]:
    """Return the categories with projects behind their plan, the most first."""
    running = projects_visible_to(user).filter(status__in=STAGES.in_group("under_way"), progress__lt=100)
    whole = dict(running.values_list("category").annotate(Count("pk", distinct=True)).order_by())
    overdue = Count("milestones", filter=Q(milestones__done_on=None, milestones__due_on__lt=today), distinct=True)
    found: dict[str, list[Project]] = defaultdict(list)
    late = running.filter(light__in=LATE).annotate(overdue_steps=overdue).select_related("area", "lead")
    for project in late.defer("area__geom").order_by("progress", "pk"):
        found[project.category].append(project)
    largest = sorted(found.items(), key=lambda item: (-len(item[1]), item[0]))[:MOST_TOPICS]
    return [_topic(category, projects, whole[category]) for category, projects in largest]


def _topic(category: str, late: list[Project], whole: int) -> Topic:
    name = str(Project.Category(category).label)
    red = sum(1 for project in late if project.light == Project.Light.RED)
    words = {"name": name, "late": len(late), "whole": whole}
    return Topic(
        key=category,
        title=gettext("“%(name)s”类民生实事项目进度滞后") % words,
        summary=gettext("在建的 %(whole)d 个项目里有 %(late)d 个落后于计划。") % words,
        figures=[
            Figure(label=gettext("滞后项目占在建项目"), part=len(late), whole=whole),
            Figure(label=gettext("其中严重滞后"), part=red, whole=len(late)),
        ],
        evidence=[_evidence(project) for project in late[:MOST_EVIDENCE]],
        total=len(late),
        category=CATEGORY.get(Project.Category(category), "social"),
    )


def _evidence(project: Project) -> Evidence:
    words = {
        "town": project.area.name,
        "progress": project.progress,
        "steps": project.overdue_steps,  # type: ignore[attr-defined]  # annotated above
    }
    return Evidence(
        kind="project",
        pk=project.pk,
        title=f"{project.code} {project.name}",
        url=project.get_absolute_url(),
        note=gettext("%(town)s，进度 %(progress)d%%，过期未完成的节点 %(steps)d 个") % words,
        on=project.ends_on,
        place=project.marker,
    )


TOPICS = [
    TopicOffer(
        kind="late-projects",
        label=_("进度滞后的民生实事项目"),
        method=_("正在实施、亮黄灯或红灯的项目，按类别合计；日期为计划完成日。"),
        find=late_projects,
    )
]
