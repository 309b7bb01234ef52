"""What there is to study for somebody, and saying that one has."""

from dataclasses import dataclass

from django.db import transaction
from django.db.models import Exists, OuterRef, QuerySet, Subquery
from django.utils.translation import gettext as _

from accounts.models import User
from accounts.permissions import Asker
from geokit.refusal import BadInput
from library.documents.models import Document, Version
from library.documents.permissions import documents_visible_to
from library.documents.queries import newest
from library.study.models import Studied


@dataclass(frozen=True, slots=True)
class Progress:
    """How much of the study material somebody has gone through, and what comes next."""

    done: int
    total: int
    next: list[Document]


def study_for(user: User) -> QuerySet[Document]:
    """Return the study documents that `user` may read, each with `has_studied`: whether its newest version is done."""
    current = Version.objects.filter(document=OuterRef(OuterRef("pk"))).newest_first().values("pk")[:1]
    done = Studied.objects.filter(reader=user, version=Subquery(current))
    rows = documents_visible_to(user).filter(kind=Document.Kind.STUDY, repealed_on=None)
    return rows.annotate(has_studied=Exists(done)).order_by("-created_at", "-pk")


def progress_of(user: User, most: int) -> Progress:
    """Return what is done of how much, and at most so many that are not."""
    rows = list(study_for(user).only("pk", "code", "title", "created_at"))
    left = [row for row in rows if not row.has_studied]  # type: ignore[attr-defined]
    return Progress(len(rows) - len(left), len(rows), left[:most])


@transaction.atomic
def mark_studied(user: User, code: str) -> Studied:
    """Say that one has gone through the newest version; said again it is the same. Raises BadInput for none."""
    found = study_for(user).filter(code=code).first()
    version = newest(found) if found is not None else None
    if version is None:
        raise BadInput(_("没有这份学习资料。"), code="unknown-document")
    marked, _new = Studied.objects.get_or_create(version=version, reader=user)
    return marked


def studied_on(user: Asker, version: Version | None) -> Studied | None:
    """Return what `user` said of a version; None for nothing."""
    return Studied.objects.filter(version=version, reader=user).first() if isinstance(user, User) and version else None
