"""All tables of the room, for Django and for rooms above."""

from publishing.files.models import PageFile
from publishing.imports.models import ImportedArticle, OldAddress
from publishing.issues.models import IssuePage
from publishing.readers.models import PageReading
from publishing.register.models import PageEvent, PageRevision, SitePage
from publishing.videos.models import PageVideo

__all__ = [
    "ImportedArticle",
    "IssuePage",
    "OldAddress",
    "PageEvent",
    "PageFile",
    "PageReading",
    "PageRevision",
    "PageVideo",
    "SitePage",
]
