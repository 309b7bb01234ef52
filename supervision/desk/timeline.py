"""The timeline of a matter: one sentence per event, names only for those who may know them."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from accounts.models import Role
from accounts.permissions import Asker
from accounts.rules.page import basis_in_words
from supervision.desk.things import unnamed
from supervision.matters.models import Suggestion, SuggestionEvent
from supervision.matters.permissions import may_see_names

Verb = SuggestionEvent.Verb
SENTENCES: dict[str, Any] = {
    Verb.RECEIVED: _("{who}上报"),
    Verb.SUBMITTED: _("{who}提出"),
    Verb.ACCEPTED: _("{who}审核受理"),
    Verb.DECLINED: _("{who}决定不予受理"),
    Verb.RECONSIDERED: _("{who}恢复受理"),
    Verb.ADOPTED: _("{who}认领"),
    Verb.ASSIGNED: _("{who}交{department}办理"),
    Verb.FORWARDED: _("{who}转给{department}办理"),
    Verb.PASSED_ON: _("{who}同意转给{department}办理"),
    Verb.RECALLED: _("{who}从{department}收回"),
    Verb.RETURN_ASKED: _("{department}申请退回，等待人大决定"),
    Verb.FORWARD_ASKED: _("{who}申请转给{department}办理，等待人大决定"),
    Verb.EXTEND_ASKED: _("{department}申请延期到{day}，等待人大决定"),
    Verb.ASK_DROPPED: _("{department}撤回申请"),
    Verb.ASK_REFUSED: _("{who}不同意{department}的申请"),
    Verb.EXTENDED: _("{who}同意{department}延期到{day}"),
    Verb.RETURNED: _("{department}退回，等待重新交办"),
    Verb.CO_ASKED: _("{who}请{department}会办"),
    Verb.CO_REPLIED: _("{department}提出会办意见"),
    Verb.REPLIED: _("{department}答复"),
    Verb.REPLY_CORRECTED: _("{department}更正答复，原来的答复保留"),
    Verb.RATED: _("{who}评价，办结"),
    Verb.REOPENED: _("{who}不满意，退回{department}重新办理"),
    Verb.URGED: _("{who}催办{department}"),
    Verb.URGE_WITHDRAWN: _("{who}撤回催办"),
    Verb.ESCALATED: _("{clock}的期限提醒"),
    Verb.PAUSED: _("{who}暂停计时"),
    Verb.RESUMED: _("{who}恢复计时"),
    Verb.CAME_BACK: _("计划的日期到了，回到{department}再答复"),
    Verb.MERGED: _("{who}把本件并入{other}"),
    Verb.ABSORBED: _("{who}把{other}并入本件"),
    Verb.UNMERGED: _("{who}撤销并案，本件不再并入{other}"),
    Verb.RELEASED: _("{who}撤销并案，{other}不再并入本件"),
    Verb.SPLIT: _("{who}从本件拆分出{other}"),
    Verb.LINKED: _("{who}关联了对象"),
    Verb.UNLINKED: _("{who}取消了关联"),
    Verb.PUBLISHED: _("{who}公开了本件"),
    Verb.WITHDRAWN: _("{who}取消了公开"),
    Verb.REDACTED: _("{who}遮盖了照片"),
    Verb.SAID: _("{who}补充说明"),
}
SPLIT_OFF = _("{who}从{other}拆分出本件")
LATE = _("{clock}已超期，已告知：{text}")
SOON = _("{clock}即将到期，已提醒：{text}")


@dataclass(frozen=True, slots=True)
class Entry:
    """One event: a sentence, who did it in words that this reader may see, and what was written then."""

    event: SuggestionEvent
    who: str
    title: str
    text: str
    is_late: bool
    basis: str = ""
    """By which version of the district's rules it was judged."""


def timeline(suggestion: Suggestion, reader: Asker) -> list[Entry]:
    """Return the events of a suggestion, oldest first; expects `queries.with_timeline`."""
    names, events = may_see_names(reader, suggestion), list(_events(suggestion))
    hidden = unnamed(events, reader)
    return [_entry(event, suggestion, names, is_named=event.pk not in hidden) for event in events]


def _events(suggestion: Suggestion) -> Iterable[SuggestionEvent]:
    return suggestion.events.all()


def _entry(event: SuggestionEvent, suggestion: Suggestion, names: bool, *, is_named: bool) -> Entry:
    who, text = who_did(event, suggestion, names), _text(event) if is_named else ""
    return Entry(event, who, sentence(event, who), text, _is_late(event), basis_in_words(event.basis))


def sentence(event: SuggestionEvent, who: str) -> str:
    """Return an event in one sentence, with `who` as this reader may know her."""
    template = SENTENCES[event.verb]
    if event.verb == Verb.SUBMITTED and event.other_id:
        template = SPLIT_OFF
    if event.verb == Verb.ESCALATED:
        template = LATE if event.level or _local_day(event) > event.due_on else SOON
    return str(template).format(
        who=who,
        department=event.department or "",
        other=event.other.number if event.other else "",
        clock=event.get_clock_display(),
        text=event.text,
        day=date_format(event.due_on) if event.due_on else "",
    )


def who_did(event: SuggestionEvent, suggestion: Suggestion, names: bool) -> str:
    """Return who did it: an office, a role, or a name where this reader may know it."""
    if event.by_reporter:
        return gettext("上报人")
    if event.actor is None:
        return gettext("系统")
    if event.actor.role in (Role.STAFF, Role.ADMIN) and event.actor_id != suggestion.author_id:
        return gettext("人大工作人员")
    if event.actor.role == Role.OFFICER:
        return str(event.actor.department)
    if names:
        return str(event.actor)
    return gettext("提出人") if event.actor_id == suggestion.author_id else gettext("人大代表")


def _text(event: SuggestionEvent) -> str:
    """What a person wrote stays as it is; what the system wrote is one of our own sentences."""
    if event.verb in (Verb.RECEIVED, Verb.SUBMITTED, Verb.ESCALATED):
        return ""
    return gettext(event.text) if event.actor is None and not event.by_reporter and event.text else event.text


def _is_late(event: SuggestionEvent) -> bool:
    """Tell whether this step came after its day, or says that one has passed."""
    if event.verb not in (Verb.REPLIED, Verb.CO_REPLIED, Verb.ESCALATED) or event.due_on is None:
        return False
    return _local_day(event) > event.due_on


def _local_day(event: SuggestionEvent) -> Any:
    return timezone.localdate(event.at)
