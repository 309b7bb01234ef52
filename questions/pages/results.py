"""Results: on the staff's page while it runs, on everybody's once it is answered; and the table to take away."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Any

from django.core.cache import cache
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.translation import get_language
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from accounts import rules
from accounts.models import Role
from accounts.permissions import require_role
from questions.register.form import Kind, Question
from questions.register.models import Questionnaire
from questions.register.permissions import kept_by
from questions.results import counting
from questions.results.drawing import PlacesDrawn, draw_places
from questions.results.table import rows_of
from ui.downloads import TABLE_FILES, csv_stream, table_response
from ui.plain_values import kept_in_cache

KEPT_SECONDS = 3600


@never_cache
@require_safe
@require_role(Role.STAFF)
def results(request: HttpRequest, pk: int) -> HttpResponse:
    """All that was answered, for those who asked."""
    found = get_object_or_404(kept_by(request.user).select_related("area"), pk=pk)
    context = {"questionnaire": found, **results_context(request, found, exact=True)}
    return render(request, "questions/results.html", context)


@kept_in_cache
@dataclass(frozen=True, slots=True)
class Counted:
    """All questions counted: what a page of results shows by itself."""

    total: int
    bursts: int
    summaries: list[counting.Summary]
    drawn: list[PlacesDrawn]


def results_context(request: HttpRequest, found: Questionnaire, *, exact: bool) -> dict[str, Any]:
    """Count; `exact` is for the staff, who may leave bursts out.

    Nobody else gets a bar, number, mark or table of fewer sheets than the rule says, nor two counts that tell such a
    one by their difference.
    """
    least = int(rules.value("questions.least_n"))
    hides = 0 if exact else least
    leaves_out = exact and request.GET.get("bursts") == "0"
    questions = counting.all_questions(found)
    sheets = counting.sheets_of(found, with_bursts=not leaves_out)
    counted = _once(found, hides, "every", lambda: _counted(found, questions, sheets, hides))
    countable = counting.counted(questions)
    enough = exact or counted.total >= least
    return {
        "total": counted.total,
        "bursts": counted.bursts,
        "leaves_bursts_out": leaves_out,
        "least": least,
        "hides": hides,
        "enough": enough,
        "summaries": counted.summaries,
        "drawn": counted.drawn,
        "countable": countable,
        **(_asked(request, found, countable, sheets, least, hides) if enough else {}),
    }


def _once[T](found: Questionnaire, hides: int, what: str, count: Callable[[], T]) -> T:
    """Count for the public once: what is answered changes no more. For the staff, `hides` 0, it is counted anew."""
    if not hides:
        return count()
    key = f"questions-results:{found.pk}:{found.version}:{hides}:{get_language()}:{what}"
    kept: tuple[T] | None = cache.get(key)
    if kept is None:
        kept = (count(),)
        cache.set(key, kept, KEPT_SECONDS)
    return kept[0]


def _counted(found: Questionnaire, questions: list[Question], sheets: Any, hides: int) -> Counted:
    total, bursts = sheets.count(), found.sheets.filter(in_burst=True).count()
    if total < hides:
        return Counted(total, bursts, [], [])
    summaries = counting.summaries(questions, sheets, hides)
    places = [one.question for one in summaries if one.question.kind in (Kind.POINT, Kind.LINE)]
    drawn = [draw_places(question, sheets, least=hides) for question in places]
    return Counted(total, bursts, summaries, [one for one in drawn if one is not None])


def _asked(
    request: HttpRequest, found: Questionnaire, countable: list[Question], sheets: Any, least: int, hides: int
) -> dict[str, Any]:  # fmt: skip
    """The table that was asked for: one question by area, or two crossed."""
    by_name = {question.name: question for question in reversed(countable)}
    down, across = by_name.get(request.GET.get("down", "")), by_name.get(request.GET.get("across", ""))
    area = by_name.get(request.GET.get("area", ""))
    crossed = towns = None
    if down and across and down != across:
        what = f"cross:{down.name}:{across.name}"
        crossed = _once(found, hides, what, lambda: counting.cross(down, across, sheets, least))
    if area:
        by_town = partial(counting.by_area, area, sheets, least, least_of_a_bar=hides)
        towns = _once(found, hides, f"area:{area.name}", by_town)
    return {
        "crossed": crossed,
        "refuses_cross": crossed is not None and bool(hides) and crossed.has_gaps,
        "by_area": towns,
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
