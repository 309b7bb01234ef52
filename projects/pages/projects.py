"""Pages of livelihood projects: the list, one project, its photos, and the files to take away."""

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from accounts.looking import as_public
from accounts.models import Role
from accounts.permissions import require_role
from accounts.tokens.by_token import by_token
from accounts.tokens.reading import READS
from geokit.refusal import BadInput, StaleEdit
from projects.covering.services import photo_for
from projects.feedback.services import count_waiting_feedback, may_moderate
from projects.open_data import downloads
from projects.pages.access import signed_in, updatable
from projects.pages.forms.plan import MilestoneForm
from projects.pages.photos import photo_response
from projects.pages.project_page import show_project
from projects.plan import queries, services
from projects.plan.models import Milestone
from projects.plan.permissions import projects_visible_to, reports_visible_to
from projects.plan.proximity import PARAMETERS
from ui.forms.refusable import check_filter
from ui.pagination import page_of

PAGE_SIZE = 20
DOWNLOADS = {"csv": downloads.as_csv, "geojson": downloads.as_geojson}


@require_safe
def project_list(request: HttpRequest) -> HttpResponse:
    """The list, narrowed by the address: filters, words, and the box that the map shows."""
    found = queries.list_projects(request)
    query = queries.without(request.GET, "page")
    return render(
        request,
        "projects/list.html",
        {
            "found": found,
            "form": found.filterset.form,
            "origin": found.origin,
            # Two forms, one address: each carries the other's answers along.
            "near_values": [(name, request.GET[name]) for name in PARAMETERS if request.GET.get(name)],
            "filter_values": list(queries.without(query, *PARAMETERS).items()),
            "page": page_of(request, found.rows, PAGE_SIZE),
            "query": query.urlencode(),
            "query_everywhere": queries.without(query, "in_bbox").urlencode(),
            "query_anywhere": queries.without(query, *PARAMETERS).urlencode(),
            "may_moderate": may_moderate(request.user),
            "waiting": count_waiting_feedback(request.user),
            "licence": downloads.LICENCE,
            "licence_url": downloads.LICENCE_URL,
        },
    )


@by_token(READS)
@require_safe
def download(request: HttpRequest, extension: str) -> HttpResponse:
    """The same list as a file, every row of it."""
    if extension not in DOWNLOADS:
        raise Http404
    found = queries.list_projects(request)
    check_filter(found.filterset.form)
    return DOWNLOADS[extension](request, found.rows)


@require_safe
def open_data_page(request: HttpRequest) -> HttpResponse:
    """What the files hold, field by field, and on what terms."""
    context = {
        "fields": downloads.fields(),
        "licence": downloads.LICENCE,
        "licence_url": downloads.LICENCE_URL,
        "origin": request.build_absolute_uri("/").rstrip("/"),
        "total": projects_visible_to(as_public(request.user)).count(),
    }
    return render(request, "projects/open_data.html", context)


@require_safe
def project_detail(request: HttpRequest, code: str) -> HttpResponse:
    """One project: what, where, who, how much, how far, and how it was rated."""
    return show_project(request, queries.get_project(request.user, code))


@require_safe
def photo(request: HttpRequest, code: str, pk: int, size: str = "") -> HttpResponseBase:
    """A progress report's photo, whole or small, for whoever may see the project."""
    reports = reports_visible_to(request.user).select_related("project__area", "covered")
    report = get_object_or_404(reports, pk=pk, project__code=code)
    return photo_response(request, photo_for(request.user, "report", report), small=size == "small")


@require_role(Role.OFFICER, Role.STAFF)
@require_POST
def complete_milestone(request: HttpRequest, code: str) -> HttpResponse:
    """Record that one milestone was reached."""
    project = updatable(request, code)
    form = MilestoneForm(request.POST)
    if not form.is_valid():
        return show_project(request, queries.get_project(request.user, code), form)
    given = form.cleaned_data
    milestone = get_object_or_404(Milestone, project=project, pk=given["milestone"])
    try:
        services.complete_milestone(milestone.pk, signed_in(request), given["done_on"], given["version"])
    except (StaleEdit, BadInput) as refusal:
        form.show(refusal)
        return show_project(request, queries.get_project(request.user, code), form)
    messages.success(request, _("已记录：“%s”完成。进度和亮灯已更新。") % milestone.title)
    return redirect("projects:detail", code)
