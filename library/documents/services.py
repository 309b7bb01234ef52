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
    """Add a document with its first version. Raises BadInput without title or text."""
    law = read_law(read.text)
    title = (facts.get("title") or law.title).strip()
    if not title:
        raise refuse("title", "document-without-title", _("请写题名：文件开头没有读出来。"))
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
    digest = hashlib.sha256(original.content if read.is_scan and original else read.text.encode()).hexdigest()
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


@transaction.atomic
def relate(actor: Asker, source: Document, kind: str, target: Document, on: date | None = None) -> Relation:
    """Say what one document does to another; a repeal ends the other's force on a day. Raises BadInput for itself."""
    if source.pk == target.pk:
        raise refuse("target", "document-itself", _("文件不能与自己建立关系。"))
    relation, is_new = Relation.objects.get_or_create(source=source, kind=kind, target=target)
    if kind == Relation.Kind.REPEALS and on is not None:
        Document.objects.filter(pk=target.pk).update(repealed_on=on)
    if is_new:
        record(actor, "library.relate", source, kind=kind, target=target.pk)
    return relation
