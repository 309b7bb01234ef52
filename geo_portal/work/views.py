"""The inbox: what waits for the person who is signed in, one act for many of it, and the views that she keeps."""

from collections.abc import Mapping
from typing import Any
from uuid import uuid4

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST, require_safe

from accounts.models import Role
from accounts.permissions import is_district_staff, require_role, role_of
from accounts.saved_views.pages import KeptPage
from backups import runs
from geo_portal.navigation import linked_pages
from geo_portal.setup import steps
from geo_portal.work import at_once, inbox
from geo_portal.work.forms import ActForm, InboxForm
from geo_portal.work.inbox import Span
from geokit.refusal import Refusal
from inspections.patrols.permissions import may_patrol
from supervision.permissions import may_report
from ui.refusals import status_of

KEPT = KeptPage("work", "work_views", "work_view_remove", gettext_lazy("网址可以发给同事，各人看到的是自己的待办。"))


@require_safe
@require_role()
def work(request: HttpRequest) -> HttpResponse:
    """What waits for this person, by role: days that the law sets first, then the earliest due."""
    return _page(request, request.GET)


def _page(
    request: HttpRequest, asked: Mapping[str, Any], act_form: ActForm | None = None, status: int = 200
) -> HttpResponse:
    form = InboxForm(request.user, asked)
    choice = form.choice()
    found = inbox.look(request.user, choice, timezone.localdate())
    context = {
        "inbox": found,
        "choice": choice,
        "form": form,
        "ticked": set(request.POST.getlist("chosen")),
        "act_form": act_form or ActForm(request.user),
        "is_filtered": choice.is_narrow,
        "spans": [(span, title, found.counts.of(span)) for span, title in Span.NAMES],
        "page": Paginator(range(found.pages), 1).page(found.page),
        "views": KEPT.context(request),
        **linked_pages(request.user),
        "may_report": may_report(request.user),
        "may_patrol": may_patrol(request.user),
        "patrol_number": uuid4(),
        "backup_is_old": role_of(request.user) == Role.ADMIN and runs.is_old(),
        "setup_missing": steps.missing() if is_district_staff(request.user) else 0,
    }
    return render(request, "work.html", context, status=status)


@require_POST
@require_role()
def act(request: HttpRequest) -> HttpResponse:
    """One act for many; the answer says of each row what became of it."""
    form = ActForm(request.user, request.POST)
    form.is_valid()
    name, keys = request.POST.get("do", ""), request.POST.getlist("chosen")
    try:
        results = at_once.take(request.user, name, keys, form.cleaned_data, timezone.localdate())
    except Refusal as refusal:
        form.show(refusal)
        return _page(request, request.GET, form, status_of(refusal))
    context = {"results": results, "done": sum(one.done for one in results), "back": _back(request)}
    answer = render(request, "work_done.html", context)
    answer["HX-Trigger"] = '{"entity-changed": "findings"}'
    return answer


def _back(request: HttpRequest) -> str:
    query = request.GET.urlencode()
    return f"{reverse('work')}?{query}" if query else reverse("work")


@require_POST
@require_role()
def keep_view(request: HttpRequest) -> HttpResponse:
    """Keep the filters of this page under a name."""
    return KEPT.keep(request)


@require_POST
@require_role()
def remove_view(request: HttpRequest, pk: int) -> HttpResponse:
    """Remove a view that one keeps."""
    return KEPT.remove(request, pk)
