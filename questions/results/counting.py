"""Counting answers. Sheets of all wordings count together where a question kept its name and its kind."""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from questions.answering.models import AnswerSheet
from questions.register.form import COUNTED, Kind, Question, read_questions
from questions.register.models import Questionnaire


@dataclass(frozen=True, slots=True)
class Bar:
    """How often one choice was taken; `share` in percent of those who answered the question."""

    code: str
    label: str
    count: int
    share: float


@dataclass
class Summary:
    """One question: who answered it, and how. `numbers` are least, middle, mean and most."""

    question: Question
    answered: int = 0
    bars: list[Bar] = field(default_factory=list)
    numbers: tuple[float, float, float, float] | None = None


@dataclass(frozen=True, slots=True)
class Cross:
    """Two questions crossed: a row for each choice of the first; None in a cell of fewer than `least` sheets."""

    down: Question
    across: Question
    heads: list[str]
    rows: list[tuple[str, list[int | None]]]
    least: int


def sheets_of(questionnaire: Questionnaire, *, with_bursts: bool = True) -> QuerySet[AnswerSheet]:
    """Return the sheets that count."""
    rows = questionnaire.sheets.all()
    return rows if with_bursts else rows.filter(in_burst=False)


def all_questions(questionnaire: Questionnaire) -> list[Question]:
    """Return the questions of the newest form, then those of earlier ones that are asked no more."""
    found: dict[str, Question] = {}
    for form in questionnaire.forms.order_by("-number"):
        for question in read_questions(form.questions):
            found.setdefault(question.name, question)
    return [question for question in found.values() if question.kind != Kind.NOTE]


def summaries(questions: Sequence[Question], sheets: QuerySet[AnswerSheet]) -> list[Summary]:
    """Count each question in one pass over the sheets."""
    chosen: dict[str, Counter[str]] = {question.name: Counter() for question in questions}
    numbers: dict[str, list[float]] = {question.name: [] for question in questions}
    answered: Counter[str] = Counter()
    by_name = {question.name: question for question in questions}
    for answers in _answers(sheets):
        for name, value in answers.items():
            question = by_name.get(name)
            if question is None:
                continue
            answered[name] += 1
            if question.kind in COUNTED:
                chosen[name].update(_codes(value))
            elif question.kind == Kind.NUMBER and isinstance(value, int | float):
                numbers[name].append(float(value))
    return [
        Summary(question, answered[question.name], _bars(question, chosen[question.name], answered[question.name]),
                _four(numbers[question.name]))
        for question in questions
    ]  # fmt: skip


def _answers(sheets: QuerySet[AnswerSheet]) -> Iterator[dict[str, Any]]:
    return sheets.order_by("pk").values_list("answers", flat=True).iterator(chunk_size=2000)


def _codes(value: Any) -> list[str]:
    return [str(one) for one in value] if isinstance(value, list) else [str(value)]


def options_of(question: Question) -> list[tuple[str, str]]:
    """Return code and label of all that can be chosen."""
    if question.kind == Kind.SCALE:
        return [(step, step) for step in question.steps()]
    return list(question.choices)


def _bars(question: Question, counts: Counter[str], answered: int) -> list[Bar]:
    if question.kind not in COUNTED:
        return []
    known = options_of(question)
    gone = [(code, _("%s（旧选项）") % code) for code in counts if code not in dict(known)]
    return [
        Bar(code, label, counts[code], 100 * counts[code] / answered if answered else 0.0)
        for code, label in known + gone
    ]


def _four(values: list[float]) -> tuple[float, float, float, float] | None:
    if not values:
        return None
    values = sorted(values)
    middle = (values[(len(values) - 1) // 2] + values[len(values) // 2]) / 2
    return values[0], middle, sum(values) / len(values), values[-1]


def cross(down: Question, across: Question, sheets: QuerySet[AnswerSheet], least: int) -> Cross:
    """Cross two questions that are counted; a cell of one to `least` - 1 sheets is left out."""
    counts: Counter[tuple[str, str]] = Counter()
    for answers in _answers(sheets):
        for one in _codes(answers[down.name]) if down.name in answers else ():
            counts.update((one, other) for other in (_codes(answers[across.name]) if across.name in answers else ()))
    heads = options_of(across)
    rows = [
        (label, [_shown(counts[code, other], least) for other, _label in heads]) for code, label in options_of(down)
    ]
    return Cross(down, across, [label for _code, label in heads], rows, least)


def _shown(count: int, least: int) -> int | None:
    return count if count == 0 or count >= least else None


@dataclass(frozen=True, slots=True)
class AreaRow:
    """A town's sheets; `summaries` is empty where they are fewer than may be shown."""

    name: str
    count: int
    bars: list[Bar]


def by_area(question: Question, sheets: QuerySet[AnswerSheet], least: int) -> list[AreaRow]:
    """Count a question for each area that has `least` sheets or more; the rest together, if that is as many."""
    counts: dict[str, Counter[str]] = {}
    totals: Counter[str] = Counter()
    rows = sheets.filter(answers__has_key=question.name).order_by("pk").values_list("area__name", "answers")
    for name, answers in rows.iterator(chunk_size=2000):
        totals[name or ""] += 1
        counts.setdefault(name or "", Counter()).update(_codes(answers[question.name]))
    shown = [name for name, total in totals.most_common() if name and total >= least]
    rest = [name for name in totals if name not in shown]
    found = [AreaRow(name, totals[name], _bars(question, counts[name], totals[name])) for name in shown]
    together = sum(totals[name] for name in rest)
    if together >= least:
        joined = sum((counts[name] for name in rest), Counter[str]())
        found.append(AreaRow(_("其他和未填"), together, _bars(question, joined, together)))
    return found


def counted(questions: Iterable[Question]) -> list[Question]:
    """Return those that are counted and crossed."""
    return [question for question in questions if question.kind in COUNTED]
