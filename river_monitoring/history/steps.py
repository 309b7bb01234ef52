"""Sentences for the steps of rectification and for escalations."""

from collections.abc import Callable, Iterable, Mapping

from django.utils.formats import date_format
from django.utils.translation import gettext as _

from accounts.rules.page import basis_in_words
from river_monitoring.history.entries import Entry, Tone
from river_monitoring.rectification.models import Escalation, Evidence, RectificationEvent
from river_monitoring.steps.table import TABLE, State, Verb

PHOTO_KINDS = (Evidence.Kind.BEFORE, Evidence.Kind.AFTER)


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
        facts=_judged_by(event),
        photos=[piece for piece in evidence if piece.kind in PHOTO_KINDS],
        papers=[piece for piece in evidence if piece.kind not in PHOTO_KINDS],
    )


def _judged_by(event: RectificationEvent) -> tuple[str, ...]:
    """By which version of the district's rules a judgment was made; other steps judge nothing."""
    step = TABLE.move(event.from_status, event.to_status)
    by_rule = "relapse.months" in event.basis
    is_judgment = by_rule or (step is not None and step.verb in (Verb.ACCEPT, Verb.CONFIRM))
    words = basis_in_words(event.basis) if is_judgment else ""
    return (words,) if words else ()


def sentence(event: RectificationEvent) -> str:
    """Return a step as one sentence: who did what, and by when the next must be done."""
    step = TABLE.move(event.from_status, event.to_status)
    verb = step.verb if step else None
    who = event.department.name if event.department else _("人大工作人员") if event.actor_id else _("系统")
    if event.from_status == State.LOOK_BACK and verb == Verb.RELIST:
        text = _("“回头看”期间水质反弹，%(who)s把这个点位重新列入整治清单。") % {"who": who}
    elif verb in _SENTENCES:
        text = _SENTENCES[verb]() % {"who": who}
    else:
        text = event.get_to_status_display()
    if event.due_on:
        text += _("整治期限是%(day)s。") % {"day": date_format(event.due_on)}
    return text


def _tone(event: RectificationEvent) -> Tone:
    if event.to_status == State.DELISTED:
        return "good"
    step = TABLE.move(event.from_status, event.to_status)
    return "bad" if step and step.verb in (Verb.RELIST, Verb.RETURN, Verb.MISS) else ""


_SENTENCES: dict[Verb, Callable[[], str]] = {
    Verb.LIST: lambda: _("%(who)s把这个点位列入整治清单（挂号）。"),
    Verb.PLAN: lambda: _("%(who)s定下这个点位的整治方案（一点一策）。"),
    Verb.START: lambda: _("%(who)s开工治理。"),
    Verb.ASK: lambda: _("%(who)s报告治理完成，申请验收。"),
    Verb.ACCEPT: lambda: _("%(who)s验收通过，这个点位从整治清单上销号。"),
    Verb.RETURN: lambda: _("%(who)s验收没有通过，退回继续治理。"),
    Verb.LOOK_BACK: lambda: _("%(who)s开始“回头看”，复查销号后的水质和现场。"),
    Verb.CONFIRM: lambda: _("%(who)s复核通过，继续保持销号。"),
    Verb.MISS: lambda: _("销号后水质劣于目标，%(who)s判定为销号后超标。"),
    Verb.RELIST: lambda: _("水质反弹，%(who)s把这个点位重新列入整治清单。"),
    Verb.SUSPEND: lambda: _("%(who)s暂停治理。"),
    Verb.RESUME: lambda: _("%(who)s恢复治理。"),
}


def entries_of_escalations(found: Iterable[Escalation]) -> list[Entry]:
    """Return one entry per level that was notified of a late point."""
    return [_escalation(one) for one in found]


def _escalation(one: Escalation) -> Entry:
    basis = basis_in_words(one.basis)
    tone: Tone = "bad" if one.days_late > 0 else ""
    return Entry(one.at, "escalation", _escalated(one), tone, facts=(basis,) if basis else ())


def _escalated(escalation: Escalation) -> str:
    names = {
        "about": escalation.get_about_display(),
        "day": date_format(escalation.due_on),
        "days": abs(escalation.days_late),
        "level": escalation.get_level_display(),
        "told": escalation.told,
    }
    if escalation.days_late <= 0:
        return _("%(about)s（%(day)s）临近，已提醒%(told)s。") % names
    return _("%(about)s（%(day)s）已过%(days)s天，升级到%(level)s，告知%(told)s。") % names
