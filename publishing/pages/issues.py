"""Issues of the journal: the list by year, and the reader page by page, with each page's text."""

from uuid import UUID

from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_safe

from ledger.filestore.responses import stored_response
from publishing.body.blocks import BlockKind, files_of
from publishing.files.services import shown_to
from publishing.issues.models import IssuePage
from publishing.register.models import SitePage
from publishing.register.permissions import pages_kept_by, pages_visible_to
from publishing.register.workflow import newest_of
from ui.forms.refusable import whole_number

PICTURE_CACHE = "private, max-age=86400"


@require_safe
def issue_list(request: HttpRequest) -> HttpResponse:
    """The issues of one year, ``?year=``, or of the newest that there is."""
    rows = pages_visible_to(request.user).filter(column=SitePage.Column.JOURNAL, issue_year__isnull=False)
    years = list(rows.order_by("-issue_year").values_list("issue_year", flat=True).distinct())
    asked = whole_number(request.GET.get("year"))
    chosen = asked if asked in years else (years[0] if years else None)
    issues = rows.filter(issue_year=chosen).select_related("area", "live").order_by("-issue_number", "-pk")
    return render(request, "publishing/issues.html", {"years": years, "chosen": chosen, "issues": issues})


@require_safe
def issue_page(request: HttpRequest, code: str, number: int) -> HttpResponse:
    """One page of an issue: its picture, its text, the pages beside it."""
    user = request.user
    readable = pages_visible_to(user) | pages_kept_by(user)
    found = get_object_or_404(readable.select_related("live").distinct(), code=code)
    sheets = {one.number: one for one in _sheets(found)}
    sheet = sheets.get(number)
    if sheet is None:
        raise Http404
    context = {
        "site_page": found,
        "sheet": sheet,
        "total": len(sheets),
        "before": number - 1 if number - 1 in sheets else None,
        "after": number + 1 if number + 1 in sheets else None,
        "is_public": found.audience == SitePage.Audience.EVERYBODY,
    }
    return render(request, "publishing/issue_page.html", context)


def _sheets(found: SitePage) -> QuerySet[IssuePage]:
    """The pages of the issue that a page shows; of one that is not shown yet, those in its newest wording."""
    revision = found.live or newest_of(found)
    numbers = files_of([block for block in revision.body if block["kind"] == BlockKind.ISSUE]) if revision else set()
    return (
        IssuePage.objects.filter(file__page=found, file__number__in=numbers).select_related("file").order_by("number")
    )


@require_safe
def issue_picture(request: HttpRequest, number: UUID, page: int, sha256: str) -> HttpResponseBase:
    """The picture of a page, for whoever may see the issue's file."""
    file = shown_to(request.user, number)
    sheet = IssuePage.objects.filter(file=file, number=min(page, 32_000)).first() if file else None
    if sheet is None or sheet.sha256[:16] != sha256:
        raise Http404
    return stored_response(request, sheet.picture, cache=PICTURE_CACHE, content_type="image/jpeg")
