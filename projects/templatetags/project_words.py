"""Distances in words."""

from typing import Any

from django import template
from django.utils.translation import gettext as _

register = template.Library()
KM = 1_000


@register.filter
def distance(away: Any) -> str:
    """Say how far something is: 不到 10 米, 340 米, 2.1 千米. Takes a Distance of the database."""
    metres = away.m
    if metres < 10:
        return _("不到 10 米")
    if metres < KM:
        return _("%(number)d 米") % {"number": round(metres, -1)}
    return _("%(number).1f 千米") % {"number": metres / KM}
