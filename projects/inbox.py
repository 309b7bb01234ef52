"""What waits for somebody in the projects: votes open or to be counted, milestones due, what to review."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from typing import Any

from django.db.models.functions import TruncDate
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from accounts.inbox import Item, Waiting, point_of
from accounts.models import Role
from accounts.permissions import Asker, department_of, has_role, inside, is_deputy, leads_somewhere, role_of
from projects.feedback.models import Feedback
from projects.feedback.services import feedback_visible_to
from projects.plan.models import Milestone
from projects.plan.permissions import projects_visible_to
from projects.plan.stage_table import STAGES
from projects.proposals.models import Proposal
from projects.proposals.permissions import proposals_visible_to
from projects.proposals.table import PROPOSALS
from projects.voting.confirming import votes_to_confirm
from projects.voting.drafts.models import VoteDraft
from projects.voting.drafts.workflow import drafts_for_second
from projects.voting.models import VoteSession
from projects.voting.queries import open_votes_for, votes_visible_to


def waiting(user: Asker, today: date) -> Iterator[Waiting]:
    """Yield the open tasks of `user` in this room, by role."""
    role = role_of(user)
    if is_deputy(user):
        yield replace(_votes("votes-open", _("等我投票的票决"), open_votes_for(user)), show=_show_open_vote)
    if role == Role.OFFICER:
        yield _milestones(user)
    if has_role(user, Role.STAFF):
        over = votes_visible_to(user).filter(closes_at__lte=timezone.now(), count=None, cancellation=None)
        over = over.filter(inside(user)) if leads_somewhere(user) else over.none()  # whoever may count
        yield _votes("votes-to-count", _("待计票的票决"), over)
        strange = _votes("votes-to-confirm", _("有代表账号待我核实的票决"), votes_to_confirm(user))
        yield replace(
            strange, show=_show_roll, hint=_("账号由一位工作人员建立或登记的，要由另一位核实后才能网上投票。")
        )
        yield _votes("votes-to-review", _("待审核的票决草案"), drafts_for_second(user))
        yield _proposals(user)
        yield _feedback(user)


def _votes(kind: str, title: Any, rows: Any) -> Waiting:
    rows = rows.select_related("area").annotate(last_day=TruncDate("closes_at"))
    return Waiting(kind=kind, title=title, rows=rows, show=_show_vote, due="last_day", search=("title",))


def _show_vote(row: VoteSession | VoteDraft) -> Item:
    closes = date_format(timezone.localtime(row.closes_at), "DATETIME_FORMAT")
    return Item(
        title=row.title,
        url=row.get_absolute_url(),
        facts=(row.area.name, gettext("%s截止") % closes),
    )


def _show_open_vote(row: VoteSession) -> Item:
    """Leads to what is to know before the ballot."""
    return replace(_show_vote(row), url=reverse("projects:before_vote", args=[row.pk]))


def _strangers(user: Asker) -> Waiting:
    """Votes on whose roll stand accounts by one officer's word, which `user` may confirm."""
    votes = _votes("votes-to-confirm", _("有代表账号待我核实的票决"), votes_to_confirm(user))
    hint = _("账号由一位工作人员建立或登记的，要由另一位核实后才能网上投票。")
    return replace(votes, show=_show_roll, hint=hint)


def _show_roll(row: VoteSession) -> Item:
    """Leads to the accounts that wait for a second officer."""
    return replace(_show_vote(row), url=reverse("projects:confirm_electors", args=[row.pk]))


def _proposals(user: Asker) -> Waiting:
    """What was proposed and nobody has looked at, the oldest first."""
    new = proposals_visible_to(user).filter(state__in=PROPOSALS.in_group("waiting"))
    return Waiting(
        kind="proposals-to-review",
        title=_("待审核的项目建议"),
        rows=new.select_related("area").order_by("created_at", "pk"),
        show=_show_proposal,
        search=("title", "number"),
        area="area",
        hint=_("审核后公开征集；与已有建议相同的可以并入。"),
    )


def _show_proposal(row: Proposal) -> Item:
    return Item(
        title=row.title,
        url=row.get_absolute_url(),
        facts=(row.number, row.area.name, row.get_category_display()),
        badge=row.get_state_display(),
        tone=row.tone,
        place=row.geom,
    )


def _feedback(user: Asker) -> Waiting:
    """What people say of projects and nobody has looked at, the oldest first."""
    new = feedback_visible_to(user).filter(state=Feedback.State.WAITING, project__in=projects_visible_to(user))
    return Waiting(
        kind="feedback-to-review",
        title=_("待审核的公众反馈"),
        rows=new.select_related("project__area").order_by("created_at", "pk"),
        show=_show_feedback,
        about="project",
        subject="project_id",
        lead=_lead,
        department="project__lead",
        search=("text", "project__name"),
        area="project__area",
        tileset="projects",
        feature="project_id",
    )


def _show_feedback(row: Feedback) -> Item:
    project = row.project
    return Item(
        title=row.text.splitlines()[0][:60],
        url=f"{reverse('projects:feedback_desk')}#feedback-{row.pk}",
        facts=(project.name, project.area.name if project.area else ""),
        badge=row.get_state_display(),
        tone="warn",
        place=point_of(project.geom),
    )


def _lead(row: Any) -> Item:
    """The project above what is to be done for it."""
    project = row.project
    return Item(
        title=project.name,
        url=project.get_absolute_url(),
        facts=(project.area.name if project.area else "",),
        place=point_of(project.geom),
    )


def _milestones(user: Asker) -> Waiting:
    """Open milestones of the projects that the user's department leads, with their due days."""
    stages = STAGES.in_group("to_build", "under_way")
    led = projects_visible_to(user).filter(lead=department_of(user), status__in=stages)
    rows = Milestone.objects.filter(project__in=led, done_on=None).select_related("project__area")
    return Waiting(
        kind="milestones-due",
        title=_("没有完成的项目节点"),
        rows=rows,
        show=_show_milestone,
        due="due_on",
        about="project",
        subject="project_id",
        lead=_lead,
        department="project__lead",
        search=("title", "project__name", "project__code"),
        area="project__area",
        tileset="projects",
        feature="project_id",
    )


def _show_milestone(row: Milestone) -> Item:
    project = row.project
    return Item(
        title=row.title,
        url=project.get_absolute_url(),
        facts=(project.name, project.area.name if project.area else ""),
        badge=project.get_light_display(),
        tone=project.light_tone or "muted",
        place=point_of(project.geom),
    )
