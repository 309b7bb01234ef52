"""Counting answers. Sheets of all wordings count together where a question kept its name and its kind.

`least` keeps single people unseen: what fewer sheets say is left out, 0 for those who may read every sheet anyway.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.db.models import Case, F, QuerySet, When
from django.utils.translation import gettext as _

from accounts.models import Area
from questions.answering.models import AnswerSheet
from questions.register.form import COUNTED, Kind, Question, codes_of, read_questions
from questions.register.models import Questionnaire

TOWN = Case(When(area__level=Area.Level.VILLAGE, then=F("area__parent")), default=F("area"))
"""The key of the town of a sheet; that of a wider area where it names one."""


@dataclass(frozen=True, slots=True)
class Bar:
    """How often one choice was taken, None for too few to show; `share` in percent of those who answered."""

    code: str
    label: str
    count: int | None
    share: float


@dataclass
class Summary:
    """One question: how many answered it, and how. `numbers` are least, middle, mean and most."""

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


def summaries(questions: Sequence[Question], sheets: QuerySet[AnswerSheet], least: int = 0) -> list[Summary]:
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
                chosen[name].update(codes_of(value))
            elif question.kind == Kind.NUMBER and isinstance(value, int | float):
                numbers[name].append(float(value))
    return [
        Summary(question, answered[name], _bars(question, chosen[name], answered[name], least),
                _four(numbers[name]) if answered[name] >= least else None)
        for name, question in by_name.items()
    ]  # fmt: skip


def _answers(sheets: QuerySet[AnswerSheet]) -> Iterator[dict[str, Any]]:
    return sheets.order_by("pk").values_list("answers", flat=True).iterator(chunk_size=2000)


def _bars(question: Question, counts: Counter[str], answered: int, least: int) -> list[Bar]:
    if question.kind not in COUNTED:
        return []
    known = question.options()
    gone = [(code, _("%s（旧选项）") % code) for code in counts if code not in dict(known)]
    hidden = _hidden(counts, least, only_one=question.kind != Kind.SEVERAL)
    return [
        Bar(code, label, None, 0.0)
        if code in hidden
        else Bar(code, label, counts[code], 100 * counts[code] / answered if answered else 0.0)
        for code, label in known + gone
    ]


def _hidden(counts: Counter[str], least: int, *, only_one: bool) -> set[str]:
    """Return the choices that too few took. Where one is taken of all, a single gap would be told by the rest: then
    the next smallest is left out as well."""
    hidden = {code for code, count in counts.items() if 0 < count < least}
    rest = sorted((count, code) for code, count in counts.items() if count and code not in hidden)
    return hidden | {rest[0][1]} if only_one and len(hidden) == 1 and rest else hidden


def _four(values: list[float]) -> tuple[float, float, float, float] | None:
    if not values:
        return None
    values = sorted(values)
    middle = (values[(len(values) - 1) // 2] + values[len(values) // 2]) / 2
    return values[0], middle, sum(values) / len(values), values[-1]


def cross(down: Question, across: Question, sheets: QuerySet[AnswerSheet], least: int) -> Cross:
    """Cross two questions that are counted; a cell of fewer than `least` sheets is left out, an empty one is 0."""
    counts: Counter[tuple[str, str]] = Counter()
    for answers in _answers(sheets):
        for one in codes_of(answers.get(down.name)):
            counts.update((one, other) for other in codes_of(answers.get(across.name)))
    heads = across.options()
    rows = [(label, [_shown(counts[code, other], least) for other, _label in heads]) for code, label in down.options()]
    return Cross(down, across, [label for _code, label in heads], rows, least)


def _shown(count: int, least: int) -> int | None:
    return count if count == 0 or count >= least else None


@dataclass(frozen=True, slots=True)
class AreaRow:
    """The sheets of a town, or of all towns that are too small to be shown by themselves."""

    name: str
    count: int
    bars: list[Bar]


def by_area(
    question: Question, sheets: QuerySet[AnswerSheet], least: int, *, least_of_a_bar: int = 0
) -> list[AreaRow]:  # fmt: skip
    """Count a question for each town that has `least` sheets or more; the rest together, if that is as many.

    Who named a village counts with its town. Towns are told apart by their keys: two districts may share a name.
    """
    counts: dict[int | None, Counter[str]] = {}
    totals: Counter[int | None] = Counter()
    rows = sheets.filter(answers__has_key=question.name).annotate(town=TOWN).order_by("pk")
    for town, answers in rows.values_list("town", "answers").iterator(chunk_size=2000):
        totals[town] += 1
        counts.setdefault(town, Counter()).update(codes_of(answers[question.name]))
    shown = [town for town, total in totals.most_common() if town is not None and total >= least]
    names = dict(Area.objects.filter(pk__in=shown).values_list("pk", "name"))
    found = [
        AreaRow(names[town], totals[town], _bars(question, counts[town], totals[town], least_of_a_bar))
        for town in shown
        if town is not None
    ]
    rest = [town for town in totals if town not in shown]
    together = sum(totals[town] for town in rest)
    if together >= least:
        joined = sum((counts[town] for town in rest), Counter[str]())
        found.append(AreaRow(_("其他和未填"), together, _bars(question, joined, together, least_of_a_bar)))
    return found


def counted(questions: Iterable[Question]) -> list[Question]:
    """Return those that are counted and crossed."""
    return [question for question in questions if question.kind in COUNTED]
