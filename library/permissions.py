"""Who may read and keep what of the library, for rooms above; each topic's `permissions` holds its own."""

from library.documents.permissions import (
    documents_visible_to,
    may_keep_library,
    require_librarian,
    shown_articles_visible_to,
)
from library.places.permissions import mentions_visible_to

__all__ = [
    "documents_visible_to",
    "may_keep_library",
    "mentions_visible_to",
    "require_librarian",
    "shown_articles_visible_to",
]
