"""The table of steps at work on papers: who somebody is to one, and what stands in the way."""

from collections.abc import Collection, Mapping, Sequence
from typing import Any

from django.db.models import QuerySet
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from accounts.congress.permissions import own_groups
from geokit.refusal import BadInput, FieldError, Refusal
from ledger.actors import Actor, Site, account_of
from ledger.steps.workflow import Step, Workflow
from papers.register import changes, notifications
from papers.register.models import Paper, PaperEvent, Signatory
from papers.register.permissions import is_staff_for, papers_visible_to, signatures_of
from papers.register.rules_read import signers_needed
from papers.register.table import PAPERS, PaperParty, PaperState, PaperVerb

PaperStep = Step[Paper, list[Signatory]]


class Papers(Workflow[Paper, PaperEvent, list[Signatory]]):
    """Papers; what is known of one besides its row are its signatories."""

    table, model = PAPERS, Paper
    related = ("congress", "session", "group")

    def visible_to(self, actor: Actor) -> QuerySet[Paper]:
        return Paper.objects.all() if isinstance(actor, Site) else papers_visible_to(account_of(actor))

    def facts(self, thing: Paper) -> list[Signatory]:
        return list(thing.signatories.select_related("member__person", "member__congress"))

    def parties(self, actor: Actor, thing: Paper, facts: list[Signatory]) -> Collection[str]:
        if isinstance(actor, Site):
            return {PaperParty.SYSTEM}
        user = account_of(actor)
        if user is None:
            return set()
        own = signatures_of(user).filter(paper=thing)
        found = {PaperParty.LEAD for one in own if one.is_lead} | {PaperParty.SIGNER for one in own if not one.is_lead}
        if is_staff_for(user, thing.congress):
            found.add(PaperParty.STAFF)
        if thing.group_id and own_groups(user).filter(pk=thing.group_id).exists():
            found.add(PaperParty.GROUP)
        return found

    def obstacle(self, step: PaperStep) -> str:
        if step.line.verb == PaperVerb.SUBMIT:
            return _why_not_yet(step)
        if step.line.verb == PaperVerb.CONFIRM and _own(step).signed_version == step.thing.text_version:
            return _("您已经确认联名。")
        if step.line.verb == PaperVerb.PUBLISH and step.thing.is_public:
            return _("已经公开。")
        return ""

    def missing(self, step: PaperStep) -> Sequence[FieldError]:
        if step.line.verb == PaperVerb.SUBMIT:
            return changes.missing_words(step.thing)
        return super().missing(step)

    def change(self, step: PaperStep) -> Mapping[str, Any]:
        change = changes.OF_VERB.get(step.line.verb)
        return change(step) if change else changes.only_said(step)

    def write_event(self, step: PaperStep, fields: Mapping[str, Any]) -> PaperEvent:
        return write_event(step.thing, step.line.event, step.actor, **fields)

    def tell(self, step: PaperStep, event: PaperEvent) -> None:
        notifications.tell(event)

    def audit_entry(self, step: PaperStep, event: PaperEvent) -> tuple[str, Mapping[str, Any]]:
        return f"paper-{event.verb}", {"state": step.thing.state}

    def unknown(self, key: object) -> Refusal:
        return BadInput(_("没有这件议案或建议。"), code="unknown-paper")


def _own(step: PaperStep) -> Signatory:
    user = account_of(step.actor)
    return next(one for one in step.facts if one.member.person.user_id == user.pk and one.left_at is None)


def _why_not_yet(step: PaperStep) -> str:
    """The rules of a submission: its session, its deadline, how many deputies stand under this very text."""
    paper = step.thing
    if not any(one.is_lead and one.member.is_in_force(step.today) for one in step.facts):
        return _("领衔代表的这一任职已经终止，草稿不能再提交；再次当选的，请以新的任职重新起草。")
    if paper.kind == Paper.Kind.MOTION and paper.session is None:
        return _("议案要在会议期间提出，请选择会议，或改为代表建议。")
    if paper.session is not None:
        is_motion = paper.kind == Paper.Kind.MOTION
        due = paper.session.motions_due_at if is_motion else paper.session.suggestions_due_at
        if step.at > due:
            words = {"session": paper.session, "due": date_format(timezone.localtime(due), "DATETIME_FORMAT")}
            if is_motion:
                return _("%(session)s的议案已于%(due)s截止。草稿还在，可以改为闭会期间的代表建议提交。") % words
            return _("%(session)s的建议已于%(due)s截止。草稿还在，把会议改为“闭会期间”就可以提交。") % words
    have = sum(changes.stands_under(one, paper, step.today) for one in step.facts)
    needed = signers_needed(paper)
    if have < needed:
        return _("需要 %(needed)d 名代表联名，现有 %(have)d 名确认了这一文本。") % {"needed": needed, "have": have}
    return ""


WORKFLOW = Papers()


def write_event(paper: Paper, verb: str, actor: Actor, **fields: Any) -> PaperEvent:
    """Append an event."""
    return PaperEvent.objects.create(paper=paper, verb=verb, at=timezone.now(), actor=account_of(actor), **fields)


__all__ = ["WORKFLOW", "PaperState", "write_event"]
