"""Stations, deputies in office and reception days are public."""

from typing import Any

from django.db.models import QuerySet

from stations.models import Deputy, Reception, Station


def stations_visible_to(user: Any) -> QuerySet[Station]:
    """Every station is public."""
    return Station.objects.all()


def deputies_visible_to(user: Any) -> QuerySet[Deputy]:
    """Deputies in office are public; those who left are kept for the records alone."""
    return Deputy.objects.filter(is_active=True)


def receptions_visible_to(user: Any) -> QuerySet[Reception]:
    """Announced and held reception days are public."""
    return Reception.objects.all()
