"""Sentences for changes of causes, measures, deadlines and outfalls."""

from collections.abc import Iterable
from datetime import date
from typing import Any

from django.utils.formats import date_format
from django.utils.translation import gettext as _

from river_monitoring.history.entries import Entry
from river_monitoring.works.models import CauseKind, WorkEvent

Verb = WorkEvent.Verb


def entries_of_works(events: Iterable[WorkEvent]) -> list[Entry]:
    return [Entry(event.at, "work", sentence(event), words=event.note, facts=tuple(facts(event))) for event in events]


def sentence(event: WorkEvent) -> str:
    """Return a change as one sentence."""
    who = event.department.name if event.department else _("人大工作人员")
    names = {"who": who, "title": event.measure.title if event.measure else "", "outfall": event.outfall or ""}
    return _PATTERNS[Verb(event.verb)]() % names


_PATTERNS = {
    Verb.DETAILS: lambda: _("%(who)s更新了责任信息。"),
    Verb.DEADLINE: lambda: _("%(who)s调整了整治期限。"),
    Verb.CAUSES: lambda: _("%(who)s认定了成因。"),
    Verb.MEASURE_ADDED: lambda: _("%(who)s新增措施“%(title)s”。"),
    Verb.MEASURE_CHANGED: lambda: _("%(who)s调整了措施“%(title)s”。"),
    Verb.MEASURE_PROGRESS: lambda: _("%(who)s报告了措施“%(title)s”的进度。"),
    Verb.MEASURE_DROPPED: lambda: _("%(who)s取消了措施“%(title)s”。"),
    Verb.OUTFALL_ADDED: lambda: _("%(who)s登记了排污口“%(outfall)s”。"),
    Verb.OUTFALL_CHANGED: lambda: _("%(who)s更新了排污口“%(outfall)s”。"),
    Verb.OUTFALL_LINKED: lambda: _("%(who)s查明排污口“%(outfall)s”影响这个点位。"),
    Verb.OUTFALL_UNLINKED: lambda: _("%(who)s确认排污口“%(outfall)s”不再影响这个点位。"),
}


def facts(event: WorkEvent) -> list[str]:
    """Old and new values, one line each: ``完成比例（%）：30 → 60``."""
    return [_fact(event, name, *pair) for name, pair in event.changes.items()]


def _fact(event: WorkEvent, name: str, old: str, new: str) -> str:
    values = {"name": field_name(event, name), "old": _said(event, name, old), "new": _said(event, name, new)}
    if not old:
        return _("%(name)s：%(new)s") % values
    return _("%(name)s：%(old)s → %(new)s") % values


def field_name(event: WorkEvent, name: str) -> str:
    if name == "kinds":
        return _("成因类型")
    about: Any = event.measure or event.outfall or event.point
    return str(about._meta.get_field(name).verbose_name)


def _said(event: WorkEvent, name: str, value: str) -> str:
    if not value:
        return _("（空）")
    if name == "kinds":
        return _("、").join(str(CauseKind(kind).label) for kind in value.split(",") if kind)
    about: Any = event.measure or event.outfall or event.point
    found = about._meta.get_field(name)
    if found.choices:
        return str(dict(found.flatchoices).get(value, value))
    if found.get_internal_type() == "BooleanField":
        return _("是") if value == "1" else _("否")
    if found.get_internal_type() == "DateField":
        return date_format(date.fromisoformat(value))
    return value
