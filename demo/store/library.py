"""The demo's library: real laws, and papers and study material written for the demo."""

from datetime import date, timedelta

from accounts.models import User
from demo.plan import sources
from demo.plan.calendar import moment
from demo.store import past
from library.documents.services import relate
from library.loading import load_folder
from library.models import Document, Mention, Relation
from library.places.services import decide
from library.study.services import mark_studied

LAWS = "laws"
PAPERS = "haishu/papers"
STUDY = "haishu/study"
READ = (("怎样写一件好建议", 40), ("现场看水：代表巡河的十个看点", 12))
"""What the demo's deputy has gone through, so many days ago; the rest is before her."""
MEANT = ("rivers",)
"""Kinds of places that somebody has confirmed; towns and villages wait to be looked at."""


def store_library(staff: User, deputy: User, today: date) -> int:
    """Load the folders by the same service as any; documents."""
    root = sources.folder().parent
    loaded = [load_folder(staff, root / folder, Document.Visibility.PUBLIC) for folder in (LAWS, PAPERS, STUDY)]
    for mention in Mention.objects.filter(kind__in=MEANT, document__source="演示编写").select_related("document"):
        decide(staff, mention.document, mention.pk, Mention.State.CONFIRMED)
    decision = Document.objects.get(title="关于加强小微水体长效管护的决定")
    relate(staff, decision, Relation.Kind.APPLIES, Document.objects.get(title="宁波市河道管理条例"))
    for title, days in READ:
        with past.at(moment(today - timedelta(days=days), 20)):
            mark_studied(deputy, Document.objects.get(title=title).code)
    return sum(each.documents for each in loaded)
