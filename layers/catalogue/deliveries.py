"""Which layers are expected anew and are late, and reminding the department that brings them."""

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.db import transaction
from django.db.models import DurationField, ExpressionWrapper, F, Max, Q, QuerySet, Value
from django.db.models.functions import Coalesce, TruncDate
from django.urls import reverse
from django.utils import timezone
from django.utils.text import format_lazy
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import Role, User
from accounts.notices import notify
from accounts.permissions import Asker
from geokit.refusal import BadInput, NotPermitted
from layers.permissions import layers_managed_by, may_edit_layers
from layers.storage.models import Layer, LayerVersion
from ledger.audit import record
from ui.text.days import day_in_words

EDIT = LayerVersion.Mode.EDIT
"""Editing single features is no delivery: a late layer stays late."""
FIRST = 1
"""What was taken back was not delivered: versions count up to the one that is shown, off the map the first alone."""


@dataclass(frozen=True, slots=True)
class Delivery:
    """When a layer came last, by when the next was expected; days late are 0 while it is in time."""

    last: date
    due_on: date
    days_late: int


def expected(layers: QuerySet[Layer]) -> QuerySet[Any]:
    """Those with an interval, with `last_delivery` and `due_on`, the longest late first."""
    span = ExpressionWrapper(F("expected_days") * Value(timedelta(days=1)), output_field=DurationField())
    shown = Q(versions__number__lte=Coalesce(F("current_version__number"), FIRST))
    last = Max("versions__created", filter=shown & ~Q(versions__mode=EDIT))
    found = layers.filter(expected_days__isnull=False).annotate(last_delivery=last)
    return found.annotate(due_on=TruncDate(F("last_delivery") + span)).order_by(F("due_on").asc(nulls_first=True), "pk")


def delivery_of(layer: Layer, today: date | None = None) -> Delivery | None:
    """Return how a layer stands; None where no interval is expected or nothing was ever delivered."""
    number = layer.current_version.number if layer.current_version else FIRST
    delivered = layer.versions.filter(number__lte=number).exclude(mode=EDIT)
    newest = delivered.aggregate(last=Max("created"))["last"]
    if layer.expected_days is None or newest is None:
        return None
    today, last = today or timezone.localdate(), timezone.localdate(newest)
    due = last + timedelta(days=layer.expected_days)
    return Delivery(last, due, max(0, (today - due).days))


@transaction.atomic
def remind(actor: Asker, slug: str) -> int:
    """Tell the officers of the department that a layer is late, once a day; return how many were told.

    Raises NotPermitted, BadInput for a layer that is in time, has no department, or whose department has no officer.
    """
    if not may_edit_layers(actor):
        raise NotPermitted(_("由 GIS 人员或区人大工作人员提醒。"))
    layer = layers_managed_by(actor).select_related("department").filter(slug=slug).first()
    found = delivery_of(layer) if layer is not None else None
    if layer is None or found is None or not found.days_late:
        raise BadInput(_("这个图层没有过期。"), code="in-time")
    people = User.objects.filter(is_active=True, is_service=False, role=Role.OFFICER)
    officers = list(people.filter(department=layer.department))
    if layer.department is None or not officers:
        raise BadInput(_("这个图层没有提供部门，或部门还没有联络员。"), code="nobody-to-remind")
    title = format_lazy(gettext_lazy("数据“{title}”该更新了"), title=layer.title)
    body = format_lazy(gettext_lazy("上次更新 {last}，应在 {due} 之前再次提供。"),
                       last=day_in_words(found.last), due=day_in_words(found.due_on))  # fmt: skip
    key = f"layer-late:{layer.pk}:{timezone.localdate().isoformat()}"
    told = notify(officers, "layer-late", title, body, reverse("layers:detail", args=[layer.slug]), key=key)
    if told:
        record(actor, "layer.remind", layer, days_late=found.days_late, told=told)
    return told
