"""Livelihood projects with their milestones, reports and ratings."""

from datetime import date

from accounts.models import Area, Department, User
from demo.plan.projects import Plan
from demo.store.areas import officer_name
from demo.store.geometry import to_point
from demo.store.pictures import kept
from demo.store.project_lives import store_lives
from projects.models import Milestone, ProgressReport, Project
from projects.plan.services import refresh_projects


def store_projects(
    plans: tuple[Plan, ...],
    areas: dict[str, Area],
    departments: dict[str, Department],
    users: dict[str, User],
    today: date,
) -> dict[str, Project]:
    projects = Project.objects.bulk_create(_project(plan, areas, departments) for plan in plans)
    pairs = list(zip(plans, projects, strict=True))
    Project.partners.through.objects.bulk_create(
        Project.partners.through(project_id=project.pk, department_id=departments[partner].pk)
        for plan, project in pairs
        for partner in plan.partners
    )
    Milestone.objects.bulk_create(
        Milestone(
            project=project, order=order, title=step.title, weight=step.weight, due_on=step.due_on, done_on=step.done_on
        )
        for plan, project in pairs
        for order, step in enumerate(plan.steps, start=1)
    )
    ProgressReport.objects.bulk_create(
        ProgressReport(
            project=project,
            reported_on=report.day,
            text=report.text,
            problems=report.problems,
            author=users[officer_name(plan.lead)],
            photo=kept(report.photo, "projects")[0] if report.photo else "",
        )
        for plan, project in pairs
        for report in plan.reports
    )
    store_lives(pairs, users, today)
    refresh_projects(on=today)
    return {project.code: project for project in projects}


def _project(plan: Plan, areas: dict[str, Area], departments: dict[str, Department]) -> Project:
    return Project(
        code=plan.code,
        name=plan.name,
        summary=plan.summary,
        goal=plan.goal,
        year=plan.year,
        category=plan.category,
        status=plan.status,
        lead=departments[plan.lead],
        area=areas[plan.town.code],
        address=plan.address,
        geom=to_point(plan.place),
        is_schematic=True,
        budget_wan=plan.budget_wan,
        spent_wan=plan.spent_wan,
        starts_on=plan.starts_on,
        ends_on=plan.ends_on,
    )
