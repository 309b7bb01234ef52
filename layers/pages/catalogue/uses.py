"""Who has set a layer against others."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Q
from django.utils import timezone

from layers.overlay.models import OverlayRun
from layers.storage.models import Layer

MOST_USES = 50


@dataclass(frozen=True, slots=True)
class Use:
    """Somebody's question that this layer was part of."""

    who: str
    department: str
    what: str
    on: date


def uses_of(layer: Layer) -> Sequence[Use]:
    """Return the questions that the layer was part of, the newest first."""
    runs = OverlayRun.objects.filter(Q(parameters__layer=layer.slug) | Q(parameters__zones=layer.slug))
    return [_use(run) for run in runs.select_related("created_by__department").order_by("-created")[:MOST_USES]]


def _use(run: Any) -> Use:
    user = run.created_by
    unit = user.department.short_name if user is not None and user.department is not None else ""
    return Use(str(user or ""), unit, str(run.get_tool_display()), timezone.localdate(run.created))
