"""What the public reads: the list of published matters, the page of one, its covered photos, and "I met it too"."""

from secrets import token_urlsafe
from typing import Any

from django.contrib import messages
from django.db.models import Count, OuterRef, Prefetch, QuerySet, Subquery
from django.db.models.functions import Coalesce
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext, ngettext
from django.views.decorators.http import require_POST, require_safe

from accounts.areas.filters import areas_to_choose
from accounts.areas.locator import locator_for
from accounts.rate_limits import digest_of
from ledger.filestore.responses import stored_response
from supervision.findings.models import FindingPhoto
from supervision.findings.permissions import may_report
from supervision.findings.places import PUBLIC_PLACES, to_places
from supervision.matters.models import Suggestion
from supervision.matters.permissions import suggestions_visible_to
from supervision.pages.public.forms import MatterFilterForm
from supervision.public import services
from supervision.public.models import Support
from supervision.public.permissions import (
    matters_readable_by,
    may_adopt,
    may_moderate,
    moderated_by,
    published_matters,
    published_photos,
    unadopted_matters,
)
from supervision.public.rate_limits import spend_support
from supervision.public.timeline import public_timeline
from ui.pagination import page_of

PAGE_SIZE = 30
BROWSER = "met-it-too"
YEAR_SECONDS = 365 * 24 * 3600


@require_safe
def matter_list(request: HttpRequest) -> HttpResponse:
    """The published matters, the newest first; the map shows the same."""
    form = MatterFilterForm(request.GET)
    form.fields["area"].queryset = areas_to_choose(request.user)  # type: ignore[attr-defined]
    rows = published_matters(request.user)
    total = rows.count()
    page = page_of(request, _for_lists(_chosen(rows, form)), PAGE_SIZE)
    context = {
        "form": form,
        "page": page,
        "total": total,
        "may_adopt": may_adopt(request.user),
        "may_moderate": may_moderate(request.user),
    }
    return render(request, "supervision/public/list.html", context)


@require_safe
def matter(request: HttpRequest, number: str) -> HttpResponse:
    """One published matter: its public words, covered photos, what was done, how many others met it."""
    covered = FindingPhoto.objects.filter(published__isnull=False).select_related("published")
    rows = _for_lists(published_matters(request.user)).prefetch_related(Prefetch("finding__photos", covered, "covered"))
    found = get_object_or_404(rows, number=number)
    place = found.finding.geom if found.finding else None
    context = {
        "matter": found,
        "finding": found.finding,
        "steps": public_timeline(found),
        "locator": locator_for(to_places(place, PUBLIC_PLACES) if place else None),
        "in_full": suggestions_visible_to(request.user).filter(pk=found.pk).exists(),
        "adoptable": unadopted_matters(request.user).filter(pk=found.pk).exists(),
        "moderated": moderated_by(request.user).filter(pk=found.pk).exists(),
        "may_report": may_report(request.user),
    }
    return render(request, "supervision/public/matter.html", context)


@require_safe
def photo(request: HttpRequest, pk: int) -> HttpResponseBase:
    """The covered copy of a photo of a published matter."""
    found = get_object_or_404(published_photos(request.user), pk=pk)
    # It may be taken away or covered anew, so that it is asked for again each time.
    return stored_response(request, found.file, cache="no-cache", content_type="image/jpeg")


@require_POST
def support(request: HttpRequest, number: str) -> HttpResponse:
    """Count "I met it too" once for each account or browser, and lead to what is known of it."""
    found = get_object_or_404(matters_readable_by(request.user), number=number)
    spend_support(request)
    who, mark = _who(request)
    new = services.support(request.user, found.pk, who)
    count = found.finding.supports.count() if found.finding else 0
    messages.success(request, _thanks(count) if new else gettext("您已经点过“我也遇到”，不重复计数。"))
    answer = redirect("matters:matter" if found.is_public else "supervision:suggestion", number)
    if mark:
        answer.set_signed_cookie(BROWSER, mark, max_age=YEAR_SECONDS, httponly=True, samesite="Lax")
    return answer


def _thanks(count: int) -> str:
    words = ngettext("已记下。共有 %d 人也遇到，不用重复上报。", "已记下。共有 %d 人也遇到，不用重复上报。", count)
    return words % count


def _who(request: HttpRequest) -> tuple[str, str]:
    """Return the digest that stands for this account or browser, and the mark that a new browser must keep."""
    if request.user.is_authenticated:
        return digest_of(f"user:{request.user.pk}"), ""
    known = request.get_signed_cookie(BROWSER, default="")
    mark = known or token_urlsafe(16)
    return digest_of(f"browser:{mark}"), "" if known else mark


def _for_lists(matters: QuerySet[Suggestion]) -> QuerySet[Suggestion]:
    rows = matters.select_related("finding__area", "department").defer("finding__area__geom")
    of_each = Support.objects.filter(finding=OuterRef("finding")).order_by().values("finding")
    supports = Coalesce(Subquery(of_each.annotate(count=Count("pk")).values("count")), 0)
    return rows.annotate(supports=supports).order_by("-submitted_at", "-pk")


def _chosen(matters: QuerySet[Suggestion], form: MatterFilterForm) -> QuerySet[Suggestion]:
    """Narrow to what was chosen; what cannot be read is left out rather than refused."""
    form.is_valid()
    given: dict[str, Any] = form.cleaned_data
    for field, path in (("category", "category"), ("state", "state"), ("area", "finding__area")):
        if given.get(field):
            matters = matters.filter(**{path: given[field]})
    return matters
