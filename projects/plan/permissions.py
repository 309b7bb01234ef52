"""Who may see a project, and who may report on it."""

from django.db.models import Q, QuerySet

from accounts.looking import shown, shown_key
from accounts.models import Department, Role
from accounts.permissions import Asker, answers_for, department_of, has_role, role_of, scope_of, within
from projects.plan.models import ProgressReport, Project, ProjectPlace
from projects.plan.stage_table import STAGES

PUBLIC_STATUSES = STAGES.in_group("public")


def stood_before_all() -> Q:
    """Match what everybody may know of: what is or was put to the vote."""
    stood_for_vote = Project.objects.filter(candidacies__isnull=False).values("pk")
    return Q(status__in=PUBLIC_STATUSES) | Q(pk__in=stood_for_vote)


def projects_visible_to(user: Asker) -> QuerySet[Project]:
    """What is or was put to the vote is public; before that, candidates are for staff of the place and departments."""
    if has_role(user, Role.STAFF) and scope_of(user) is None:
        return Project.objects.all()
    visible = stood_before_all() & shown(user)
    if role_of(user) == Role.OFFICER and (department := department_of(user)):
        # A subquery, not a join: a project with three partners must not be listed three times.
        partner = Project.partners.through.objects.filter(department_id=department)
        visible |= Q(lead_id=department) | Q(pk__in=partner.values("project_id"))
    if has_role(user, Role.STAFF) and (area := scope_of(user)) is not None:
        visible |= within(area, "area", "geom")
    return Project.objects.filter(visible)


def project_audience(user: Asker) -> str:
    """Name the group of people who see the same projects, for the cache of tiles."""
    if has_role(user, Role.STAFF):
        area = scope_of(user)
        return "projects-all" if area is None else f"projects-area-{area.pk}{shown_key(user)}"
    if role_of(user) == Role.OFFICER:
        return f"projects-department-{department_of(user)}{shown_key(user)}"
    return f"public{shown_key(user)}"


def places_visible_to(user: Asker) -> QuerySet[ProjectPlace]:
    """The places of a project are seen by whoever sees the project."""
    return ProjectPlace.objects.filter(project__in=projects_visible_to(user))


def reports_visible_to(user: Asker) -> QuerySet[ProgressReport]:
    """Progress reports and their photos are seen by whoever sees the project."""
    return ProgressReport.objects.filter(project__in=projects_visible_to(user))


def leads_visible_to(user: Asker) -> QuerySet[Department]:
    """Departments that lead at least one project the user may see."""
    return Department.objects.filter(pk__in=projects_visible_to(user).values("lead_id"))


def may_update(user: Asker, project: Project) -> bool:
    """Only an officer of the lead department, or congress staff of the place, reports what was done."""
    return answers_for(user, project.area, project.geom, project.lead_id)
