"""The demo's library: real laws, and three papers written for the demo that speak of its waters."""

from accounts.models import User
from demo.plan import sources
from library.documents.services import relate
from library.loading import load_folder
from library.models import Document, Mention, Relation
from library.places.services import decide

LAWS = "laws"
PAPERS = "haishu/papers"
MEANT = ("rivers",)
"""Kinds of places that somebody has confirmed; towns and villages wait to be looked at."""


def store_library(staff: User) -> int:
    """Load both folders by the same service as any; documents."""
    root = sources.folder().parent
    loaded = [load_folder(staff, root / folder, Document.Visibility.PUBLIC) for folder in (LAWS, PAPERS)]
    for mention in Mention.objects.filter(kind__in=MEANT, document__source="演示编写").select_related("document"):
        decide(staff, mention.document, mention.pk, Mention.State.CONFIRMED)
    decision = Document.objects.get(title="关于加强小微水体长效管护的决定")
    relate(staff, decision, Relation.Kind.APPLIES, Document.objects.get(title="宁波市河道管理条例"))
    return sum(each.documents for each in loaded)
