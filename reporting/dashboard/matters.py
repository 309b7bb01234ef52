"""The matters behind a figure of the numbers page: the same question, and what the figure counts of its answers."""

from collections.abc import Iterator
from datetime import date
from typing import Any

from django.db.models import Q, QuerySet
from django.http import QueryDict
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.permissions import Asker
from reporting.dashboard.distribution import histogram
from reporting.dashboard.selection import ListForm, Selection
from supervision.matters.answers import FIGURES, matters_in, with_answers
from supervision.models import Suggestion

ROWS_AT_ONCE = 2_000


def counted(asker: Asker, choice: Selection, figure: str, today: date) -> QuerySet[Any]:
    """What a figure about `choice` counts, newest first, with the columns of `with_answers`."""
    once = Suggestion.objects.filter(pk__in=matters_in(asker, choice).order_by().values("pk"))
    rows = with_answers(once, today).filter(took_as(choice))
    rows = rows.filter(FIGURES[figure][1]) if figure else rows
    return rows.select_related("department", "area").defer("area__geom").order_by("-submitted_at", "-pk")


def took_as(choice: Selection) -> Q:
    """The matters whose answer took as long as was asked (`distribution.bin_of`)."""
    if not choice.took:
        return Q()
    asked = next(each for each in histogram([]) if str(each.first) == choice.took)
    within = Q(days__gte=asked.first) if asked.first else Q(days__isnull=False)
    return within if asked.last is None else within & Q(days__lte=asked.last)


def on_map(asker: Asker, choice: Selection, today: date, most: int) -> dict[str, list[int]]:
    """Ids per tileset of what is counted, the newest, so that the map shows the same things."""
    rows = counted(asker, choice, "", today).filter(finding__isnull=False)
    found = sorted(rows.order_by("-finding").values_list("finding", flat=True)[:most])
    return {"findings": found} if found else {}


def table(asker: Asker, query: QueryDict) -> Iterator[list[Any]]:
    """The list as rows of a file, its head first."""
    form = ListForm(asker, query)
    found = counted(asker, form.choice(), form.figure_asked(), timezone.localdate())
    yield [
        _("编号"), _("题目"), _("类别"), _("镇街"), _("主办单位"), _("状态"), _("提出日期"), _("答复期限"),
        _("答复用时（天）"), _("按期答复"), _("超期未答复"), _("满意或基本满意"),
    ]  # fmt: skip
    for row in found.iterator(chunk_size=ROWS_AT_ONCE):
        yield [
            row.number, row.title, row.get_category_display(), row.area.name if row.area else "",
            row.department.short_name if row.department else "", row.get_state_display(),
            timezone.localdate(row.submitted_at).isoformat(), row.due_on.isoformat() if row.due_on else "",
            row.days, _yes(row.in_time), _yes(row.overdue), _yes(row.satisfied),
        ]  # fmt: skip


def _yes(whether: bool | None) -> str:
    return "" if whether is None else _("是") if whether else _("否")
