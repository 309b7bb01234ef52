"""What of the library the search of the site finds: documents by their names, and their articles."""

from django.utils.translation import gettext_lazy as _

from library.documents.models import Article, Document, Version
from library.documents.permissions import documents_visible_to, shown_articles_visible_to
from library.documents.queries import newest
from search.offers import Described, Offer, Watch


def _document(document: Document) -> Described:
    version = newest(document)
    day = version.day if version else None
    return Described(
        document.title,
        document.get_absolute_url(),
        codes=[document.number],
        text="\n".join(filter(None, [document.subjects, version.preamble if version else ""])),
        meta=document.organ,
        area_id=document.area_id,
        year=day.year if day else None,
        organ=document.organ,
    )


def _article(article: Article) -> Described:
    """Under the name of its document, so that 河道管理条例 第九条 finds it."""
    version = article.version
    document = version.document
    name = article.label or article.chapter
    return Described(
        f"{document.title} {name}".strip(),
        article.get_absolute_url(),
        text=article.text,
        meta=article.chapter if article.label else document.organ,
        area_id=document.area_id,
        year=version.day.year if version.day else None,
        organ=document.organ,
    )


OFFERS = [
    Offer(
        "documents",
        _("法规文件"),
        Document,
        documents_visible_to,
        _document,
        weight=5,
        watches=(Watch(Version, "document_id"),),
    ),
    Offer(
        "articles",
        _("条文"),
        Article,
        shown_articles_visible_to,
        _article,
        weight=1,
        related=("version__document",),
        watches=(Watch(Version, "document_id", via="version__document"), Watch(Document, via="version__document")),
    ),
]
