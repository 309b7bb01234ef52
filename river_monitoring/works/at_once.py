"""Changing many points or measures at once: the same checks and the same history as one by one, in a few queries.

Each row is allowed or refused by itself. What is written is written together: the rows, their events and their entries
of the audit trail.
"""

from collections.abc import Iterable, Mapping
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.permissions import Asker, department_of
from geokit.refusal import BadInput, Refusal
from ledger import audit
from river_monitoring.points.models import MonitoringPoint
from river_monitoring.points.permissions import points_visible_to
from river_monitoring.works import events, services
from river_monitoring.works.models import Measure
from river_monitoring.works.permissions import is_of_a_body
from river_monitoring.works.services import Asked

type Refused = dict[int, Refusal]


@transaction.atomic
def change_points(actor: Asker, asked: Mapping[int, Asked]) -> Refused:
    """Change each point as asked by its key; return the refusals. `services.change_point` says the rules."""
    points = points_visible_to(actor).select_for_update(of=("self",)).select_related("department")
    locked = {point.pk: point for point in points.filter(pk__in=asked).order_by("pk")}
    is_body, own = is_of_a_body(actor), department_of(actor)
    refused, done = _unknown(asked, locked, _("没有编号为 %s 的监测点位。")), []
    for pk, point in locked.items():
        may_move = is_body and own != point.department_id
        try:
            found = services.set_on_point(point, actor, asked[pk], may_move=may_move)
        except Refusal as refusal:
            refused[pk] = refusal
        else:
            done += [(point, found)] if found else []
    _save(MonitoringPoint, done)
    _write(
        actor,
        "change-point",
        [(services.verb_of_point(found), found, asked[one.pk], {"point": one}) for one, found in done],
    )
    return refused


@transaction.atomic
def change_measures(actor: Asker, asked: Mapping[int, Asked]) -> Refused:
    """Change each measure as asked by its key; return the refusals. `services.change_measure` says the rules."""
    owners = dict(Measure.objects.filter(pk__in=asked).values_list("pk", "point"))
    points = points_visible_to(actor).select_for_update(of=("self",)).select_related("department")
    of_point = {point.pk: point for point in points.filter(pk__in=set(owners.values())).order_by("pk")}
    rows = Measure.objects.filter(pk__in=asked, point__in=of_point).select_for_update(of=("self",)).order_by("pk")
    locked = {row.pk: row for row in rows.select_related("outfall")}
    refused, done = _unknown(asked, locked, _("没有编号为 %s 的治理措施。")), []
    for pk, measure in locked.items():
        point = of_point[measure.point_id]
        try:
            services.require_own(point, actor)
            services.refuse_unfit_measure(measure, point, asked[pk].version)
            measure.point = point
            found = services.set_on_measure(measure, asked[pk])
        except Refusal as refusal:
            refused[pk] = refusal
        else:
            done += [(measure, found)] if found else []
    _save(Measure, done)
    told = [
        (services.verb_of_measure(found), found, asked[one.pk], {"point": one.point, "measure": one})
        for one, found in done
    ]
    _write(actor, "change-measure", told)
    return refused


def _unknown(asked: Iterable[int], locked: Mapping[int, Any], words: str) -> Refused:
    return {pk: BadInput(words % pk, code="unknown-row") for pk in asked if pk not in locked}


def _save(model: Any, done: list[tuple[Any, events.Changes]]) -> None:
    now = timezone.now()
    for thing, _found in done:
        thing.updated_at = now
    names = sorted({name for _thing, found in done for name in found})
    if done:
        model.objects.bulk_update([thing for thing, _found in done], [*names, "version", "updated_at"], events.BATCH)


def _write(actor: Asker, verb: str, told: list[tuple[Any, events.Changes, Asked, dict[str, Any]]]) -> None:
    events.write_many(actor, (events.Said(kind, found, about, one.note) for kind, found, one, about in told))
    audit.record_many(actor, verb, [(about["point"], _entry(found, about)) for _kind, found, _one, about in told])


def _entry(found: events.Changes, about: Mapping[str, Any]) -> dict[str, Any]:
    """What the audit trail says of one change, as of the same change by itself."""
    if "measure" in about:
        return services.entry_of_measure(found, about["measure"])
    return services.entry_of_point(found)
