"""Pages of findings and their photos. The page of a matter is in `matter`, the form to report in `public`."""

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_safe

from accounts.areas.locator import locator_for
from accounts.models import Role
from accounts.permissions import require_role
from accounts.prepared.answers import table_or_wait
from accounts.tokens.by_token import by_token
from accounts.tokens.reading import READS
from ledger.filestore.responses import stored_response
from ledger.filestore.small_copies import small_response
from supervision.desk.things import projects_seen
from supervision.findings.arrivals import arrivals_of
from supervision.findings.permissions import may_report
from supervision.matters import queries
from supervision.matters.filters import FindingFilter
from supervision.matters.permissions import (
    findings_visible_to,
    matters_of_findings,
    may_see_names,
    photos_visible_to,
    shown_of_findings,
    videos_visible_to,
)
from supervision.pages import export
from supervision.pages.videos import video_response
from supervision.public.permissions import published_matters
from ui.downloads import TABLE_FILES
from ui.pagination import page_of_chosen

PAGE_SIZE = 30


@require_safe
@require_role(Role.DEPUTY, Role.OFFICER, Role.STAFF)
def finding_list(request: HttpRequest) -> HttpResponse:
    """List the findings that this person may see, newest first."""
    visible = findings_visible_to(request.user)
    asked = visible.alias(**shown_of_findings(request.user)).order_by("-created_at", "-pk")
    chosen = FindingFilter(request.GET, queryset=asked, request=request)
    page = page_of_chosen(request, chosen.qs, PAGE_SIZE, queries.findings_for_lists)
    shown = matters_of_findings(request.user, list(page))
    is_narrow = any(name in chosen.filters for name in request.GET)
    total = visible.count() if is_narrow else page.paginator.count  # the same, and long to count
    context = {
        "filter": chosen,
        "page": page,
        "rows": [(found, shown.get(found.pk, [])) for found in page],
        "total": total,
        "may_report": may_report(request.user),
    }
    return render(request, "supervision/finding_list.html", context)


@by_token(READS)
@require_safe
@require_role(Role.DEPUTY, Role.OFFICER, Role.STAFF)
def download(request: HttpRequest, extension: str) -> HttpResponseBase:
    """Everything that the list with the same filters shows, as CSV or XLSX; a worker writes what is long."""
    if extension not in TABLE_FILES:
        raise Http404
    found = export.chosen(request.user, request.GET)
    return table_or_wait(
        request, "supervision.pages.export.table", found, f"matters-{timezone.localdate()}.{extension}"
    )


@require_safe
def finding(request: HttpRequest, pk: int) -> HttpResponse:
    """One finding in full; whoever may read only the public version of its matter is led there."""
    published = published_matters(request.user).filter(finding=pk).first()
    if published and not findings_visible_to(request.user).filter(pk=pk).exists():
        return redirect("matters:matter", published.number)
    return _finding_in_full(request, pk)


@require_role()
def _finding_in_full(request: HttpRequest, pk: int) -> HttpResponse:
    """What, where, photos, and the matter it became."""
    visible = findings_visible_to(request.user).select_related(
        "area", "point", "project", "reporter", "suggestion__department"
    )
    found = get_object_or_404(visible.prefetch_related("photos"), pk=pk)
    [matter, *others] = matters_of_findings(request.user, [found])[found.pk]
    context = {
        "finding": found,
        "suggestion": matter,
        "others": others,
        "project": found.project if found.project_id in projects_seen([found], request.user) else None,
        "arrivals": arrivals_of(found),
        "locator": locator_for(found.geom),
        "may_see_names": may_see_names(request.user, found) or may_see_names(request.user, matter),
    }
    return render(request, "supervision/finding.html", context)


@require_safe
@require_role()
def photo(request: HttpRequest, pk: int) -> HttpResponseBase:
    """The photo itself, for whoever may see its finding."""
    found = get_object_or_404(photos_visible_to(request.user), pk=pk)
    return stored_response(request, found.file, cache="private, max-age=3600")


@require_safe
@require_role()
def video(request: HttpRequest, pk: int, part: str) -> HttpResponseBase:
    """The video of a finding, or a picture of it, for whoever may see the finding."""
    return video_response(request, get_object_or_404(videos_visible_to(request.user), pk=pk), part)


@require_safe
@require_role()
def photo_small(request: HttpRequest, pk: int) -> HttpResponse:
    """A small copy of the photo for pages."""
    found = get_object_or_404(photos_visible_to(request.user), pk=pk)
    return small_response(found.file)
