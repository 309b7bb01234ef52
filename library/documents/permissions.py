"""Who may read a document, and who keeps the library."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.db.models import Exists, OuterRef, Q, QuerySet, Subquery
from django.http import Http404, HttpRequest, HttpResponse

from accounts.looking import shown_with_above
from accounts.permissions import ANONYMOUS, Asker, inside, is_district_staff, reach_of, require_role, role_of
from library.documents.models import Article, Document, Version


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


def newest_articles_visible_to(user: Asker) -> QuerySet[Article]:
    """Return the articles of the newest versions of what `user` may read: the search gives no text that is past."""
    newest = Version.objects.filter(document=OuterRef("version__document")).newest_first()
    readable = documents_visible_to(user).values("pk")
    return Article.objects.filter(version=Subquery(newest.values("pk")[:1]), version__document__in=readable)


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
