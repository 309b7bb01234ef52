"""What there is to study for somebody, and saying that one has."""

from dataclasses import dataclass

from django.db import transaction
from django.db.models import Exists, OuterRef, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import User
from accounts.permissions import Asker
from geokit.refusal import BadInput
from library.documents.models import Document, Version
from library.documents.permissions import documents_visible_to
from library.documents.queries import shown_on, shown_today
from library.study.models import Studied


@dataclass(frozen=True, slots=True)
class Progress:
    """How much of the study material somebody has gone through, what comes next, and what she has read."""

    done: int
    total: int
    next: list[Document]
    read: list[Document]


def study_for(user: User) -> QuerySet[Document]:
    """Return the study documents that `user` may read, each with `has_studied`: whether what it shows is done."""
    done = Studied.objects.filter(reader=user, version=shown_today(OuterRef(OuterRef("pk"))))
    rows = documents_visible_to(user).filter(kind=Document.Kind.STUDY, repealed_on=None)
    return rows.annotate(has_studied=Exists(done)).order_by("-created_at", "-pk")


def is_studied(document: Document) -> bool:
    """Tell whether a document is study material that still holds."""
    return document.kind == Document.Kind.STUDY and document.repealed_on is None


def progress_of(user: User, most: int) -> Progress:
    """Return what is done of how much, and at most so many of those that are not and that are."""
    rows = list(study_for(user).only("pk", "code", "title", "created_at"))
    left = [row for row in rows if not row.has_studied]  # type: ignore[attr-defined]
    read = [row for row in rows if row.has_studied]  # type: ignore[attr-defined]
    return Progress(len(read), len(rows), left[:most], read[:most])


@transaction.atomic
def mark_studied(user: User, code: str) -> Studied:
    """Say that one has gone through what a document shows today; again is the same. Raises BadInput for none."""
    found = study_for(user).filter(code=code).first()
    version = shown_on(found, timezone.localdate()) if found is not None else None
    if version is None:
        raise BadInput(_("没有这份学习资料。"), code="unknown-document")
    marked, _new = Studied.objects.get_or_create(version=version, reader=user, defaults={"at": timezone.now()})
    return marked


def studied_on(user: Asker, version: Version | None) -> Studied | None:
    """Return what `user` said of a version; None for nothing."""
    return Studied.objects.filter(version=version, reader=user).first() if isinstance(user, User) and version else None
