"""The two tables: points with their next step and who is responsible, measures with their progress."""

from collections.abc import Mapping, Sequence
from decimal import Decimal
from functools import cache
from typing import Any, NamedTuple

from django.db.models import Case, Q, QuerySet, When
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.permissions import Asker, department_of, inside, reach_of
from geokit.refusal import refuse
from river_monitoring.bulk_update.last_changes import last_changes
from river_monitoring.points.models import MonitoringPoint, WaterClass
from river_monitoring.points.permissions import points_visible_to
from river_monitoring.rectification import services
from river_monitoring.rectification.permissions import actor_of
from river_monitoring.rectification.standing import standings_of
from river_monitoring.steps.standing import parties_of
from river_monitoring.steps.table import OPEN, SETS_DEADLINE, TABLE, Party, State, Transition
from river_monitoring.wording.translation import step_title
from river_monitoring.works import at_once
from river_monitoring.works import services as works
from river_monitoring.works.events import text_of
from river_monitoring.works.models import Measure
from river_monitoring.works.permissions import is_of_a_body, measures_visible_to
from river_monitoring.works.services import Asked
from ui.many_rows.cells import amount_wan, day, day_text, whole
from ui.many_rows.sheet import Filter, Sheet
from ui.many_rows.table import Column, Edit, Row
from ui.text.labels import labels_of

OF_THE_DEPARTMENT = frozenset({"responsible_name", "responsible_phone", "causes"})
SHOWN_STATES = TABLE.in_group("listed")


def _points(user: Asker) -> QuerySet[MonitoringPoint]:
    """The points on the list that an officer's department answers for; for an accepting body also all others."""
    points = points_visible_to(user).select_related("area").defer("area__geom", "geom").filter(status__in=SHOWN_STATES)
    own = Q(department=department_of(user))
    if not is_of_a_body(user):
        points = points.filter(own)
    elif reach_of(user) is not None:
        points = points.filter(own | inside(user))
    return points.order_by(Case(When(status__in=OPEN, then=0), default=1), "due_on", "code")


class _Steps(NamedTuple):
    """The steps that somebody may take now, as choices, and whether one of them sets the deadline."""

    choices: list[tuple[str, Any]]
    takes_deadline: bool


def _steps(state: State, came_from: State, mine: frozenset[Party]) -> _Steps:
    steps = TABLE.steps_now(state, mine, came_from)
    choices = [("", _("不变")), *((str(step.target), step_title(step)) for step in steps)]
    return _Steps(choices, any(step.clock in SETS_DEADLINE for step in steps))


def _point_rows(points: Sequence[MonitoringPoint], user: Asker) -> list[Row]:
    standings, is_body, actor = standings_of(points), is_of_a_body(user), actor_of(user)
    classes, states = labels_of(WaterClass.choices), labels_of(TABLE.choices())
    steps = cache(_steps)  # many points stand alike
    rows = []
    for point in points:
        standing = standings[point.pk]
        open_now = steps(standing.state, standing.came_from, parties_of(actor, standing))
        facts = (point.area.name, classes[point.current_class], states[point.status])
        rows.append(_point_row(point, user, open_now, facts, is_body=is_body))
    return rows


def _point_row(point: MonitoringPoint, user: Asker, steps: _Steps, facts: tuple[str, ...], *, is_body: bool) -> Row:
    return Row(
        pk=point.pk,
        version=point.version,
        code=point.code,
        title=point.name,
        url=point.get_absolute_url(),
        facts=facts,
        cells={
            "step": "",
            "note": "",
            "due_on": day_text(point.due_on),
            "responsible_name": point.responsible_name,
            "responsible_phone": point.responsible_phone,
            "causes": point.causes,
        },
        choices={"step": steps.choices},
        closed=_closed(point, user, takes_deadline=steps.takes_deadline, is_body=is_body),
    )


def _closed(point: MonitoringPoint, user: Asker, *, takes_deadline: bool, is_body: bool) -> frozenset[str]:
    """The cells that are not this person's: what the department keeps, or the deadline outside a step that sets it."""
    if point.department_id != department_of(user):
        return OF_THE_DEPARTMENT if takes_deadline or is_body else OF_THE_DEPARTMENT | {"due_on"}
    return frozenset() if takes_deadline else frozenset({"due_on"})


def _asked_of_point(edit: Edit) -> Asked:
    """What a row without a step asks for."""
    wanted: dict[str, Any] = dict(edit.changed)
    note = wanted.pop("note", "")
    if "due_on" in wanted:
        wanted["due_on"] = day("due_on", wanted["due_on"])
    if note.strip() and not wanted:
        raise refuse("note", "nothing-changed", _("说明要和治理状态或其他改动一起填写。"))
    return Asked(edit.version, wanted, note)


def _is_step(edit: Edit) -> bool:
    return bool(edit.changed.get("step"))


def _apply_point(point: MonitoringPoint, edit: Edit, actor: Asker) -> None:
    """Change the point's fields as in the row, then take the step, so that it is checked against the new values."""
    wanted = dict(edit.changed)
    target, note = wanted.pop("step", ""), wanted.pop("note", "")
    due_on = day("due_on", edit.values.get("due_on", ""))
    step = _step_of(point, target) if target else None
    step_sets_deadline = step is not None and step.clock in SETS_DEADLINE
    if "due_on" in wanted:
        wanted.pop("due_on") if step_sets_deadline else wanted.update(due_on=due_on)  # type: ignore[call-overload]
    if note.strip() and not wanted and not target:
        raise refuse("note", "nothing-changed", _("说明要和治理状态或其他改动一起填写。"))
    version = edit.version
    if wanted:
        reason = "" if target and "due_on" not in wanted else note  # of a moved deadline it is the step's too
        works.change_point(point.pk, actor, expected_version=version, changes=wanted, note=reason)
        version += 1
    if target:
        due = due_on if step_sets_deadline else None
        services.transition_point(point.pk, target, actor, expected_version=version, note=note, due_on=due)


def _step_of(point: MonitoringPoint, target: str) -> Transition | None:
    return TABLE.move(State(point.status), State(target)) if target in State else None


def _measures(user: Asker) -> QuerySet[Measure]:
    mine = measures_visible_to(user).filter(is_dropped=False, point__status__in=works.MEASURES_MOVE_IN)
    mine = mine.filter(point__department=department_of(user))
    mine = mine.select_related("point").defer("point__geom", "point__listed_for")
    return mine.order_by(Case(When(share_done__lt=100, then=0), default=1), "due_on", "point__code", "pk")


def _measure_rows(measures: Sequence[Measure], user: Asker) -> list[Row]:
    kinds = labels_of(Measure.Kind.choices)
    return [_measure_row(measure, kinds[measure.kind]) for measure in measures]


def _measure_row(measure: Measure, kind: str) -> Row:
    return Row(
        pk=measure.pk,
        version=measure.version,
        code=f"{measure.point.code}-{measure.pk}",
        title=measure.title,
        url=measure.point.get_absolute_url(),
        facts=(measure.point.name, kind),
        cells={
            "share_done": text_of(measure.share_done),
            "spent_wan": text_of(measure.spent_wan),
            "cost_wan": text_of(measure.cost_wan),
            "due_on": day_text(measure.due_on),
            "contractor": measure.contractor,
            "note": "",
        },
    )


def _asked_of_measure(edit: Edit) -> Asked:
    wanted: dict[str, Any] = dict(edit.changed)
    note = wanted.pop("note", "")
    if "share_done" in wanted:
        wanted["share_done"] = whole("share_done", wanted["share_done"])
    if "spent_wan" in wanted:
        wanted["spent_wan"] = amount_wan("spent_wan", wanted["spent_wan"]) or Decimal(0)
    if "cost_wan" in wanted:
        wanted["cost_wan"] = amount_wan("cost_wan", wanted["cost_wan"])
    if "due_on" in wanted:
        wanted["due_on"] = day("due_on", wanted["due_on"])
    if note.strip() and not wanted:
        raise refuse("note", "nothing-changed", _("说明要和进度或其他改动一起填写。"))
    return Asked(edit.version, wanted, note)


def _apply_measure(measure: Measure, edit: Edit, actor: Asker) -> None:
    asked = _asked_of_measure(edit)
    works.change_measure(measure.pk, actor, expected_version=asked.version, changes=asked.changes, note=asked.note)


def _listed_states(_user: Asker) -> list[tuple[str, Any]]:
    return [(state, label) for state, label in TABLE.choices() if state in SHOWN_STATES]


SHEETS: Mapping[str, Sheet] = {
    "points": Sheet(
        "points",
        gettext_lazy("点位"),
        (
            Column("step", gettext_lazy("治理状态改为"), "choice", 14),
            Column("note", gettext_lazy("说明"), "long", 24),
            Column("due_on", gettext_lazy("整治期限"), "day", 12),
            Column("responsible_name", gettext_lazy("责任人"), "text", 10),
            Column("responsible_phone", gettext_lazy("责任人电话"), "text", 14),
            Column("causes", gettext_lazy("成因"), "long", 28),
        ),
        things=_points,
        rows_of=_point_rows,
        asked=_asked_of_point,
        change=at_once.change_points,
        alone=_is_step,
        apply=_apply_point,
        last_changes=last_changes,
        search=("name", "code", "area__name"),
        is_open=Q(status__in=OPEN),
        filters=(Filter("status", gettext_lazy("治理状态"), _listed_states, lambda value: Q(status=value)),),
        labels=lambda: dict(TABLE.choices()),
        nothing=gettext_lazy("本单位没有在整治清单上的点位。"),
    ),
    "measures": Sheet(
        "measures",
        gettext_lazy("措施"),
        (
            Column("share_done", gettext_lazy("完成比例（%）"), "number", 8),
            Column("spent_wan", gettext_lazy("已完成投资（万元）"), "number", 10),
            Column("cost_wan", gettext_lazy("计划投资（万元）"), "number", 10),
            Column("due_on", gettext_lazy("完工期限"), "day", 12),
            Column("contractor", gettext_lazy("承建单位"), "text", 18),
            Column("note", gettext_lazy("说明"), "long", 24),
        ),
        things=_measures,
        rows_of=_measure_rows,
        asked=_asked_of_measure,
        change=at_once.change_measures,
        alone=lambda _edit: False,
        apply=_apply_measure,
        last_changes=last_changes,
        search=("title", "contractor", "point__name", "point__code"),
        is_open=Q(share_done__lt=100),
        nothing=gettext_lazy("在点位的“成因和措施”页登记措施后，可以在这里一次报告进度。"),
    ),
}
