"""All sheets as a table: a head with names, one with the questions, codes beside labels."""

from collections.abc import Iterator, Sequence
from typing import Any

from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from questions.answering.models import AnswerSheet
from questions.register.form import COUNTED, Kind, Question, codes_of
from questions.results.counting import Asked


def rows_of(questions: Sequence[Question], sheets: QuerySet[AnswerSheet]) -> Iterator[list[Any]]:
    """Yield the head and a row for each sheet. A question that is counted has a column of codes and one of labels.

    The time is the day alone, there is no number of a person and no order of arrival: who knows when somebody answered
    learns no more.
    """
    asked = Asked(questions)
    yield [_("序号"), _("日期"), _("镇街"), _("问卷版本"), _("大量提交"), *_heads(questions)]
    rows = sheets.order_by("client_id").select_related("area", "form")
    for number, sheet in enumerate(rows.iterator(chunk_size=500), start=1):
        yield [
            number,
            timezone.localdate(sheet.at),
            sheet.area.name if sheet.area else "",
            sheet.form.number,
            _("是") if sheet.in_burst else "",
            *_cells(questions, asked.answers(sheet.form_id, sheet.answers)),
        ]


def _heads(questions: Sequence[Question]) -> Iterator[str]:
    for question in questions:
        if question.kind in COUNTED:
            yield _("%s（代码）") % question.name
        yield question.label


def _cells(questions: Sequence[Question], answers: dict[int, Any]) -> Iterator[Any]:
    for at, question in enumerate(questions):
        value = answers.get(at, "")
        if question.kind not in COUNTED:
            yield value if question.kind == Kind.NUMBER else str(value)
            continue
        codes = codes_of(value)
        yield " ".join(codes)
        yield _("、").join(question.label_of(code) for code in codes)
