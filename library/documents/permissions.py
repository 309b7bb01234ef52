"""Who may read a document, and who keeps the library."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.http import Http404, HttpRequest, HttpResponse

from accounts.looking import shown_with_above
from accounts.permissions import ANONYMOUS, Asker, inside, is_district_staff, reach_of, require_role, role_of
from library.documents.models import Article, Document, Version
from library.documents.queries import shown_today


def documents_visible_to(user: Asker) -> QuerySet[Document]:
    """Return public documents for everybody, internal ones for the district's people who are signed in.

    Without a text, none.
    """
    documents = Document.objects.filter(Exists(Version.objects.filter(document=OuterRef("pk"))))
    public = Q(visibility=Document.Visibility.PUBLIC) & shown_with_above(user)
    if role_of(user) == ANONYMOUS:
        return documents.filter(public)
    if reach_of(user) is None:
        return documents
    of_department = Q(area=None) & inside(user, "department__area")
    return documents.filter(public | inside(user) | of_department)


def shown_articles_visible_to(user: Asker) -> QuerySet[Article]:
    """Return the articles of what `user` may read, each in the version that its document shows today.

    The search gives no text that is past, and none that is only to come beside one that is in force.
    """
    readable = documents_visible_to(user).values("pk")
    shown = shown_today(OuterRef("version__document"))
    return Article.objects.filter(version=shown, version__document__in=readable)


def may_keep_library(user: Asker) -> bool:
    """The district's congress staff and administrators add documents and confirm places."""
    return is_district_staff(user)


def require_librarian(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """View decorator: anonymous goes to sign-in; who does not keep the library sees 404."""

    @require_role()
    @wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if not may_keep_library(request.user):
            raise Http404
        return view(request, *args, **kwargs)

    return guarded
