"""Parts of a project's page that know for themselves what they show."""

from typing import Any

from django import template

from accounts.permissions import is_staff_of, leads_somewhere
from accounts.rules.page import basis_in_words
from projects.pages import parts
from projects.pages.forms.plan import StageForm
from projects.pages.voter_cookie import voter_key
from projects.plan.lights import rule_on
from projects.plan.models import Project
from projects.plan.progress import LightRule
from projects.plan.stage_table import STAGES
from projects.ratings.queries import ratings_for
from projects.stages.services import next_stages

register = template.Library()


@register.inclusion_tag("projects/parts/stages.html")
def project_stages(project: Project) -> dict[str, Any]:
    """The strip of stages, with the day each was reached and why."""
    changes = list(project.stage_changes.order_by("pk"))
    return {
        "stages": parts.stages_of(project, changes),
        "changes": changes,
        "in_reserve": project.status == Project.Status.RESERVE,
    }


@register.inclusion_tag("projects/parts/goals.html")
def project_goals(project: Project) -> dict[str, Any]:
    """Goals by year with what is achieved."""
    return {"years": parts.goals_by_year(project), "is_cross_year": project.is_cross_year}


@register.inclusion_tag("projects/parts/origin.html", takes_context=True)
def project_origin(context: dict[str, Any], project: Project) -> dict[str, Any]:
    """Proposals, recommendations and votes behind a project."""
    return {
        "proposals": parts.proposals_of(project, context["request"].user),
        "recommendations": project.recommendations.order_by("met_on", "pk"),
        "votes": parts.votes_of(project),
    }


@register.inclusion_tag("projects/parts/ratings.html", takes_context=True)
def project_ratings(context: dict[str, Any], project: Project) -> dict[str, Any]:
    """How satisfied people are, and the way to say so."""
    request = context["request"]
    view = ratings_for(project, request.user, voter_key(request, project.pk))
    return {"project": project, "view": view, "request": request}


@register.simple_tag(takes_context=True)
def stage_form(context: dict[str, Any], project: Project) -> dict[str, Any]:
    """What congress staff may do with the stage of a project; nothing for others."""
    if not is_staff_of(context["request"].user, project.area, project.geom):
        return {}
    stages = next_stages(project)
    return {
        "stages": StageForm(stages=stages) if stages else None,
        "is_candidate": project.status in STAGES.in_group("candidates"),
    }


@register.simple_tag(takes_context=True)
def may_add_candidates(context: dict[str, Any]) -> bool:
    """Whether the reader may enter a candidate."""
    return leads_somewhere(context["request"].user)


@register.simple_tag
def light_rule() -> LightRule:
    """The rule of the lights in force."""
    return rule_on()


@register.simple_tag
def light_basis(project: Project) -> str:
    """By which version of the district's rules the light was judged, in words."""
    return basis_in_words(project.light_basis)
