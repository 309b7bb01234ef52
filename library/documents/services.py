"""Writing to the library: a document, another version of one, what documents have to do with one another."""

import hashlib
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.core.files.base import ContentFile
from django.db import transaction
from django.utils.translation import gettext as _

from accounts.permissions import Asker
from geokit.refusal import refuse
from ledger.audit import record
from ledger.locks import wait_turn
from library.documents.models import Article, Document, Relation, Version
from library.reading.files import ReadFile
from library.reading.law_text import LawText, read_law
from ui.text.search_key import search_key

MOST_CODE = 50
OF_PAGES = {"new", "terms"}
"""Addresses below `/library/` that are no document's."""


@dataclass(frozen=True)
class Original:
    """The file as it was sent."""

    name: str
    content: bytes


def code_for(title: str) -> str:
    """Return a code that is not taken: the initials of the title, with a number where it must be."""
    spelt = search_key(title).split(" ")[-1]
    base = "".join(letter for letter in spelt if letter.isascii() and letter.isalnum())[:MOST_CODE] or "document"
    taken = OF_PAGES.union(Document.objects.filter(code__startswith=base).values_list("code", flat=True))
    return next(code for code in (base, *(f"{base}-{n}" for n in range(2, 10_000))) if code not in taken)


@transaction.atomic
def add_document(
    actor: Asker,
    facts: dict[str, Any],
    read: ReadFile,
    days: tuple[date | None, date | None],
    original: Original | None,
) -> Version:
    """Add a document with its first version. Raises BadInput without title or text, and for one that is there."""
    wait_turn("library.document")  # two at once would take one code, and one form sent twice is one document
    law = read_law(read.text)
    title = (facts.get("title") or law.title).strip()
    if not title:
        raise refuse("title", "document-without-title", _("请写题名：文件开头没有读出来。"))
    same = Version.objects.filter(document__title=title[:200], sha256=digest_of(read, original))
    if same.exists():
        raise refuse("file", "document-twice", _("这份文件已经在库里了。"))
    document = Document.objects.create(**(facts | {"title": title[:200], "code": code_for(title)}))
    return _add(actor, document, law, read, days, original)


@transaction.atomic
def add_version(
    actor: Asker, document: Document, read: ReadFile, days: tuple[date | None, date | None], original: Original | None
) -> Version:
    """Add another version of a document. Raises BadInput for a text that is there already."""
    document = Document.objects.select_for_update().get(pk=document.pk)
    return _add(actor, document, read_law(read.text), read, days, original)


def _add(
    actor: Asker,
    document: Document,
    law: LawText,
    read: ReadFile,
    days: tuple[date | None, date | None],
    original: Original | None,
) -> Version:
    if not law.parts and not law.preamble and not read.is_scan:
        raise refuse("file", "document-empty", _("文件里没有正文。"))
    digest = digest_of(read, original)
    if document.versions.filter(sha256=digest).exists():
        raise refuse("file", "document-twice", _("这个版本已经在库里了。"))
    adopted_on, in_force_on = days[0] or law.adopted_on, days[1] or law.in_force_on
    warnings = [pair for pair in law.warnings if pair[0] != "no-date" or not (adopted_on or in_force_on)]
    version = Version(
        document=document,
        adopted_on=adopted_on,
        in_force_on=in_force_on,
        preamble=law.preamble,
        reading=Version.Reading.SCAN if read.is_scan else Version.Reading.TEXT,
        file_name=original.name[:200] if original else "",
        sha256=digest,
        warnings=[list(pair) for pair in warnings],
    )
    if original:
        version.file.save(original.name, ContentFile(original.content), save=False)
    version.save()
    Article.objects.bulk_create(
        Article(version=version, order=at, anchor=p.anchor, label=p.label, chapter=p.chapter, text=p.text)
        for at, p in enumerate(law.parts, 1)
    )
    record(actor, "library.version", document, version=version.pk, sha256=digest)
    return version


def digest_of(read: ReadFile, original: Original | None) -> str:
    """What a version is known by: its text, or of a scan the file."""
    return hashlib.sha256(original.content if read.is_scan and original else read.text.encode()).hexdigest()


@transaction.atomic
def relate(actor: Asker, source: Document, kind: str, target: Document, on: date | None = None) -> Relation:
    """Say what one document does to another; a repeal ends the other's force on a day.

    Raises BadInput for itself, and for a repeal of which nobody says the day: the other would be in force as before.
    """
    if source.pk == target.pk:
        raise refuse("target", "document-itself", _("文件不能与自己建立关系。"))
    is_repeal = kind == Relation.Kind.REPEALS
    if is_repeal and on is None:
        raise refuse("on", "repeal-without-day", _("请写废止日期：没有日期，对象文件仍显示为现行有效。"))
    before = Document.objects.select_for_update().get(pk=target.pk).repealed_on
    relation, is_new = Relation.objects.get_or_create(source=source, kind=kind, target=target)
    if is_repeal:
        Document.objects.filter(pk=target.pk).update(repealed_on=on)
    if is_new or (is_repeal and on != before):
        day = {"on": str(on), "before": str(before or "")} if is_repeal else {}
        record(actor, "library.relate", source, kind=kind, target=target.pk, **day)
    return relation
