"""Pages of supervision: report, findings, photos. The page of a matter is in `desk`."""

from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.formats import date_format
from django.utils.translation import gettext
from django.views.decorators.http import require_http_methods, require_safe

from accounts.locator import locator_for
from accounts.models import Role
from accounts.permissions import require_role
from geokit.refusal import BadInput
from supervision import queries, services
from supervision.filters import FindingFilter
from supervision.forms import ReportForm
from supervision.models import Finding, FindingPhoto
from supervision.permissions import (
    findings_visible_to,
    linkable_points,
    linkable_projects,
    may_report,
    may_see_names,
    photos_visible_to,
)
from supervision.thumbnails import small_jpeg

PAGE_SIZE = 30


@require_http_methods(["GET", "HEAD", "POST"])
@require_role(Role.DEPUTY, Role.STAFF)
def report(request: HttpRequest) -> HttpResponse:
    """File what one sees. Errors keep everything typed; only photos must be chosen again."""
    if request.method != "POST":
        return _report_page(request, ReportForm(initial=_initial_report(request)))
    form = ReportForm(request.POST, request.FILES)
    if not form.is_valid():
        return _report_page(request, form, status=422)
    try:
        finding = _file(request, form)
    except BadInput as refusal:
        form.show(refusal)
        return _report_page(request, form, status=422)
    messages.success(request, _filed_message(finding))
    return redirect("supervision:finding", pk=finding.pk)


def _file(request: HttpRequest, form: ReportForm) -> Finding:
    given = form.cleaned_data
    return services.file_finding(
        request.user,
        client_id=given["client_id"],
        text=given["text"],
        category=given["category"],
        lon=given["lng"],
        lat=given["lat"],
        photos=given["photos"],
        point_code=given["point"],
        project_code=given["project"],
        address=given["address"],
    )


def _filed_message(finding: Finding) -> str:
    suggestion = finding.suggestion
    if suggestion.department is None:
        return gettext("已收到，编号 %s。正在等待人大工作人员交办。") % suggestion.number
    return gettext("已收到，编号 %(number)s，已交%(department)s办理，答复期限 %(due)s。") % {
        "number": suggestion.number,
        "department": suggestion.department,
        "due": date_format(suggestion.due_on) if suggestion.due_on else "",
    }


def _initial_report(request: HttpRequest) -> dict[str, Any]:
    """Take the place from the address: ?point=, ?project=, or ?lng=&lat=."""
    point, project = _linked_things(request.user, request.GET)
    thing = point or project
    place = thing.geom.point_on_surface if thing else None
    return {
        "client_id": ReportForm.fresh_number(),
        "point": point.code if point else "",
        "project": project.code if project else "",
        "lng": request.GET.get("lng") or (f"{place.x:.6f}" if place else ""),
        "lat": request.GET.get("lat") or (f"{place.y:.6f}" if place else ""),
        "category": request.GET.get("category", ReportForm.base_fields["category"].initial),
    }


def _linked_things(user: Any, given: Any) -> tuple[Any, Any]:
    point = linkable_points(user).filter(code=given.get("point") or "").first()
    project = linkable_projects(user).filter(code=given.get("project") or "").first()
    return point, project


def _report_page(request: HttpRequest, form: ReportForm, status: int = 200) -> HttpResponse:
    point, project = _linked_things(request.user, form.data if form.is_bound else form.initial)
    context = {"form": form, "point": point, "project": project}
    return render(request, "supervision/report.html", context, status=status)


@require_safe
@require_role(Role.DEPUTY, Role.OFFICER, Role.STAFF)
def finding_list(request: HttpRequest) -> HttpResponse:
    """List the findings that this person may see, newest first."""
    visible = findings_visible_to(request.user)
    chosen = FindingFilter(request.GET, queryset=queries.findings_for_lists(visible), request=request)
    page = Paginator(chosen.qs, PAGE_SIZE).get_page(request.GET.get("page"))
    context = {"filter": chosen, "page": page, "total": visible.count(), "may_report": may_report(request.user)}
    return render(request, "supervision/finding_list.html", context)


@require_safe
@require_role()
def finding(request: HttpRequest, pk: int) -> HttpResponse:
    """One finding: what, where, photos, and the matter it became."""
    visible = findings_visible_to(request.user).select_related(
        "area", "point", "project", "reporter", "suggestion__department"
    )
    found = get_object_or_404(visible.prefetch_related("photos"), pk=pk)
    context = {
        "finding": found,
        "suggestion": found.suggestion,
        "locator": locator_for(found.geom),
        "may_see_names": may_see_names(request.user, found),
    }
    return render(request, "supervision/finding.html", context)


@require_safe
@require_role()
def photo(request: HttpRequest, pk: int) -> FileResponse:
    """The photo itself, for whoever may see its finding."""
    found = get_object_or_404(photos_visible_to(request.user), pk=pk)
    response = FileResponse(_opened(found))
    response["Cache-Control"] = "private, max-age=3600"
    return response


@require_safe
@require_role()
def photo_small(request: HttpRequest, pk: int) -> HttpResponse:
    """A small copy of the photo for pages."""
    found = get_object_or_404(photos_visible_to(request.user), pk=pk)
    try:
        content = small_jpeg(found)
    except FileNotFoundError as error:
        raise Http404 from error
    return HttpResponse(content, content_type="image/jpeg", headers={"Cache-Control": "private, max-age=3600"})


def _opened(photo: FindingPhoto) -> Any:
    try:
        return photo.file.open("rb")
    except FileNotFoundError as error:
        raise Http404 from error
