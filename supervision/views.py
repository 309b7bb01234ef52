"""Pages of supervision: report, finding, suggestion with its timeline, photos."""

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.locator import locator_for
from accounts.models import Role
from accounts.permissions import require_role
from geokit.refusal import BadInput, MissingEvidence, Refusal, StaleEdit
from supervision import queries, services
from supervision.filters import FindingFilter
from supervision.forms import STEP_FORMS, ReportForm, StepForm
from supervision.models import Finding, FindingPhoto, Suggestion
from supervision.permissions import (
    findings_visible_to,
    linkable_points,
    linkable_projects,
    may_report,
    may_see_names,
    person_of,
    photos_visible_to,
    suggestions_visible_to,
)
from supervision.thumbnails import small_jpeg
from supervision.timeline import timeline
from supervision.workflow import VERB_NAMES, Verb, steps_now

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


def _suggestion_or_404(request: HttpRequest, number: str) -> Suggestion:
    visible: QuerySet[Suggestion] = queries.with_timeline(suggestions_visible_to(request.user))
    return get_object_or_404(visible, number=number)


@require_safe
@require_role()
def suggestion(request: HttpRequest, number: str) -> HttpResponse:
    """One suggestion: its timeline, and what this person may do now."""
    return _suggestion_page(request, _suggestion_or_404(request, number))


def _suggestion_page(
    request: HttpRequest, found: Suggestion, refused: dict[Verb, StepForm] | None = None, status: int = 200
) -> HttpResponse:
    context = {
        "suggestion": found,
        "finding": found.finding,
        "may_see_names": may_see_names(request.user, found),
        "timeline": timeline(found, request.user),
        "steps": _step_forms(request, found, refused or {}),
        "refused_form": next(iter((refused or {}).values()), None),
    }
    response = render(request, "supervision/suggestion.html", context, status=status)
    if refused:
        # The address of a step takes only POST; what is shown is the suggestion.
        response["HX-Push-Url"] = reverse("supervision:suggestion", args=[found.number])
    return response


def _step_forms(request: HttpRequest, found: Suggestion, refused: dict[Verb, StepForm]) -> list[dict[str, Any]]:
    """Return one form for each step this person may take now; a refused one comes with what was typed."""
    allowed = steps_now(person_of(request.user), queries.matter_of(found), timezone.localdate())
    verbs = [step.verb for step in allowed if step.verb in STEP_FORMS]
    verbs += [verb for verb in refused if verb not in verbs]
    return [
        {
            "verb": str(verb),
            "name": VERB_NAMES[verb],
            "form": refused.get(verb) or STEP_FORMS[verb](initial={"version": found.version}, auto_id=f"{verb}-%s"),
            "open": verb in refused or (verb != Verb.URGE and verb != Verb.RETURN),
        }
        for verb in verbs
    ]


@require_POST
@require_role()
def step(request: HttpRequest, number: str, verb: str) -> HttpResponse:
    """Take one step; a refusal shows the page again with what was typed."""
    found = _suggestion_or_404(request, number)
    if verb not in STEP_FORMS:
        raise Http404
    chosen = Verb(verb)
    form = STEP_FORMS[chosen](request.POST, auto_id=f"{chosen}-%s")
    if not form.is_valid():
        return _suggestion_page(request, found, {chosen: form}, status=422)
    try:
        _take_step(request.user, found, chosen, form.cleaned_data)
    except (BadInput, MissingEvidence, StaleEdit) as refusal:
        form.show(refusal)
        return _suggestion_page(request, _suggestion_or_404(request, number), {chosen: form}, _status(refusal))
    messages.success(request, gettext("“%(step)s”已记录。") % {"step": VERB_NAMES[chosen]})
    # A department that returned a matter no longer sees it.
    still_there = suggestions_visible_to(request.user).filter(pk=found.pk).exists()
    return redirect("supervision:suggestion", number=number) if still_there else redirect("work")


def _status(refusal: Refusal) -> int:
    return 409 if isinstance(refusal, StaleEdit) else 422


def _take_step(user: Any, found: Suggestion, verb: Verb, given: dict[str, Any]) -> None:
    """Call the service of `verb` with the fields of its form."""
    if verb is Verb.URGE:
        services.urge(user, found.pk, text=given["text"])
        return
    by_verb: dict[Verb, Callable[..., Suggestion]] = {
        Verb.ASSIGN: services.assign,
        Verb.RETURN: services.return_to_staff,
        Verb.REPLY: services.reply,
        Verb.RATE: services.rate,
    }
    by_verb[verb](user, found.pk, **given)
