"""The panel of filters over points, for pages above this room that show points too."""

from typing import Any

from django import template
from django.template import Context

register = template.Library()


@register.inclusion_tag("river/partials/point_filters.html", takes_context=True)
def point_filters(context: Context, action: str) -> dict[str, Any]:
    """Draw the filters that the view put into the context; `action` is where they lead."""
    return {**_flat(context), "action": action}


@register.inclusion_tag("river/partials/month_note.html", takes_context=True)
def month_note(context: Context) -> dict[str, Any]:
    """Say which month is shown, where it is not the present."""
    return _flat(context)


def _flat(context: Context) -> dict[str, Any]:
    values: Any = context.flatten()  # the stubs allow more kinds of keys than names
    return dict(values)
