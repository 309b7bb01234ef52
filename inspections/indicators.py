"""Figures of inspections: their part of the numbers page."""

from django.template.loader import render_to_string

from accounts.indicators import Source
from accounts.permissions import Asker
from inspections.patrols.queries import numbers


def section(asker: Asker) -> str:
    """How often and how far was patrolled lately; the same for everybody of a district."""
    return render_to_string("patrols/_numbers.html", {"numbers": numbers(asker)})


SOURCES = (Source(code="patrols", cases=lambda asker, scope, today: (), section=section),)
