"""Reads of the encyclopedia: its entries, the words by which texts are marked, the articles that entries come from."""

from collections.abc import Sequence
from functools import lru_cache

from django.db.models import QuerySet
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language

from accounts.permissions import Asker
from library.documents.models import Article
from library.documents.permissions import documents_visible_to
from library.documents.queries import shown_on
from library.terms import congress, waters
from library.terms.entry import Entry
from ui.text.terms import Term, Vocabulary

GROUPS: tuple[tuple[str, Sequence[Entry]], ...] = (("congress", congress.ENTRIES), ("waters", waters.ENTRIES))
ENTRIES = {entry.code: entry for _group, entries in GROUPS for entry in entries}


def names_of(entry: Entry) -> list[str]:
    """Return all names of an entry: in the language of the request, in Chinese, and other ways of writing it."""
    return list(dict.fromkeys((str(entry.name), entry.chinese, *entry.also)))


def words() -> Vocabulary:
    """Return the names of all entries with what they mean, in the language of the request."""
    return _words(get_language() or "")


@lru_cache(maxsize=8)
def _words(_language: str) -> Vocabulary:
    names: dict[str, Term | None] = {}
    for entry in ENTRIES.values():
        names |= dict.fromkeys(names_of(entry), _term(entry)) | dict.fromkeys(entry.unlike)
    return Vocabulary(names)


def _term(entry: Entry) -> Term:
    return Term(entry.code, str(entry.meaning), entry.basis, reverse("library:term", args=[entry.code]))


def articles_of(entry: Entry, user: Asker) -> list[Article]:
    """Return the articles that an entry comes from, as they are in force, where `user` may read that law here."""
    law = documents_visible_to(user).filter(title=entry.law).order_by("pk").first() if entry.law else None
    version = shown_on(law, timezone.localdate()) if law is not None else None
    if version is None:
        return []
    articles: QuerySet[Article] = version.articles.select_related("version__document")
    by_label = {article.label: article for article in articles.filter(label__in=entry.articles).order_by("-order")}
    return [by_label[label] for label in entry.articles if label in by_label]
