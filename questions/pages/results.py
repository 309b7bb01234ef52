"""Results: on the staff's page while it runs, on everybody's once it is answered; and the table to take away."""

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from accounts import rules
from accounts.models import Role
from accounts.permissions import require_role
from questions.register.form import Kind, Question
from questions.register.models import Questionnaire
from questions.register.permissions import kept_by
from questions.results import counting
from questions.results.drawing import draw_places
from questions.results.table import rows_of
from ui.downloads import TABLE_FILES, csv_stream, table_response


@never_cache
@require_safe
@require_role(Role.STAFF)
def results(request: HttpRequest, pk: int) -> HttpResponse:
    """All that was answered, for those who asked."""
    found = get_object_or_404(kept_by(request.user).select_related("area"), pk=pk)
    context = {"questionnaire": found, **results_context(request, found, exact=True)}
    return render(request, "questions/results.html", context)


def results_context(request: HttpRequest, found: Questionnaire, *, exact: bool) -> dict[str, Any]:
    """Count; `exact` is for the staff. Nobody else gets a bar, number or mark of fewer sheets than the rule says."""
    least = int(rules.value("questions.least_n"))
    bursts = found.sheets.filter(in_burst=True).count()
    may_leave_out = exact or bursts >= least  # of fewer, the difference of both counts would tell what they said
    leaves_out = may_leave_out and request.GET.get("bursts") == "0"
    sheets = counting.sheets_of(found, with_bursts=not leaves_out)
    total, questions = sheets.count(), counting.all_questions(found)
    enough = exact or total >= least
    hides = 0 if exact else least
    summaries = counting.summaries(questions, sheets, hides) if enough else []
    asked = [one for one in questions if enough and one.kind in (Kind.POINT, Kind.LINE)]
    drawn = [draw_places(one, sheets, least=hides) for one in asked]
    countable = counting.counted(questions)
    return {
        "total": total,
        "bursts": bursts,
        "may_leave_out": may_leave_out,
        "leaves_bursts_out": leaves_out,
        "least": least,
        "hides": hides,
        "enough": enough,
        "summaries": summaries,
        "drawn": [one for one in drawn if one is not None],
        "countable": countable,
        **_asked(request, countable, sheets, least if enough else total + 1, hides),
    }


def _asked(request: HttpRequest, countable: list[Question], sheets: Any, least: int, hides: int) -> dict[str, Any]:
    """The table that was asked for: one question by area, or two crossed."""
    by_name = {question.name: question for question in countable}
    down, across = by_name.get(request.GET.get("down", "")), by_name.get(request.GET.get("across", ""))
    area = by_name.get(request.GET.get("area", ""))
    return {
        "crossed": counting.cross(down, across, sheets, least) if down and across and down != across else None,
        "by_area": counting.by_area(area, sheets, least, least_of_a_bar=hides) if area else None,
        "area_question": area,
        "down": down,
        "across": across,
    }


@require_safe
@require_role(Role.STAFF)
def download(request: HttpRequest, pk: int, suffix: str) -> HttpResponse:
    """The sheets as a table."""
    found = get_object_or_404(kept_by(request.user), pk=pk)
    if suffix not in TABLE_FILES:
        raise Http404
    rows, name = rows_of(counting.all_questions(found), counting.sheets_of(found)), f"questionnaire-{found.pk}.{suffix}"
    return csv_stream(rows, name) if suffix == "csv" else table_response(rows, name)  # type: ignore[return-value]
