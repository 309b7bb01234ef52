"""Figures of stations: their part of the numbers page."""

from django.template.loader import render_to_string

from accounts.indicators import Source
from accounts.permissions import Asker
from stations.statistics.queries import numbers


def section(asker: Asker) -> str:
    """The receptions of all stations."""
    return render_to_string("stations/_numbers.html", {"numbers": numbers(asker)})


SOURCES = (Source(code="receptions", cases=lambda asker, scope, today: (), section=section),)
