"""The table of steps at work on drafts: who writes, who reviews, and the vote that comes of it."""

from collections.abc import Mapping, Sequence
from typing import Any

from django.db.models import Exists, OuterRef, QuerySet
from django.utils.translation import gettext as _

from accounts.permissions import inside, leads, leads_somewhere
from geokit.refusal import BadInput, FieldError, NotPermitted, Refusal
from ledger.actors import Actor, account_of
from ledger.steps.workflow import Attempt, Line, Step, Workflow
from projects.plan.models import Project
from projects.voting import services
from projects.voting.checks import may_not_call
from projects.voting.drafts.models import VoteDraft, VoteDraftEvent
from projects.voting.drafts.table import TABLE, Party, Stage, Verb
from projects.voting.runoff import runoff_terms

WRITTEN = (VoteDraftEvent.Verb.DRAFTED, VoteDraftEvent.Verb.CHANGED)
type DraftStep = Step[VoteDraft, frozenset[int]]


def drafts_visible_to(user: Any) -> QuerySet[VoteDraft]:
    """Return the drafts of who leads there; for everybody else there are none."""
    return VoteDraft.objects.filter(inside(user, "area")) if leads_somewhere(user) else VoteDraft.objects.none()


def drafts_for_second(user: Any) -> QuerySet[VoteDraft]:
    """Return the drafts that wait for a second person, and that `user` has not written."""
    own = VoteDraftEvent.objects.filter(draft=OuterRef("pk"), actor=user, verb__in=WRITTEN)
    return drafts_visible_to(user).filter(~Exists(own), state=Stage.REVIEW)


class DraftWorkflow(Workflow[VoteDraft, VoteDraftEvent, frozenset[int]]):
    """Whoever leads in the area writes; who wrote any of it does not approve it."""

    table, model, related = TABLE, VoteDraft, ("area",)

    def visible_to(self, actor: Actor) -> QuerySet[VoteDraft]:
        return drafts_visible_to(account_of(actor))

    def facts(self, thing: VoteDraft) -> frozenset[int]:
        """Who has written of it."""
        return frozenset(thing.events.filter(verb__in=WRITTEN, actor__isnull=False).values_list("actor", flat=True))

    def parties(self, actor: Actor, thing: VoteDraft, facts: frozenset[int]) -> frozenset[Party]:
        account = account_of(actor)
        if account is None or not leads(account, thing.area):
            return frozenset()
        return frozenset({Party.STAFF} if account.pk in facts else {Party.STAFF, Party.SECOND})

    def change(self, step: DraftStep) -> Mapping[str, Any]:
        if step.verb == Verb.CHANGE:
            write_terms(step.thing, step.given["terms"], step.given["projects"])
        if step.verb == Verb.APPROVE:
            step.thing.session = _call(step)
        return {"text": str(step.given.get("reason") or "").strip()[:500]}

    def write_event(self, step: DraftStep, fields: Mapping[str, Any]) -> VoteDraftEvent:
        return record(step.thing, step.line.event, step.actor, **fields)

    def unknown(self, key: object) -> Refusal:
        return may_not_call()

    def stranger(self, attempt: Attempt[VoteDraft, frozenset[int]], lines: Sequence[Line]) -> Refusal:
        if attempt.mine and attempt.verb == Verb.APPROVE:
            return NotPermitted(_("写过这份草案的人不能审核它，请另一位工作人员审核。"))
        return may_not_call()

    def lacking(self, errors: Sequence[FieldError]) -> Refusal:
        return BadInput(errors[0].message, errors=errors)


DRAFTS = DraftWorkflow()


def _call(step: DraftStep) -> Any:
    account = account_of(step.actor)
    assert account is not None  # noqa: S101 - whoever leads has an account
    if step.thing.opens_at <= step.at:
        raise BadInput(_("开始时间已经过了，请退回修改时间。"), code="opens-too-early")
    terms, projects = _planned(step.thing)
    return services.call_vote(terms, projects, account, runoff_of=step.thing.runoff_of)


def _planned(draft: VoteDraft) -> tuple[services.Terms, list[Project]]:
    """Return what the vote is called by: as the draft says; a runoff's is read from the first count once more."""
    if draft.runoff_of is not None:
        return runoff_terms(draft.runoff_of, draft.opens_at, draft.closes_at)
    terms = services.Terms(draft.title, draft.year, draft.area, draft.places, draft.opens_at, draft.closes_at)
    return terms, projects_of(draft)


def projects_of(draft: VoteDraft) -> list[Project]:
    """The candidates in the order of their numbers."""
    return list(Project.objects.filter(code__in=draft.candidates).select_related("area").order_by("code"))


def write_terms(draft: VoteDraft, terms: services.Terms, projects: Sequence[Project]) -> None:
    """Put terms and candidates into a draft; into a runoff's the times alone, the rest is the first count's.

    Raises what calling the vote would (BadInput, NotPermitted).
    """
    if draft.runoff_of is not None:
        terms, projects = runoff_terms(draft.runoff_of, terms.opens_at, terms.closes_at)
    services.check_call(terms, projects, is_runoff=draft.runoff_of is not None)
    for name in ("title", "year", "area", "places", "opens_at", "closes_at"):
        setattr(draft, name, getattr(terms, name))
    draft.candidates = sorted(project.code for project in projects)


def record(draft: VoteDraft, verb: str, actor: Actor, text: str = "") -> VoteDraftEvent:
    """Append an event with what the draft says then."""
    said = {
        "title": draft.title,
        "places": draft.places,
        "candidates": draft.candidates,
        "opens_at": draft.opens_at.isoformat(),
        "closes_at": draft.closes_at.isoformat(),
    }
    return VoteDraftEvent.objects.create(draft=draft, verb=verb, actor=account_of(actor), text=text, detail=said)
