"""Lengths and areas of waters, and states of points, in words."""

from django import template
from django.utils.translation import gettext as _

from river_monitoring.steps.table import TABLE

register = template.Library()
KM = 1_000
KM2 = 1_000_000


@register.filter
def metres(length: float | None) -> str:
    """Format a length: 340 米, 2.1 千米; nothing for None."""
    if length is None:
        return ""
    if length < KM:
        return _("%(number)d 米") % {"number": round(length, -1)}
    return _("%(number).1f 千米") % {"number": length / KM}


@register.filter
def point_status(value: str) -> str:
    """Name a state of rectification: ``under_way`` -> 治理中."""
    return str(TABLE.label(value))


@register.filter
def square_metres(area: float | None) -> str:
    """Format an area: 4200 平方米, 3.2 平方千米; nothing for None."""
    if area is None:
        return ""
    if area < KM2 / 10:
        return _("%(number)d 平方米") % {"number": round(area, -2)}
    return _("%(number).2f 平方千米") % {"number": area / KM2}


@register.filter
def near_metres(length: float) -> str:
    """Format a distance to walk, rounded to ten metres: 340 米, 2.1 千米."""
    return metres(max(length, 10))
