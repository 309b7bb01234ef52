"""Pages of the set-up: what is there and what is missing, the record, and each dataset from template to undo.

On a site where nobody has an account, the first page makes the first one; the others do not exist yet.
"""

from datetime import timedelta
from typing import Any

from django.contrib import messages
from django.contrib.auth import login
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.district.queries import stored
from accounts.district.services import save_district
from accounts.first_account.services import has_people, make_first_account
from accounts.loads import Dataset
from accounts.loads.models import Load
from accounts.loads.registry import declared
from accounts.loads.services import Answer, load_rows, undo
from accounts.permissions import require_district_staff
from accounts.rate_limits import Limit, address_of, spend
from geo_portal.setup import record_history, row_sheets, steps, uploads
from geo_portal.setup.forms import FileForm, FirstAccountForm, RecordForm
from geo_portal.setup.reading_apart import read_apart
from geo_portal.setup.templates import template as template_of
from geokit.refusal import Refusal
from ui.downloads import TABLE_FILES, file_response, table_response
from ui.forms.refusable import posted, render_form
from ui.sheet_rows import Outcome

GUESSES = Limit("first-account", 20, timedelta(hours=1))
BACKEND = "allauth.account.auth_backends.AuthenticationBackend"
SHOWN_ROWS = 200
SHOWN_LOADS = 10


@never_cache
@sensitive_post_parameters("password", "again", "code")
@require_http_methods(["GET", "HEAD", "POST"])
def index(request: HttpRequest) -> HttpResponse:
    """The steps; on a site without accounts, the form of the first one."""
    if not has_people():
        return _first_account(request)
    return _steps(request)


@require_district_staff
def _steps(request: HttpRequest) -> HttpResponse:
    if request.method == "POST":
        raise Http404
    found = steps.steps()
    context = {"steps": found, "missing": sum(step.state == steps.MISSING for step in found)}
    return render(request, "setup/index.html", context)


def _first_account(request: HttpRequest) -> HttpResponse:
    form = FirstAccountForm(posted(request))
    if form.is_bound:
        try:
            spend(GUESSES, address_of(request))
            if form.is_valid():
                given = {name: form.cleaned_data[name] for name in ("code", "username", "display_name", "password")}
                login(request, make_first_account(**given), backend=BACKEND)
                messages.success(request, _("账号已建好，您是系统管理员。下面按顺序准备本区的数据。"))
                return redirect("setup:index")
        except Refusal as refusal:
            form.show(refusal)
    return render_form(request, "setup/first_account.html", {"form": form})


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@require_district_staff
def record(request: HttpRequest) -> HttpResponse:
    """The district's record: names, codes, box, base map."""
    found = stored()
    form = RecordForm(posted(request), instance=found)
    if form.is_bound and form.is_valid():
        code = found.code if found else form.cleaned_data["code"]
        try:
            save_district(request.user, code, **form.given())
        except Refusal as refusal:
            form.show(refusal)
        else:
            steps.forget()
            messages.success(request, _("已保存。所有页面一分钟之内跟着改。"))
            return redirect("setup:index")
    history = record_history.history(found)[:SHOWN_LOADS] if found else []
    return render_form(request, "setup/record.html", {"form": form, "record": found, "history": history})


@require_safe
@require_district_staff
def record_file(request: HttpRequest, extension: str) -> HttpResponse:
    """Everything that was ever written into the record, with its moment."""
    found = stored()
    if found is None or extension not in TABLE_FILES:
        raise Http404
    response = table_response(record_history.table(found), f"district-{timezone.localdate()}.{extension}")
    response["Cache-Control"] = "private, no-store"
    return response


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@require_district_staff
def dataset(request: HttpRequest, slug: str) -> HttpResponse:
    """One dataset: template, upload, preview. Nothing is written here."""
    found = _dataset(slug)
    form = FileForm(request.POST, request.FILES) if request.method == "POST" else FileForm()
    if not form.is_bound or not form.is_valid():
        return _page(request, found, form)
    try:
        ticket = uploads.keep(form.cleaned_data["file"], found, request.user, form.reading())
        answer = _load(request, found, ticket, dry_run=True)
    except Refusal as refusal:
        form.show(refusal)
        return _page(request, found, form)
    return _page(request, found, FileForm(), answer=answer, ticket=ticket)


@require_POST
@require_district_staff
def apply(request: HttpRequest, slug: str) -> HttpResponse:
    """Load the file that was previewed."""
    found = _dataset(slug)
    form = FileForm()
    try:
        answer = _load(request, found, request.POST.get("ticket", ""), dry_run=False)
    except Refusal as refusal:
        form = FileForm({})
        form.errors.clear()
        form.show(refusal)
        return _page(request, found, form)
    steps.forget()
    return _page(request, found, form, answer=answer)


@require_POST
@require_district_staff
def take_back(request: HttpRequest, pk: int) -> HttpResponse:
    """Undo the newest load of a dataset, as far as nothing was built on it."""
    load = get_object_or_404(Load, pk=pk, dataset__in=declared())
    try:
        _undone, undone, kept = undo(request.user, load.pk)
    except Refusal as refusal:
        messages.error(request, refusal.message)
    else:
        steps.forget()
        words = _("已撤销 %(undone)d 行。") if not kept else _("已撤销 %(undone)d 行，%(kept)d 行留下了，原因见下。")
        messages.success(request, words % {"undone": undone, "kept": kept})
    return redirect("setup:dataset", load.dataset)


@require_safe
@require_district_staff
def template(request: HttpRequest, slug: str) -> HttpResponse:
    """The workbook to fill in."""
    found = _dataset(slug)
    return file_response(template_of(found), f"{found.title}-{_('模板')}.xlsx")


@require_safe
@require_district_staff
def rows(request: HttpRequest, slug: str, extension: str) -> HttpResponse:
    """What is there, as a sheet to change and send again."""
    found = _dataset(slug)
    if extension not in TABLE_FILES or found.rows().count() > row_sheets.MOST_ROWS:
        raise Http404
    name = f"{found.slug}-{timezone.localdate()}.{extension}"
    response = table_response(row_sheets.rows_of(found, extension), name)
    response["Cache-Control"] = "private, no-store"
    return response


def _dataset(slug: str) -> Dataset:
    try:
        return declared()[slug]
    except KeyError:
        raise Http404 from None


def _load(request: HttpRequest, found: Dataset, ticket: str, *, dry_run: bool) -> Answer:
    name, path, how = uploads.kept_file(ticket, found, request.user)
    answer = load_rows(request.user, found, read_apart(found, name, path, how), dry_run=dry_run)
    if not dry_run:
        path.unlink(missing_ok=True)
    return answer


def _page(
    request: HttpRequest, found: Dataset, form: FileForm, *, answer: Answer | None = None, ticket: str = ""
) -> HttpResponse:
    loads = list(Load.objects.filter(dataset=found.slug).select_related("actor", "undone_by")[:SHOWN_LOADS])
    standing = next((load for load in loads if load.undone_at is None), None)
    last = loads[0] if loads and loads[0].undone_at else None
    context: dict[str, Any] = {
        "dataset": found,
        "form": form,
        "answer": answer,
        "ticket": ticket,
        "counts": [(Outcome(name).label, count) for name, count in answer.counts.items()] if answer else [],
        "next_step": found.next_step(answer.load) if answer and answer.load and found.next_step else None,
        "writes": answer is not None and bool(answer.counts["stored"] or answer.counts["changed"]),
        "rows": _rows(found, answer) if answer else [],
        "hidden_rows": max(0, len(answer.outcomes) - SHOWN_ROWS) if answer else 0,
        "loads": loads,
        "standing": standing,
        "kept": list(last.rows.exclude(kept_because="")[:SHOWN_ROWS]) if last else [],
        "count": (count := found.rows().count()),
        "may_leave": 0 < count <= row_sheets.MOST_ROWS,
        "today": timezone.localdate(),
    }
    return render_form(request, "setup/dataset.html", context)


def _rows(found: Dataset, answer: Answer) -> list[dict[str, Any]]:
    """The refused rows first, then what changes, each cell with the head of its column."""
    order = [Outcome.REFUSED, Outcome.CHANGED, Outcome.STORED, Outcome.SAME]
    labels = found.labels() | {"shape": _("位置")}
    ranked = sorted(answer.outcomes, key=lambda row: (order.index(row.outcome), row.number))
    return [
        {
            "number": row.number,
            "name": row.name,
            "outcome": row.outcome,
            "label": row.outcome.label,
            "errors": [(labels.get(error.field, ""), error.message) for error in row.errors],
            "changes": [(labels.get(one.column, one.column), one.before, one.after) for one in row.changes],
        }
        for row in ranked[:SHOWN_ROWS]
    ]
