"""The table of steps at work on handlings: who somebody is to one, and what stands in the way."""

from collections.abc import Collection, Mapping
from typing import Any

from django.db.models import QuerySet
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from accounts.permissions import is_officer_of
from geokit.refusal import BadInput, Refusal
from ledger.actors import Actor, account_of
from ledger.steps.workflow import Step, Workflow
from papers.handling import changes, notifications
from papers.handling.models import Handling, HandlingEvent
from papers.handling.permissions import handlings_visible_to
from papers.handling.table import HANDLINGS, HandlingParty, HandlingState, HandlingVerb
from papers.register.permissions import is_staff_for, signatures_of

HandlingStep = Step[Handling, None]
V = HandlingVerb
REDO_LIMIT = 1
"""An organ handles a paper again once (浙江省实施代表法办法 Art. 43)."""
DECISIONS = {
    V.RETURN: ("return_asked",),
    V.EXTEND: ("extend_asked",),
    V.REFUSE_REQUEST: ("return_asked", "extend_asked"),
    V.DROP_REQUEST: ("return_asked", "extend_asked"),
}


class Handlings(Workflow[Handling, HandlingEvent, None]):
    """Handlings of papers."""

    table, model = HANDLINGS, Handling
    related = ("department",)

    def visible_to(self, actor: Actor) -> QuerySet[Handling]:
        return handlings_visible_to(account_of(actor))

    def facts(self, thing: Handling) -> None:
        return None

    def parties(self, actor: Actor, thing: Handling, facts: None) -> Collection[str]:
        user = account_of(actor)
        found = set()
        if is_staff_for(user, thing.paper.congress):
            found.add(HandlingParty.STAFF)
        if is_officer_of(user, thing.department_id):
            is_co = thing.role == Handling.Role.CO
            found.add(HandlingParty.CO_HANDLER if is_co else HandlingParty.HANDLER)
        mine = signatures_of(user).filter(paper=thing.paper_id)
        return found | {HandlingParty.LEAD if one.is_lead else HandlingParty.SIGNER for one in mine}

    def came_from(self, thing: Handling, facts: None) -> HandlingState | None:
        return HANDLINGS.replay_from(thing.events.order_by("at", "pk").values_list("verb", flat=True))[1]

    def obstacle(self, step: HandlingStep) -> str:
        return _obstacle(step)

    def repeated(self, step: HandlingStep) -> HandlingEvent | None:
        """Saying twice that an answer came is once."""
        if step.line.verb != V.RECEIVE:
            return None
        since = step.thing.events.filter(verb="delivered").order_by("-at", "-pk").first()
        mine = step.thing.events.filter(verb="received", actor=account_of(step.actor))
        return mine.filter(at__gte=since.at).first() if since else None

    def change(self, step: HandlingStep) -> Mapping[str, Any]:
        return changes.change_of(step)

    def write_event(self, step: HandlingStep, fields: Mapping[str, Any]) -> HandlingEvent:
        return write_event(step.thing, step.line.event, step.actor, **fields)

    def tell(self, step: HandlingStep, event: HandlingEvent) -> None:
        notifications.tell(event)

    def audit_entry(self, step: HandlingStep, event: HandlingEvent) -> tuple[str, Mapping[str, Any]]:
        return f"paper_handling-{event.verb}", {"state": step.thing.state}

    def unknown(self, key: object) -> Refusal:
        return BadInput(_("没有这件承办。"), code="unknown-handling")


def _obstacle(step: HandlingStep) -> str:
    handling, verb, today = step.thing, step.line.verb, step.today
    if verb in DECISIONS and handling.request not in DECISIONS[verb]:
        return _("没有等待决定的这种申请。")
    if verb in (V.ASK_RETURN, V.ASK_EXTENSION) and handling.request:
        return _("已有一个申请等待人大决定，请等待决定或先撤回。")
    if verb == V.ASK_RETURN and today > handling.returnable_until:
        return _("退回的期限（%s 止）已过，请办理并答复。") % date_format(handling.returnable_until)
    if verb == V.REOPEN and handling.redo_count >= REDO_LIMIT:
        return _("已重新办理过一次，不能再次要求重办。")
    if verb == V.SIGN:
        return _why_not_sign(handling)
    if verb == V.URGE and handling.events.filter(verb="urged", at__date=timezone.localdate(step.at)).exists():
        return _("今天已经催办过，请明天再催。")
    return ""


def _why_not_sign(handling: Handling) -> str:
    if handling.request:
        return _("申请还在等待人大决定，决定或撤回之后再签发。")
    if handling.contacted_on is None:
        return _("答复前应先与代表沟通：请先登记这一轮的沟通。")
    if not hasattr(handling, "draft"):
        return _("还没有起草答复。")
    return ""


WORKFLOW = Handlings()


def write_event(handling: Handling, verb: str, actor: Actor, **fields: Any) -> HandlingEvent:
    """Append an event."""
    return HandlingEvent.objects.create(
        handling=handling, verb=verb, at=timezone.now(), actor=account_of(actor), **fields
    )
