"""Choices that the filters of several rooms offer."""

from typing import Any

from django.db.models import QuerySet

from accounts.directory.models import Area
from accounts.permissions import areas_visible_to


def towns(request: Any) -> QuerySet[Area]:
    """Return the towns that the asker may choose from; `request` is None while a schema is drawn."""
    return areas_visible_to(getattr(request, "user", None)).filter(level=Area.Level.TOWN)
