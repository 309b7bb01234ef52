"""The page that takes in a sheet of samples: preview first, then what counts."""

from collections import Counter
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods

from accounts import rules
from accounts.models import Role
from accounts.permissions import require_role
from geokit.refusal import Refusal
from river_monitoring.samples.forms import SheetForm
from river_monitoring.samples.permissions import may_load_history, party_of
from river_monitoring.samples.queries import samples_to_review
from river_monitoring.samples.sheet import SheetRow, as_text, parse_file, parse_text
from river_monitoring.samples.sheet_import import RowResult, import_samples
from river_monitoring.standard.evaluation import GB3838_2002
from ui.forms.refusable import render_form, whole_number

SHOWN_ROWS = 200
TEMPLATE_COLUMNS = ("ph", "do", "codmn", "nh3n", "tp")


@require_role(Role.OFFICER, Role.STAFF, Role.GIS)
@require_http_methods(["GET", "HEAD", "POST"])
def sheet(request: HttpRequest) -> HttpResponse:
    """Many samples: paste or choose a file, see what each row would become, then let it count.

    Officers hand in samples of their own party; congress and GIS staff load those of years past.
    """
    is_historic = may_load_history(request.user)
    form = SheetForm(request.POST, request.FILES) if request.method == "POST" else SheetForm()
    waiting = samples_to_review(request.user).count()
    context: dict[str, Any] = {
        "form": form,
        "waiting": waiting,
        "is_historic": is_historic,
        "party": party_of(request.user),
        "most_days": rules.value("samples.max_age_days"),
        "columns": [(code, GB3838_2002[code]) for code in TEMPLATE_COLUMNS],
    }
    if request.method != "POST" or not form.is_valid():
        return render_form(request, "river/sample_sheet.html", context)
    try:
        rows = _rows(form)
    except Refusal as refusal:
        form.show(refusal)
        return render_form(request, "river/sample_sheet.html", context)
    confirmed = {whole_number(text) for text in request.POST.getlist("confirmed")}
    for_real = "commit" in request.POST
    results = import_samples(rows, request.user, confirmed=confirmed, dry_run=not for_real, is_historic=is_historic)
    if for_real:
        stored = sum(result.outcome == "stored" for result in results)
        words = ngettext("已录入 %(count)d 份水样。", "已录入 %(count)d 份水样。", stored) % {"count": stored}
        messages.success(request, words)
    context |= _summary(results, rows, confirmed, for_real)
    return render(request, "river/sample_sheet.html", context)


def _rows(form: SheetForm) -> list[SheetRow]:
    file = form.cleaned_data["file"]
    return parse_file(file.name, file.read()) if file else parse_text(form.cleaned_data["text"])


def _summary(results: list[RowResult], rows: list[SheetRow], confirmed: set[int], for_real: bool) -> dict[str, Any]:
    counts = Counter(result.outcome for result in results)
    # What needs a person comes first; the rest in the order of the sheet.
    order = {"refused": 0, "review": 1, "stored": 2, "duplicate": 3}
    shown = sorted(results, key=lambda result: (order[result.outcome], result.row.number))
    return {
        "results": shown[:SHOWN_ROWS],
        "hidden": max(0, len(shown) - SHOWN_ROWS),
        "counts": counts,
        "text": as_text(rows),
        "confirmed": sorted({each.row.number for each in results if each.outcome != "review"} & confirmed),
        "for_real": for_real,
        "can_commit": not for_real and counts["stored"] > 0,
    }
