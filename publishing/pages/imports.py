"""Articles of an older site: each load as one batch with one review for all, and their old addresses."""

from typing import Any

from django.contrib import messages
from django.db.models import Count
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.loads.models import Load
from accounts.models import Role
from accounts.permissions import is_district_staff, require_role
from geokit.refusal import Refusal
from publishing.imports.addresses import addresses_kept_by, remove
from publishing.imports.batches import batches_kept_by, pages_of, review, waiting_in
from publishing.pages.forms import BatchForm, DeskFilter
from publishing.register.table import TABLE
from publishing.register.workflow import to_review
from ui.forms.refusable import posted, render_form
from ui.pagination import page_of
from ui.text.search_field import search

PAGE_SIZE = 50


@require_safe
@require_role(Role.STAFF)
def batches(request: HttpRequest) -> HttpResponse:
    """The loads of articles, the newest first, each with how many of its pages are in which state."""
    page = page_of(request, batches_kept_by(request.user), PAGE_SIZE)
    rows = [{"load": load, "counts": _counts(request, load)} for load in page]
    context = {"page": page, "rows": rows, "may_load": is_district_staff(request.user)}
    return render(request, "publishing/batches.html", context)


def _counts(request: HttpRequest, load: Load) -> list[dict[str, Any]]:
    counted = pages_of(request.user, load).order_by().values_list("state").annotate(total=Count("pk"))
    return [{"state": TABLE.state(state), "count": total} for state, total in sorted(counted)]


@require_http_methods(["GET", "HEAD", "POST"])
@require_role(Role.STAFF)
def batch(request: HttpRequest, pk: int) -> HttpResponse:
    """One load: its articles to look at, and a POST that reviews all that wait."""
    load = get_object_or_404(batches_kept_by(request.user), pk=pk)
    form = BatchForm(posted(request))
    if form.is_bound and form.is_valid():
        given = form.cleaned_data
        try:
            answer = review(request.user, load, given["decision"], given["seen"], given["text"])  # type: ignore[arg-type]
        except Refusal as refusal:
            form.show(refusal)
        else:
            messages.success(request, ngettext("已办理 %d 篇。", "已办理 %d 篇。", answer.done) % answer.done)
            for why, count in answer.left.items():
                messages.warning(request, _("%(count)d 篇没有办：%(why)s") % {"count": count, "why": why})
            return redirect("cms:batch", pk)
    return render_form(request, "publishing/batch.html", _batch_context(request, load, form))


def _batch_context(request: HttpRequest, load: Load, form: BatchForm) -> dict[str, Any]:
    waiting = waiting_in(request.user, load)
    rows = pages_of(request.user, load).select_related("area", "imported__revision", "live").order_by("pk")
    hers = waiting.filter(pk__in=to_review(request.user).values("pk"))  # type: ignore[arg-type]
    return {
        "load": load,
        "form": form,
        "page": page_of(request, rows, PAGE_SIZE),
        "counts": _counts(request, load),
        "waiting": waiting.count(),
        "pictures": rows.exclude(imported__pictures=[]).count(),
        "may_pass": hers.exists(),
    }


@require_safe
@require_role(Role.STAFF)
def old_addresses(request: HttpRequest) -> HttpResponse:
    """Every old address that leads to a page which this person keeps."""
    form = DeskFilter(request.GET)
    form.is_valid()
    rows = search(addresses_kept_by(request.user), form.cleaned_data.get("q") or "", ("path", "page__title"))
    page = page_of(request, rows.select_related("page").order_by("path"), PAGE_SIZE)
    return render(request, "publishing/old_addresses.html", {"form": form, "page": page})


@require_POST
@require_role(Role.STAFF)
def remove_address(request: HttpRequest, pk: int) -> HttpResponse:
    """Take an old address away."""
    if not addresses_kept_by(request.user).filter(pk=pk).exists():
        raise Http404
    remove(request.user, pk)  # type: ignore[arg-type]
    messages.success(request, _("已删除，打开这个网址不再转到新页面。"))
    return redirect("cms:old_addresses")
