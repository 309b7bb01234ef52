"""With a second district, the internal documents that are there stay the first one's."""

from typing import Any

from accounts.directory.levels import second_district
from accounts.models import Area
from library.documents.models import Document


def settle(district: Area, **kwargs: Any) -> None:
    """Give the internal documents that name neither area nor department to the district that they were kept in."""
    internal = Document.objects.filter(visibility=Document.Visibility.INTERNAL)
    internal.filter(area=None, department=None).update(area=district)


def connect() -> None:
    """Listen for a second district."""
    second_district.connect(settle, dispatch_uid="library.documents.settling")
