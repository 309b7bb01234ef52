"""Pages that export stations, deputies and receptions as CSV or XLSX and import them with a report of every row."""

from types import ModuleType
from typing import Any

from django import forms
from django.http import Http404, HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from accounts.models import Role
from accounts.permissions import require_role
from geokit.refusal import BadInput, TooLarge
from stations.sheets import KINDS
from ui.downloads import table_response
from ui.forms.refusable import RefusableForm, render_form
from ui.sheet_rows import Outcome, RowResult, count_outcomes, import_rows
from ui.sheets import read_sheet

COLUMN_WIDTH = 18
"""Of every column of a workbook, in characters."""
SHOWN_ROWS = 300


class SheetForm(RefusableForm):
    field_of = {"": "file"}

    file = forms.FileField(
        label=_("表格文件"),
        widget=forms.FileInput(attrs={"accept": ".csv,.xlsx"}),
        help_text=_("CSV（UTF-8 或 GB18030）或 XLSX，第一行是表头，最多 5000 行。"),
    )
    dry_run = forms.BooleanField(label=_("只检查，不保存"), required=False, initial=True)


@require_http_methods(["GET", "HEAD", "POST"])
@require_role(Role.STAFF, Role.OFFICER)
@never_cache
def sheet(request: HttpRequest, kind: str) -> HttpResponse:
    """Import a file; each refused row is reported with column and reason."""
    about = _kind(request, kind)
    form = SheetForm(request.POST, request.FILES) if request.method == "POST" else SheetForm()
    if request.method != "POST" or not form.is_valid():
        return _page(request, kind, form)
    file, dry_run = form.cleaned_data["file"], form.cleaned_data["dry_run"]
    try:
        rows = read_sheet(file.name, file.read(), _heads(about), about.NEEDED)
    except (BadInput, TooLarge) as refusal:
        form.show(refusal)
        return _page(request, kind, form)
    results = import_rows(request.user, rows, about.import_row, dry_run=dry_run)
    return _page(request, kind, form, results=results, dry_run=dry_run)


@require_safe
@require_role(Role.STAFF, Role.OFFICER)
@never_cache
def out(request: HttpRequest, kind: str, suffix: str) -> HttpResponse:
    """Export what the user keeps, as a file that can be imported unchanged."""
    about = _kind(request, kind)
    rows = [[str(label) for label in about.COLUMNS.values()], *about.export_rows(request.user)]
    return _table(rows, f"{kind}-{timezone.localdate():%Y%m%d}.{suffix}")


@require_safe
@require_role(Role.STAFF, Role.OFFICER)
def template(request: HttpRequest, kind: str) -> HttpResponse:
    """A sheet with the head and one example row."""
    about = _kind(request, kind)
    return _table([[str(label) for label in about.COLUMNS.values()], about.example()], f"{kind}-template.xlsx")


def _kind(request: HttpRequest, kind: str) -> ModuleType:
    about = KINDS.get(kind)
    if about is None or not about.may_use(request.user):
        raise Http404
    return about


def _heads(about: ModuleType) -> dict[str, str]:
    """What a head cell may say, in lower case, to the column that it names."""
    read = {name: label for name, label in about.COLUMNS.items() if name not in getattr(about, "READ_ONLY", ())}
    return {str(label).lower(): name for name, label in read.items()} | {name: name for name in read}


def _page(
    request: HttpRequest,
    kind: str,
    form: SheetForm,
    *,
    results: list[RowResult] | None = None,
    dry_run: bool = True,
) -> HttpResponse:
    about = KINDS[kind]
    counts = count_outcomes(results or [])
    context: dict[str, Any] = {
        "kind": kind,
        "title": about.TITLE,
        "columns": [(label, name in about.NEEDED) for name, label in about.COLUMNS.items()],
        "labels": about.COLUMNS,
        "form": form,
        "results": results,
        "shown": _shown(results or [], about),
        "counts": [(Outcome(name).label, number) for name, number in counts.items()],
        "refused": counts[Outcome.REFUSED],
        "dry_run": dry_run,
        "kinds": [(name, other.TITLE) for name, other in KINDS.items() if other.may_use(request.user)],
    }
    return render_form(request, "stations/sheet.html", context)


def _shown(results: list[RowResult], about: ModuleType) -> list[dict[str, Any]]:
    """The refused rows first, each error with the name of its column."""
    ordered = sorted(results, key=lambda result: (result.outcome != Outcome.REFUSED, result.row.number))
    return [
        {
            "number": result.row.number,
            "outcome": result.outcome,
            "name": result.name,
            "errors": [(about.COLUMNS.get(error.field, ""), error.message) for error in result.errors],
        }
        for result in ordered[:SHOWN_ROWS]
    ]


def _table(rows: list[Any], name: str) -> HttpResponse:
    return table_response(rows, name, widths=[COLUMN_WIDTH] * len(rows[0]))
