"""How the table of steps applies to a voter's message: who is who, what stands in the way, what is written and told."""

from collections.abc import Collection, Mapping
from typing import Any
from uuid import NAMESPACE_URL, uuid5

from django.core.files.base import ContentFile
from django.utils.translation import gettext as _

from accounts.permissions import Asker
from geokit.refusal import BadInput, FieldError, NotPermitted, Refusal
from ledger.actors import Actor, Site, account_of
from ledger.filestore.responses import opened
from ledger.steps.workflow import Step, Workflow
from stations.permissions import deputy_of, may_run
from supervision.findings.permissions import REPORTERS_ONLY, may_report
from supervision.findings.videos import pass_on
from supervision.matters.services import file_finding
from supervision.matters.table import IN_HAND
from supervision.models import Category, FindingVideo
from voters.line.models import MAX_TEXT, Message, MessageEvent, MessagePhoto, MessageVideo, Rating
from voters.line.notices import tell_readers, tell_voter
from voters.line.permissions import Voter, messages_visible_to
from voters.line.table import TABLE, Party, Verb

type MessageStep = Step[Message, None]


class MessageWorkflow(Workflow[Message, MessageEvent, None]):
    """Deputies answer, hand over or raise; stations do the same once it is theirs; the voter rates."""

    table, model, related = TABLE, Message, ("station",)

    def visible_to(self, actor: Actor) -> Any:
        return messages_visible_to(actor)

    def facts(self, thing: Message) -> None:
        return None

    def parties(self, actor: Actor, thing: Message, facts: None) -> Collection[str]:
        if isinstance(actor, Site):
            return {Party.SITE}
        if isinstance(actor, Voter):
            return {Party.VOTER} if actor.message_id == thing.pk else set()
        account: Asker = account_of(actor)
        own = deputy_of(account)
        is_told = own is not None and thing.deputies.filter(pk=own.pk).exists()
        runs = thing.at_station_since is not None and may_run(account, thing.station)
        return {party for party, holds in ((Party.DEPUTY, is_told), (Party.STATION, runs)) if holds}

    def obstacle(self, step: MessageStep) -> str:
        if step.line.verb == Verb.RAISE and not may_report(account_of(step.actor)):
            raise NotPermitted(str(REPORTERS_ONLY))
        if step.line.verb == Verb.REOPEN and step.thing.events.filter(verb=MessageEvent.Verb.REOPENED).exists():
            return _("只能退回再办一次；仍不满意的，请在评价里写明。")
        return ""

    def change(self, step: MessageStep) -> Mapping[str, Any]:
        text = str(step.given.get("text", "")).strip()
        if len(text) > MAX_TEXT:
            raise _wrong("text", "too-long", _("最多 %d 字。") % MAX_TEXT)
        CHANGES.get(Verb(step.verb), _nothing)(step, text)
        return {"text": text, "rating": step.given.get("rating", "")}

    def write_event(self, step: MessageStep, fields: Mapping[str, Any]) -> MessageEvent:
        return record(step.thing, step.line.event, step.actor, step.at, **fields)

    def tell(self, step: MessageStep, event: MessageEvent) -> None:
        if step.line.notice in ("answered", "raised"):
            tell_voter(step.thing, event)
        else:
            tell_readers(step.thing, event)

    def unknown(self, key: object) -> Refusal:
        return BadInput(_("没有这封来信。"), code="unknown-message")


def record(message: Message, verb: str, actor: Actor, at: Any, **fields: Any) -> MessageEvent:
    """Write the event of a step."""
    by_voter = isinstance(actor, Voter)
    return MessageEvent.objects.create(
        message=message, verb=verb, at=at, actor=account_of(actor), by_voter=by_voter, **fields
    )


def _nothing(step: MessageStep, text: str) -> None:
    """The step changes nothing but the state."""


def _to_station(step: MessageStep, text: str) -> None:
    step.thing.at_station_since = step.thing.at_station_since or step.at


def _answer(step: MessageStep, text: str) -> None:
    step.thing.answer, step.thing.answered_at = text, step.at


def _rate(step: MessageStep, text: str) -> None:
    if step.given["rating"] not in Rating.values:
        raise _wrong("rating", "unknown", _("请选择是否满意。"))
    step.thing.rating = step.given["rating"]


def _raise(step: MessageStep, text: str) -> None:
    """File the message as a finding of who raises it, where no matter of it is in hand; each time it is filed once.

    What was raised before and is over stays over: a voter who was not satisfied gets another matter.
    """
    message = step.thing
    if message.matter is not None and message.matter.state in IN_HAND:
        return
    place = message.geom or (message.area.point if message.area else None)
    if place is None:
        raise BadInput(_("这封来信没有地点，不能转为事项；请先与选民核实地点，再用“上报”填报。"), code="no-place")
    finding = file_finding(
        account_of(step.actor),
        client_id=uuid5(NAMESPACE_URL, filed_as(message, _raised_before(message))),
        text=message.text,
        category=Category.GENERAL,
        kind=message.kind,
        lon=place.x,
        lat=place.y,
        address=message.address,
        photos=[_as_file(photo) for photo in message.photos.all()],
    )
    if video := MessageVideo.objects.filter(message=message).exclude(state=MessageVideo.State.FAILED).first():
        pass_on(video, FindingVideo(finding=finding))
    message.matter = finding.suggestion


def _raised_before(message: Message) -> int:
    return message.events.filter(verb=MessageEvent.Verb.RAISED).count()


def filed_as(message: Message, before: int) -> str:
    """What a finding's number is made of: the message, and how often it was raised before."""
    return f"voter-message:{message.pk}:{before}" if before else f"voter-message:{message.pk}"


def _as_file(photo: MessagePhoto) -> ContentFile:
    with opened(photo.file) as file:
        return ContentFile(file.read(), name=f"{photo.pk}.jpg")


def _wrong(field: str, code: str, message: str) -> BadInput:
    return BadInput(message, code="bad-message", errors=[FieldError(field, code, message)])


CHANGES: dict[Verb, Any] = {
    Verb.ANSWER: _answer,
    Verb.RELAY: _answer,
    Verb.HAND_OVER: _to_station,
    Verb.FALL_DUE: _to_station,
    Verb.COME_BACK: _to_station,
    Verb.REOPEN: _to_station,
    Verb.RAISE: _raise,
    Verb.RATE: _rate,
}
MESSAGES = MessageWorkflow()
