"""One form to report for everybody: by phone or desk, with or without an account, with or without scripts."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, JsonResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.formats import date_format
from django.utils.translation import gettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe
from django_htmx.http import HttpResponseClientRedirect

from accounts import rules
from accounts.permissions import Asker
from accounts.signin.in_whose_name import SIGNED_OUT, refuse_other_account
from geokit.refusal import BadInput, FieldError, Refusal, StaleEdit, TooMany
from supervision.findings.arrivals import arrivals_of
from supervision.findings.intake import clean_photos
from supervision.findings.models import Category, Finding
from supervision.findings.permissions import linkable_points, linkable_projects, may_report
from supervision.kinds.queries import kind_of
from supervision.pages.forms import ReportForm
from supervision.public import draft_photos, private_links, services
from supervision.public.duplicates import possible_duplicates
from supervision.public.geocoding import SeveralPlaces, place_of
from supervision.public.rate_limits import spend_report, spend_resend
from ui.forms.refusable import render_form
from ui.photo_claims import as_claimed, read_claim
from ui.pictures.photos import CleanPhoto
from ui.refusals import prefers_json, problem, problem_json, retry_after, status_of

PAGE = "supervision/public/report.html"


KEPT_FOR_ALL = ("home", "map", "river:list", "river:point_list", "matters:list")
KEPT_SIGNED_IN = ("work", "river:following", "river:near", "patrols:list", "patrols:new")
"""Pages that a device may be asked to keep for when there is no signal; those that a person has not are left out."""


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def report(request: HttpRequest) -> HttpResponse:
    """File what one sees. Whatever is refused, what was typed stays, and so do the photos that are in order."""
    with_account = _files_with_account(request)
    if request.method != "POST":
        return _page(request, ReportForm(initial=_initial(request), with_account=with_account))
    form = ReportForm(request.POST, request.FILES, with_account=with_account)
    try:
        # Counted first: whatever is refused after this keeps its photos here for a while.
        again = services.is_sent_again(request.user, request.POST.get("client_id", ""), request.POST.get("secret", ""))
        (spend_resend if again else spend_report)(request)
        refuse_other_account(request.user, request.POST.get("filed_as", ""))
        return _filed(request, form)
    except StaleEdit as refusal:
        form.is_valid()
        _keep_photos(form)
        form.show(refusal)
        return _refused(request, form, refusal, signed_out=refusal.code == SIGNED_OUT)
    except TooMany as refusal:
        form.is_valid()
        form.show(refusal)
        return _refused(request, form, refusal)
    except BadInput as refusal:
        _keep_photos(form)
        form.show(refusal)
        return _refused(request, form, refusal, choices=refusal.choices if isinstance(refusal, SeveralPlaces) else ())


@require_safe
def near_here(request: HttpRequest) -> HttpResponse:
    """What was reported already near the place and in the category of the form; a piece of the page."""
    try:
        place = place_of(
            request.user,
            lon=_number(request.GET.get("lng")),
            lat=_number(request.GET.get("lat")),
            address="",
            choice="",
            town="",
        )
    except ValueError:
        place = None
    category = request.GET.get("category", "")
    found = possible_duplicates(request.user, category, place) if place and category in Category.values else []
    return render(request, "supervision/public/_near.html", {"near": found})


@require_safe
def offline(request: HttpRequest) -> HttpResponse:
    """The form as a device keeps it for when there is no signal: the same for everybody, with nothing of anybody."""
    return render(request, "supervision/public/offline.html", {"form": ReportForm(), "link_days": link_days()})


@require_safe
def outbox(request: HttpRequest) -> HttpResponse:
    """What a device has kept and not sent: the page is the same for everybody, the list is the device's own."""
    pages = [reverse(name) for name in KEPT_FOR_ALL]
    if request.user.is_authenticated:
        pages += [reverse(name) for name in KEPT_SIGNED_IN]
    return render(request, "supervision/public/outbox.html", {"kept_pages": pages})


def _files_with_account(request: HttpRequest) -> bool:
    """Tell whether this is a deputy's or the staff's own; what a device kept for nobody is a citizen's."""
    return may_report(request.user) and request.POST.get("filed_as") != ""


def _filed(request: HttpRequest, form: ReportForm) -> HttpResponse:
    if not form.is_valid():
        raise BadInput(gettext("填报内容有 %d 处需要修改。") % len(form.errors))
    given = form.cleaned_data
    claim = read_claim("" if given["drop_held"] else given["photo_sha256"])
    place = place_of(
        request.user,
        lon=given["lng"],
        lat=given["lat"],
        address=given["address"],
        choice=given["choice"],
        town=given["town"].code if given["town"] else "",
    )
    photos = [*_kept_photos(given), *clean_photos(as_claimed(given["photos"], claim))]
    if place and not given["anyway"] and not services.is_filed(given["client_id"]):
        similar = possible_duplicates(request.user, _category(given), place)
        if similar:
            _keep_photos(form)
            return _page(request, form, similar=similar)
    finding = _file(request, given, place, photos, claim)
    draft_photos.delete(given["held"])
    return _done(request, finding, given)


def _category(given: dict[str, Any]) -> str:
    """The category that it will have: that of the kind, where one was chosen."""
    kind = kind_of(given["kind"])
    return kind.category if kind else str(given["category"])


def _file(
    request: HttpRequest, given: dict[str, Any], place: Any, photos: list[CleanPhoto], claim: tuple[str, ...]
) -> Finding:
    common = {
        "client_id": given["client_id"],
        "text": given["text"],
        "category": given["category"],
        "lon": place.x if place else None,
        "lat": place.y if place else None,
        "photos": photos,
        "claim": claim,
        "point_code": given["point"],
        "project_code": given["project"],
        "address": given["address"],
        "seen_at": given["seen_at"],
        "kind": given["kind"],
        "video": given["video"],
    }
    if _files_with_account(request):
        return services.file_finding(request.user, **common)
    return services.file_report(secret=given["secret"], email=given["email"], **common)


def _done(request: HttpRequest, finding: Finding, given: dict[str, Any]) -> HttpResponse:
    if _files_with_account(request):
        messages.success(request, _filed_message(finding))
        address = reverse("supervision:finding", args=[finding.pk])
    else:
        address = reverse("matters:mine", args=[given["secret"]]) + "?new=1"
    if prefers_json(request):
        body = {"number": finding.suggestion.number, "url": address, "photos": arrivals_of(finding).as_dict()}
        return JsonResponse(body, status=201)
    # A whole page, not a piece of one: the private page sets its own referrer policy.
    return (
        HttpResponseClientRedirect(address)
        if getattr(request, "htmx", False) and "new=1" in address
        else redirect(address)
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


def _kept_photos(given: dict[str, Any]) -> list[CleanPhoto]:
    if given["drop_held"]:
        draft_photos.delete(given["held"])
        return []
    return draft_photos.read(given["held"])


def _keep_photos(form: ReportForm) -> None:
    """Keep the photos of a form that comes back, those of before and the new ones that are in order."""
    given = form.cleaned_data
    kept = _kept_photos({"held": given.get("held", ""), "drop_held": given.get("drop_held", False)})
    shown: Any = QueryDict(mutable=True)
    shown.update(form.data)
    shown["held"] = draft_photos.keep_with(kept, given.get("photos", []), given.get("held", ""))
    shown.pop("drop_held", None)
    # A form that was written under an account has none; without one it may be sent all the same.
    shown["secret"] = shown.get("secret") or private_links.fresh_secret()
    form.data = shown


def _initial(request: HttpRequest) -> dict[str, Any]:
    """Take the place from the address: ?point=, ?project=, or ?lng=&lat=."""
    point, project = _linked_things(request.user, request.GET)
    thing = point or project
    place = thing.geom.point_on_surface if thing else None
    return {
        "client_id": ReportForm.fresh_number(),
        "secret": private_links.fresh_secret(),
        "point": point.code if point else "",
        "project": project.code if project else "",
        "lng": request.GET.get("lng") or (f"{place.x:.6f}" if place else ""),
        "lat": request.GET.get("lat") or (f"{place.y:.6f}" if place else ""),
        "kind": request.GET.get("kind", ""),
        "category": request.GET.get("category", ReportForm.base_fields["category"].initial),
    }


def _linked_things(user: Asker, given: Any) -> tuple[Any, Any]:
    point = linkable_points(user).filter(code=given.get("point") or "").first()
    project = linkable_projects(user).filter(code=given.get("project") or "").first()
    return point, project


def _page(request: HttpRequest, form: ReportForm, **more: Any) -> HttpResponse:
    point, project = _linked_things(request.user, form.data if form.is_bound else form.initial)
    context = {
        "form": form,
        "point": point,
        "project": project,
        "held_count": len(draft_photos.read(form.data.get("held", ""))) if form.is_bound else 0,
        "with_account": _files_with_account(request),
        "link_days": link_days(),
        **more,
    }
    return render_form(request, PAGE, context)


def _refused(request: HttpRequest, form: ReportForm, refusal: Refusal, **more: Any) -> HttpResponse:
    if not prefers_json(request):
        return _page(request, form, **more)
    errors = refusal.errors or _form_errors(form)
    body = problem(status_of(refusal), refusal.code, refusal.message, errors=[error.as_dict() for error in errors])
    answer = problem_json(body)
    if seconds := retry_after(refusal):
        answer["Retry-After"] = seconds
    return answer


def _form_errors(form: ReportForm) -> list[FieldError]:
    return [FieldError(name, "invalid", str(text)) for name, texts in form.errors.items() for text in texts]


def _number(text: str | None) -> float | None:
    value = float(text) if text else None
    if value is not None and not -180 <= value <= 180:
        raise ValueError(text)
    return value


def link_days() -> int:
    """How long the private link of a report sent now lives."""
    return int(rules.value("reports.link_days"))
