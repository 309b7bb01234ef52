"""Sentences for the steps of rectification and for being told on."""

from collections.abc import Callable, Iterable, Mapping

from django.utils.formats import date_format
from django.utils.translation import gettext as _

from river_monitoring.history.entries import Entry, Tone
from river_monitoring.rectification.models import Escalation, Evidence, RectificationEvent
from river_monitoring.steps.table import State

PHOTO_KINDS = (Evidence.Kind.BEFORE, Evidence.Kind.AFTER)
AFTER_DELISTING = (State.DELISTED, State.LOOK_BACK)
Pair = tuple[str, str]


def entries_of_steps(events: Iterable[RectificationEvent], shown: Mapping[int, list[Evidence]]) -> list[Entry]:
    """One entry per step, with the photos and papers that the reader may see."""
    return [_entry(event, shown.get(event.pk, [])) for event in events]


def _entry(event: RectificationEvent, evidence: list[Evidence]) -> Entry:
    return Entry(
        at=event.at,
        kind="step",
        text=sentence(event),
        tone=_tone(event),
        words=event.note,
        photos=[piece for piece in evidence if piece.kind in PHOTO_KINDS],
        papers=[piece for piece in evidence if piece.kind not in PHOTO_KINDS],
    )


def sentence(event: RectificationEvent) -> str:
    """Say a step in one sentence: who did what, and by when the next must be done."""
    said = _SENTENCES.get((event.from_status, event.to_status)) or _GENERAL.get(event.to_status)
    who = event.department.name if event.department else _("人大工作人员") if event.actor_id else _("系统")
    text = said() % {"who": who} if said else event.get_to_status_display()
    if event.due_on:
        text += _("整治期限是%(day)s。") % {"day": date_format(event.due_on)}
    return text


def _tone(event: RectificationEvent) -> Tone:
    if event.to_status == State.DELISTED:
        return "good"
    relapsed = event.to_status == State.LISTED and event.from_status in AFTER_DELISTING
    refused = (event.from_status, event.to_status) == (State.ACCEPTANCE_ASKED, State.UNDER_WAY)
    return "bad" if relapsed or refused else ""


_SENTENCES: dict[Pair, Callable[[], str]] = {
    (State.NONE, State.LISTED): lambda: _("%(who)s把这个点位列入整治清单（挂号）。"),
    (State.DELISTED, State.LISTED): lambda: _("水质反弹，%(who)s把这个点位重新列入整治清单。"),
    (State.LOOK_BACK, State.LISTED): lambda: _("“回头看”期间水质反弹，%(who)s把这个点位重新列入整治清单。"),
    (State.PLANNED, State.UNDER_WAY): lambda: _("%(who)s开工治理。"),
    (State.ACCEPTANCE_ASKED, State.UNDER_WAY): lambda: _("%(who)s验收没有通过，退回继续治理。"),
    (State.ACCEPTANCE_ASKED, State.DELISTED): lambda: _("%(who)s验收通过，这个点位从整治清单上销号。"),
    (State.LOOK_BACK, State.DELISTED): lambda: _("%(who)s“回头看”复核通过，继续保持销号。"),
    **{
        (State.SUSPENDED, state): lambda: _("%(who)s恢复治理。")
        for state in (State.LISTED, State.PLANNED, State.UNDER_WAY, State.ACCEPTANCE_ASKED)
    },
}
_GENERAL: dict[str, Callable[[], str]] = {
    State.PLANNED: lambda: _("%(who)s定下这个点位的整治方案（一点一策）。"),
    State.ACCEPTANCE_ASKED: lambda: _("%(who)s报告治理完成，申请验收。"),
    State.LOOK_BACK: lambda: _("%(who)s开始“回头看”，复查销号后的水质和现场。"),
    State.SUSPENDED: lambda: _("%(who)s暂停治理。"),
}


def entries_of_escalations(found: Iterable[Escalation]) -> list[Entry]:
    return [Entry(told.at, "escalation", _told(told), tone="bad" if told.days_late > 0 else "") for told in found]


def _told(told: Escalation) -> str:
    names = {
        "about": told.get_about_display(),
        "day": date_format(told.due_on),
        "days": abs(told.days_late),
        "level": told.get_level_display(),
        "told": told.told,
    }
    if told.days_late <= 0:
        return _("%(about)s（%(day)s）临近，已提醒%(told)s。") % names
    return _("%(about)s（%(day)s）已过%(days)s天，升级到%(level)s，告知%(told)s。") % names
