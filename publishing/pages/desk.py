"""The editor's list, and the desk of one page: its blocks, the next step, its history, who has read it."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from accounts.models import Role
from accounts.permissions import require_role
from geokit.refusal import Refusal
from ledger.steps.apply import steps_now
from publishing.body.blocks import BlockKind
from publishing.pages.forms import DeskFilter, StepForm
from publishing.pages.shown import blocks_of
from publishing.readers.services import is_confirmed, readers_of
from publishing.register import services
from publishing.register.models import SitePage
from publishing.register.permissions import pages_kept_by
from publishing.register.table import TABLE, Party, Status
from publishing.register.workflow import PAGES, newest_of
from ui.forms.refusable import posted, render_form
from ui.pagination import page_of
from ui.text.search_field import search

PAGE_SIZE = 30
READERS = 100
JOURNAL = SitePage.Column.JOURNAL


def kept_or_404(request: HttpRequest, pk: int) -> SitePage:
    """Return a page that this person keeps."""
    rows = pages_kept_by(request.user).select_related("live", "area", "for_area", "group", "place_area", "imported")
    return get_object_or_404(rows, pk=pk)


@require_safe
@require_role(Role.STAFF)
def page_list(request: HttpRequest) -> HttpResponse:
    """Every page that this person keeps, the newest first."""
    form = DeskFilter(request.GET)
    form.is_valid()
    given = form.cleaned_data
    rows = search(pages_kept_by(request.user), given.get("q") or "", ("title", "code"))
    rows = rows.filter(state=given["state"]) if given.get("state") else rows
    rows = rows.filter(column=given["column"]) if given.get("column") else rows
    context = {
        "form": form,
        "page": page_of(request, rows.select_related("area").order_by("-pk"), PAGE_SIZE),
        "states": TABLE.choices(),
        "chosen": given.get("state") or "",
        "columns": SitePage.Column.choices,
        "chosen_column": given.get("column") or "",
    }
    return render(request, "publishing/desk_list.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@require_role(Role.STAFF)
def desk(request: HttpRequest, pk: int) -> HttpResponse:
    """The desk of a page; a POST takes a step."""
    found = kept_or_404(request, pk)
    form = StepForm(posted(request))
    if form.is_bound and form.is_valid():
        given = form.cleaned_data
        try:
            services.step(request.user, pk, given["verb"], given["version"], given["text"])  # type: ignore[arg-type]
        except Refusal as refusal:
            form.show(refusal)
        else:
            messages.success(request, _("已办理。"))
            return redirect("cms:desk", pk)
        found.refresh_from_db()
    return render_form(request, "publishing/desk.html", desk_context(request, found, form))


def desk_context(request: HttpRequest, found: SitePage, form: StepForm) -> dict[str, Any]:
    """Return what the desk shows."""
    newest = newest_of(found)
    lines = steps_now(PAGES, request.user, found)
    reviewing = found.state in TABLE.in_group("in_review")
    return {
        "site_page": found,
        "newest": newest,
        "blocks": blocks_of(newest),
        "is_draft": found.state == Status.DRAFT,
        "kinds": [one for one in BlockKind.choices if one[0] != BlockKind.ISSUE or found.column == JOURNAL],
        "steps": [(line.verb, PAGES.table.verbs[line.verb]) for line in lines],
        "waits_for_another": reviewing and Party.REVIEWER not in PAGES.parties(request.user, found, PAGES.facts(found)),
        "form": form,
        "events": found.events.select_related("actor", "revision").order_by("at", "pk"),
        "revisions": found.revisions.select_related("made_by")[:PAGE_SIZE],
        "has_readers": found.live_id is not None and is_confirmed(found),
    }


@require_safe
@require_role(Role.STAFF)
def preview(request: HttpRequest, pk: int, number: int) -> HttpResponse:
    """A version as readers would see it."""
    found = kept_or_404(request, pk)
    revision = found.revisions.select_related("page", "made_by").filter(number=min(number, 2**31 - 1)).first()
    if revision is None:
        raise Http404
    context = {"site_page": found, "revision": revision, "blocks": blocks_of(revision), "is_preview": True}
    return render(request, "publishing/page.html", context)


@require_safe
@require_role(Role.STAFF)
def readers(request: HttpRequest, pk: int) -> HttpResponse:
    """Who has confirmed a notice, and who has not."""
    found = kept_or_404(request, pk)
    if found.live_id is None or not is_confirmed(found):
        raise Http404
    people = readers_of(found)
    context = {
        "site_page": found,
        "page": page_of(request, people, READERS),
        "total": people.count(),
        "read": found.readings.filter(revision=found.live, reader__in=people.values("pk")).count(),
    }
    return render(request, "publishing/readers.html", context)
