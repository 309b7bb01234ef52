"""Causes, measures with their reports, outfalls, and which levels have heard of late points."""

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from accounts import rules
from accounts.models import Area, Department, User
from demo.plan import people
from demo.plan.calendar import moment
from demo.plan.cases import History
from demo.plan.chance import stream
from demo.plan.works import Work, causes_of, mouths_of, works_of
from demo.store.areas import officer_name
from demo.store.geometry import to_point
from river_monitoring.models import MonitoringPoint
from river_monitoring.rectification.escalation import deadlines, levels_for, recipients_in_words
from river_monitoring.rectification.models import Escalation
from river_monitoring.works.models import Measure, Outfall, PointCause, WorkEvent

Verb = WorkEvent.Verb


def store_works(
    histories: tuple[History, ...], points: dict[str, MonitoringPoint], users: dict[str, User], today: date
) -> int:
    """Everything that was done about the small waters; the number of measures. Points and chiefs are stored before."""
    small = [history for history in histories if history.steps]
    PointCause.objects.bulk_create(
        PointCause(point=points[history.place.code], kind=kind) for history in small for kind in causes_of(history)
    )
    _store_responsible(small, points)
    planned = [(points[history.place.code], work) for history in small for work in works_of(history, today)]
    measures = Measure.objects.bulk_create(_measure(point, work) for point, work in planned)
    events = [
        event
        for measure, (point, work) in zip(measures, planned, strict=True)
        for event in _events(measure, work, users[officer_name(point.department.code)])
    ]
    WorkEvent.objects.bulk_create(sorted(events, key=lambda event: event.at))
    return len(measures)


def _store_responsible(small: list[History], points: dict[str, MonitoringPoint]) -> None:
    chance = stream("responsible")
    names = people.Names(chance)
    found = [points[history.place.code] for history in small]
    for point in found:
        point.responsible_name, point.responsible_phone = names.next(), people.phone(chance)
    MonitoringPoint.objects.bulk_update(found, ["responsible_name", "responsible_phone"])


def _measure(point: MonitoringPoint, work: Work) -> Measure:
    return Measure(
        point=point,
        kind=work.kind,
        title=work.title,
        contractor=work.contractor,
        cost_wan=work.cost_wan,
        spent_wan=_spent(work, work.share),
        starts_on=work.added_on,
        due_on=work.due_on,
        share_done=work.share,
        added_at=moment(work.added_on, 10),
        version=1 + len(work.reports),
    )


def _spent(work: Work, share: int) -> Decimal:
    return (work.cost_wan * share / 100).quantize(Decimal("0.1"))


def _events(measure: Measure, work: Work, actor: User) -> list[WorkEvent]:
    about = {"point": measure.point, "measure": measure, "actor": actor, "department": actor.department}
    plan = {"title": ["", work.title], "contractor": ["", work.contractor], "cost_wan": ["", f"{work.cost_wan:f}"]}
    events = [WorkEvent(verb=Verb.MEASURE_ADDED, at=moment(work.added_on, 10), changes=plan, **about)]
    before = 0
    for report in work.reports:
        pairs = {"share_done": [str(before), str(report.share)]}
        events.append(WorkEvent(verb=Verb.MEASURE_PROGRESS, at=moment(report.day, 16), changes=pairs, **about))
        before = report.share
    return events


def store_outfalls(
    histories: tuple[History, ...],
    points: dict[str, MonitoringPoint],
    areas: dict[str, Area],
    departments: dict[str, Department],
) -> int:
    """The outfalls beside the small waters, each linked to its point."""
    pairs: list[tuple[Outfall, MonitoringPoint]] = []
    for history in histories:
        point = points[history.place.code]
        for mouth in mouths_of(history):
            outfall = Outfall(
                code=f"HS-P{len(pairs) + 1:03d}",
                name=mouth.name,
                kind=mouth.kind,
                subkind=mouth.subkind,
                state=mouth.state,
                geom=to_point(mouth.place),
                is_schematic=True,
                area=areas[history.place.town.code],
                river=point.river,
                department=departments["ecology"],
                operator=mouth.operator,
                requirement="污水零直排" if mouth.kind == "other" else "达标排放（GB 8978-1996 一级）",
                flows_when_dry=mouth.flows_when_dry,
            )
            pairs.append((outfall, point))
    Outfall.objects.bulk_create(outfall for outfall, _point in pairs)
    through: Any = Outfall.points.through
    through.objects.bulk_create(through(outfall_id=outfall.pk, monitoringpoint_id=point.pk) for outfall, point in pairs)
    return len(pairs)


def store_escalations(today: date) -> int:
    """What the nightly job would have told by today, each level on its own day."""
    told, book = [], rules.book()
    for deadline in deadlines():
        for level in levels_for(deadline.days_late(today), book):
            days = book.value(f"escalation.{level}_days")
            told.append(
                Escalation(
                    point=deadline.point,
                    at=moment(deadline.due_on + timedelta(days=days), 6, 40),
                    level=level,
                    about=deadline.about,
                    due_on=deadline.due_on,
                    days_late=days,
                    told=recipients_in_words(deadline.point, level),
                    basis=book.basis(f"escalation.{level}_days"),
                )
            )
    Escalation.objects.bulk_create(sorted(told, key=lambda one: one.at))
    return len(told)
