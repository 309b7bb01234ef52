"""What congress staff decide of a proposal: published, merged, adopted, declined. The table is `proposals.table`."""

from collections.abc import Collection, Mapping, Sequence
from typing import Any

from django.utils.text import format_lazy
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext

from accounts.models import User
from accounts.notices import notify, notify_address
from geokit.refusal import BadInput, FieldError, NotPermitted, Refusal, StaleEdit
from ledger import audit
from ledger.actors import Actor, account_of
from ledger.steps.apply import apply
from ledger.steps.workflow import Attempt, Line, Step, Workflow
from projects.plan.models import Project
from projects.plan.permissions import may_update
from projects.plan.refusals import field_refusal
from projects.plan.stage_table import STAGES
from projects.proposals.models import Proposal, ProposalEvent
from projects.proposals.permissions import may_decide
from projects.proposals.table import PROPOSALS
from ui.forms.mailboxes import is_mailbox

Verb = ProposalEvent.Verb
NOTICE_TITLES = {
    Verb.PUBLISH: gettext_lazy("您的项目建议已公开：{title}"),
    Verb.MERGE: gettext_lazy("您的项目建议已并入同类建议：{title}"),
    Verb.ADOPT: gettext_lazy("您的项目建议已列入候选项目：{title}"),
    Verb.DECLINE: gettext_lazy("您的项目建议未被采纳：{title}"),
}


class Review(Workflow[Proposal, ProposalEvent, Proposal]):
    """Congress staff decide; each decision is a `ProposalEvent`, and the proposer is notified."""

    table, model, key_field = PROPOSALS, Proposal, "number"

    def facts(self, thing: Proposal) -> Proposal:
        return thing

    def parties(self, actor: Actor, thing: Proposal, facts: Proposal) -> Collection[str]:
        return {"staff"} if may_decide(account_of(actor), thing) else set()

    def change(self, step: Step[Proposal, Proposal]) -> Mapping[str, Any]:
        text = str(step.given.get("text", "")).strip()
        if step.verb == Verb.MERGE:
            _join(step.thing, str(step.given["into"]), account_of(step.actor))
        if step.verb == Verb.ADOPT:
            _become_part_of(step.thing, step.given["project"], account_of(step.actor))
        step.thing.answer = text
        return {"text": text}

    def write_event(self, step: Step[Proposal, Proposal], fields: Mapping[str, Any]) -> ProposalEvent:
        actor = account_of(step.actor)
        return ProposalEvent.objects.create(proposal=step.thing, verb=step.line.event, actor=actor, **fields)

    def tell(self, step: Step[Proposal, Proposal], event: ProposalEvent) -> None:
        _notify_proposer(step.thing, Verb(event.verb))

    def audit_entry(self, step: Step[Proposal, Proposal], event: ProposalEvent) -> tuple[str, Mapping[str, Any]]:
        return f"{event.verb}_proposal", {"state": step.thing.state}

    def stranger(self, attempt: Attempt[Proposal, Proposal], lines: Sequence[Line]) -> Refusal:
        return NotPermitted(_("项目建议由人大工作人员审核。"))

    def stale(self, attempt: Attempt[Proposal, Proposal]) -> Refusal:
        text = pgettext("proposal", "建议 %(number)s 在您打开页面后已变为“%(state)s”，请查看最新情况后再操作。")
        return StaleEdit(text % _where(attempt))

    def wrong_moment(self, attempt: Attempt[Proposal, Proposal]) -> Refusal:
        message = _("建议 %(number)s 现在是“%(state)s”，不能这样办理。") % _where(attempt)
        return BadInput(message, code="no-such-step")

    def lacking(self, errors: Sequence[FieldError]) -> Refusal:
        return BadInput(errors[0].message, code="reason-missing", errors=errors)


REVIEW = Review()


def publish(number: str, actor: User, version: int, text: str = "") -> Proposal:
    """Let everybody read it. Raises NotPermitted, StaleEdit, BadInput."""
    return apply(REVIEW, actor, number, Verb.PUBLISH, version, {"text": text}).proposal


def decline(number: str, actor: User, version: int, text: str) -> Proposal:
    """Say no, and why. Raises NotPermitted, StaleEdit, BadInput."""
    return apply(REVIEW, actor, number, Verb.DECLINE, version, {"text": text}).proposal


def merge(number: str, actor: User, version: int, into: str, text: str = "") -> Proposal:
    """Let it be part of another proposal that is public. Raises NotPermitted, StaleEdit, BadInput."""
    return apply(REVIEW, actor, number, Verb.MERGE, version, {"into": into, "text": text}).proposal


def adopt(number: str, actor: User, version: int, project: Project, text: str = "") -> Proposal:
    """Make it part of a candidate, and with it the proposals that were merged into it. Raises as `merge`."""
    return apply(REVIEW, actor, number, Verb.ADOPT, version, {"project": project, "text": text}).proposal


def _join(proposal: Proposal, into: str, actor: User | None) -> None:
    other = Proposal.objects.filter(number=into.strip()).first()
    if other is None or other.pk == proposal.pk:
        raise field_refusal("into", "unknown", _("没有编号为“%s”的其他建议。") % into)
    if other.state not in PROPOSALS.in_group("joinable"):
        raise field_refusal("into", "not-open", _("只能并入公开征集中或已列入候选的建议。"))
    proposal.same_as, proposal.project = other, other.project
    if other.project is not None:
        _carry_along(proposal, other.project, actor)


def _become_part_of(proposal: Proposal, project: Project, actor: User | None) -> None:
    if not may_update(actor, project):
        raise field_refusal("project", "not-yours", _("“%s”属于别的镇街，请由区人大工作人员列入。") % project.name)
    if project.status not in STAGES.in_group("before_vote"):
        raise field_refusal("project", "no-candidate", _("“%s”不是候选项目。") % project.name)
    proposal.project = project
    _carry_along(proposal, project, actor)


def _carry_along(proposal: Proposal, project: Project, actor: User | None) -> None:
    """Make what was merged into a proposal part of the project too, and what had been merged into that."""
    for merged in proposal.merged.exclude(project=project).select_for_update(of=("self",)):
        merged.project = project
        merged.save(update_fields=["project"])
        audit.record(actor, "carry_along_proposal", merged, state=merged.state, project=project.code)
        _carry_along(merged, project, actor)


def _where(attempt: Attempt[Proposal, Proposal]) -> dict[str, object]:
    return {"number": attempt.thing.number, "state": PROPOSALS.label(attempt.state)}


def _notify_proposer(proposal: Proposal, verb: ProposalEvent.Verb) -> None:
    """Tell the deputy, or the e-mail address that was left."""
    title = format_lazy(NOTICE_TITLES[verb], title=proposal.title)
    url, key = proposal.get_absolute_url(), _notice_key(proposal, verb)
    if proposal.deputy is not None:
        notify([proposal.deputy], "project-proposal", title, proposal.answer, url, key=key, to_groups=False)
    elif is_mailbox(proposal.contact):
        notify_address(proposal.contact, "project-proposal", title, proposal.answer, url, key=key)


def notice_keys(proposal: Proposal) -> list[str]:
    """Return the keys of every notice that there may be of a proposal."""
    return [_notice_key(proposal, verb) for verb in NOTICE_TITLES]


def _notice_key(proposal: Proposal, verb: ProposalEvent.Verb) -> str:
    return f"proposal:{proposal.pk}:{verb}"
