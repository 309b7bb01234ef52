"""All tables of the room, for Django and for rooms above."""

from publishing.files.models import PageFile
from publishing.readers.models import PageReading
from publishing.register.models import PageEvent, PageRevision, SitePage

__all__ = ["PageEvent", "PageFile", "PageReading", "PageRevision", "SitePage"]
