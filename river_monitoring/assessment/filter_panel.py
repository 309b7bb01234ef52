"""The panel of point filters beside the list and on the map: its fields and the filters in use."""

import datetime as dt
from dataclasses import dataclass
from typing import Any

from django.http import QueryDict
from django.utils.translation import gettext as _

from river_monitoring.assessment.filters import PointFilter
from river_monitoring.standard.averages import span_of
from river_monitoring.wording.quality import span_in_words

BOXES = ("class", "status", "kind")
SELECTS = ("area", "river", "department", "chief", "overdue")
# Parameters that the map adds to the address, and what no reader chose by name.
NOT_CHOSEN = {"at", "in_bbox", "near", "within"}


@dataclass(frozen=True)
class Chosen:
    """One filter in use: its name and value in words, and the address's query without it."""

    label: str
    value: str
    without: str


def month_in_words(month: dt.date) -> str:
    return span_in_words(span_of(month, "month"))


def panel_context(chosen: PointFilter, query: QueryDict) -> dict[str, Any]:
    """Return what `river/partials/point_filters.html` shows of these filters."""
    form = chosen.form
    month = form.cleaned_data.get("at") if form.is_valid() else None
    in_use = [name for name in form.changed_data if name not in NOT_CHOSEN | {"q"}]
    return {
        "form": form,
        "filter_boxes": [form[name] for name in BOXES],
        "filter_selects": [form[name] for name in SELECTS],
        "in_use": in_use,
        "chosen": _chosen(chosen, query) if form.is_valid() else [],
        "month": month,
        "month_words": month_in_words(month) if month else "",
    }


def _chosen(filters: PointFilter, query: QueryDict) -> list[Chosen]:
    form = filters.form
    names = [name for name in ("q", *BOXES, *SELECTS) if name in form.changed_data]
    return [
        Chosen(str(form[name].label), words, query_without(query, name, value))
        for name in names
        for value, words in _values(form, name)
    ]


def _values(form: Any, name: str) -> list[tuple[str, str]]:
    """Each value of a field as it stands in the address, and in words."""
    values = form.cleaned_data[name]
    choices = {str(value): str(label) for value, label in getattr(form.fields[name], "choices", ())}
    if name == "overdue":
        return [(form[name].data, _("已逾期") if values else _("未逾期"))]
    found = values if isinstance(values, list) else [values]
    return [(str(getattr(value, "code", value)), choices.get(str(value), str(value))) for value in found]


def query_without(query: QueryDict, name: str, value: str | None = None) -> str:
    """Return the query without `name` (or only without one of its values), from its first page."""
    rest = query.copy()
    rest.setlist(name, [item for item in rest.getlist(name) if value is not None and item != value])
    rest.pop("page", None)
    for key in [key for key, values in rest.lists() if not any(values)]:
        del rest[key]
    return rest.urlencode()
