"""All tables of the room, for Django and for rooms above."""

from library.documents.models import Article, Document, Relation, Version
from library.places.models import Mention
from library.study.models import Studied

__all__ = ["Article", "Document", "Mention", "Relation", "Studied", "Version"]
