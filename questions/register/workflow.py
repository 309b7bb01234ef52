"""How the table of steps applies to a questionnaire: who is who, what stands in the way, what is written."""

from collections.abc import Collection, Mapping, Sequence
from datetime import timedelta
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import User
from geokit.refusal import BadInput, FieldError, Refusal, refuse
from ledger.actors import Actor, Site, account_of
from ledger.steps.workflow import Step, Workflow
from questions.register.models import MAX_TEXT, Questionnaire, QuestionnaireEvent
from questions.register.permissions import keeps, kept_by
from questions.register.table import TABLE, Party, Verb

type QuestionnaireStep = Step[Questionnaire, None]


class QuestionnaireWorkflow(Workflow[Questionnaire, QuestionnaireEvent, None]):
    """The staff write and close, and a second of them, who wrote nothing of it, reviews.

    Once somebody has answered, the questions stand: it can only be closed and answered, so that no answers vanish.
    """

    table, model, related = TABLE, Questionnaire, ("area",)

    def visible_to(self, actor: Actor) -> Any:
        return Questionnaire.objects.all() if isinstance(actor, Site) else kept_by(account_of(actor))

    def facts(self, thing: Questionnaire) -> None:
        return None

    def parties(self, actor: Actor, thing: Questionnaire, facts: None) -> Collection[str]:
        if isinstance(actor, Site):
            return {Party.SITE}
        account = account_of(actor)
        if not keeps(account, thing):
            return set()
        return {Party.ASKER, Party.REVIEWER} if _is_second(account, thing) else {Party.ASKER}

    def obstacle(self, step: QuestionnaireStep) -> str:
        if step.line.verb == Verb.APPROVE and step.thing.closes_at <= step.at:
            return _("截止时间已经过了，请先退回改时间。")
        if step.line.verb in (Verb.REVISE, Verb.DROP) and step.thing.sheets.exists():
            return _("已经有人回答，不能再撤下或者作废：请截止并答复。要更正的在答复里说明，或者另发一份问卷。")
        return ""

    def missing(self, step: QuestionnaireStep) -> Sequence[FieldError]:
        form = step.thing.forms.first() if step.verb == Verb.SUBMIT else None
        return self.table.missing(step.line, {**step.given, "form": "1" if form and form.questions else ""})

    def change(self, step: QuestionnaireStep) -> Mapping[str, Any]:
        text = str(step.given.get("text", "")).strip()
        if len(text) > MAX_TEXT:
            raise refuse("text", "too-long", _("最多 %d 字。") % MAX_TEXT)
        if step.verb == Verb.SUBMIT:
            step.thing.submitted_by = account_of(step.actor)
        elif step.verb == Verb.ANSWER:
            step.thing.response = text
        elif step.verb == Verb.CLOSE:
            step.thing.closes_at = max(min(step.thing.closes_at, timezone.now()), _just_after(step.thing))
        if step.verb in (Verb.CLOSE, Verb.DROP):
            step.thing.sheets.exclude(source="").update(source="")
            step.thing.used_marks.all().delete()
        return {"text": text}

    def write_event(self, step: QuestionnaireStep, fields: Mapping[str, Any]) -> QuestionnaireEvent:
        return QuestionnaireEvent.objects.create(
            questionnaire=step.thing, verb=step.line.event, at=step.at, actor=account_of(step.actor), **fields
        )

    def unknown(self, key: object) -> Refusal:
        return BadInput(_("没有这份问卷。"), code="unknown-questionnaire")


def _is_second(account: User, thing: Questionnaire) -> bool:
    """Neither who submitted it nor who wrote its questions last."""
    if thing.submitted_by_id is None or thing.submitted_by_id == account.pk:
        return False
    newest = thing.forms.first()
    return newest is None or newest.made_by_id != account.pk


def _just_after(thing: Questionnaire) -> Any:
    """One that is closed before it opened keeps an end after its beginning."""
    return thing.opens_at + timedelta(seconds=1)


QUESTIONNAIRES = QuestionnaireWorkflow()
