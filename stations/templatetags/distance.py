"""Distances in words: metres below one kilometre, kilometres above."""

from django import template
from django.contrib.gis.measure import Distance
from django.utils.translation import gettext as _

register = template.Library()


@register.filter
def distance(away: Distance) -> str:
    """Say a distance as people do: 340 米, 2.1 千米."""
    if away.m < 1000:
        return _("%(number)d 米") % {"number": round(away.m, -1)}
    return _("%(number).1f 千米") % {"number": away.km}
