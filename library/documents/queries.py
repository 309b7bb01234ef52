"""Reads of the library: which version a day has, the contents of one, neighbours of an article."""

from dataclasses import dataclass, field
from datetime import date, timedelta

from django.db.models import OuterRef, Subquery
from django.db.models.functions import Coalesce
from django.utils import timezone

from library.documents.models import Article, Document, Version


@dataclass
class Standing:
    """A version with the days on which it is in force; None is open."""

    version: Version
    begins: date | None
    ends: date | None


@dataclass
class Chapter:
    """A heading with the articles below it."""

    title: str
    articles: list[Article] = field(default_factory=list)


def standings(document: Document) -> list[Standing]:
    """Return the versions of a document, the newest first, each with when it was in force."""
    rows: list[Standing] = []
    ends = document.repealed_on - timedelta(days=1) if document.repealed_on else None
    for version in document.versions.newest_first():
        begins = version.in_force_on or version.adopted_on
        rows.append(Standing(version, begins, ends))
        ends = begins - timedelta(days=1) if begins and begins > date.min else ends
    return rows


def version_on(document: Document, day: date) -> Version | None:
    """Return the version in force on a day; None before the first and from its repeal on."""
    if document.repealed_on and document.repealed_on <= day:
        return None
    return document.versions.on(day).first()


def newest(document: Document) -> Version | None:
    """Return the version that was made last, in force or not yet."""
    return document.versions.newest_first().first()


def shown_on(document: Document, day: date) -> Version | None:
    """Return what a document shows first: the version in force, and where none is the newest."""
    return version_on(document, day) or newest(document)


def shown_today(document: OuterRef) -> Coalesce:
    """The key of what a document shows today (`shown_on`), in a query where `document` leads to it."""
    versions = Version.objects.filter(document=document)
    in_force, last = versions.on(timezone.localdate()), versions.newest_first()
    return Coalesce(Subquery(in_force.values("pk")[:1]), Subquery(last.values("pk")[:1]))


def chapters(version: Version) -> list[Chapter]:
    """Return the articles of a version below their headings."""
    found: list[Chapter] = []
    for article in version.articles.order_by("order"):
        if not found or found[-1].title != article.chapter:
            found.append(Chapter(article.chapter))
        found[-1].articles.append(article)
    return found
