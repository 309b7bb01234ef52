"""Counting answers. Sheets of all forms count together where a question had the same words and the same options.

`least` keeps single people unseen: what fewer sheets say is left out, 0 for those who may read every sheet anyway.
"""

from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.db.models import Case, F, QuerySet, When
from django.utils.translation import gettext as _

from accounts.models import Area
from questions.answering.models import AnswerSheet
from questions.register.form import COUNTED, Kind, Question, codes_of, read_questions
from questions.register.models import FormVersion, Questionnaire
from ui.plain_values import kept_in_cache

TOWN = Case(When(area__level=Area.Level.VILLAGE, then=F("area__parent")), default=F("area"))
"""The key of the town of a sheet; that of a wider area where it names one."""


@kept_in_cache
@dataclass(frozen=True, slots=True)
class Bar:
    """How often one choice was taken, None for too few to show; `share` in percent of those who answered."""

    code: str
    label: str
    count: int | None
    share: float


@kept_in_cache
@dataclass(frozen=True, slots=True)
class Summary:
    """One question: how many answered it, and how. `numbers` are least, middle, mean and most."""

    question: Question
    answered: int = 0
    bars: list[Bar] = field(default_factory=list)
    numbers: tuple[float, float, float, float] | None = None


@kept_in_cache
@dataclass(frozen=True, slots=True)
class Cross:
    """Two questions crossed: a row for each choice of the first; None in a cell of fewer than `least` sheets."""

    down: Question
    across: Question
    heads: list[str]
    rows: list[tuple[str, list[int | None]]]
    least: int

    @property
    def has_gaps(self) -> bool:
        """Tell whether a cell is left out. Beside totals that are shown, other cells would tell it, so the public gets
        no such table."""
        return any(cell is None for _label, cells in self.rows for cell in cells)


def sheets_of(questionnaire: Questionnaire, *, with_bursts: bool = True) -> QuerySet[AnswerSheet]:
    """Return the sheets that count."""
    rows = questionnaire.sheets.all()
    return rows if with_bursts else rows.filter(in_burst=False)


def all_questions(questionnaire: Questionnaire) -> list[Question]:
    """Return the questions of the newest form, then those of earlier ones that were asked otherwise."""
    found: dict[tuple[Any, ...], Question] = {}
    for form in questionnaire.forms.order_by("-number"):
        for question in read_questions(form.questions):
            found.setdefault(question.wording(), question)
    return [question for question in found.values() if question.kind != Kind.NOTE]


def summaries(questions: Sequence[Question], sheets: QuerySet[AnswerSheet], least: int = 0) -> list[Summary]:
    """Count each question in one pass over the sheets; one that fewer than `least` answered is left out."""
    chosen: list[Counter[str]] = [Counter() for _one in questions]
    numbers: list[list[float]] = [[] for _one in questions]
    answered: Counter[int] = Counter()
    for answers in _answers(sheets, questions):
        for at, value in answers.items():
            answered[at] += 1
            if questions[at].kind in COUNTED:
                chosen[at].update(codes_of(value))
            elif questions[at].kind == Kind.NUMBER and isinstance(value, int | float):
                numbers[at].append(float(value))
    return [
        Summary(
            question,
            answered[at],
            _bars(question, chosen[at], answered[at], _hidden(chosen[at], least, only_one=_takes_one(question))),
            _four(numbers[at]),
        )
        for at, question in enumerate(questions)
        if answered[at] >= least
    ]


class Asked:
    """Which of `questions` the form of a sheet asked, in the very words: an answer is never read under other labels."""

    def __init__(self, questions: Sequence[Question]) -> None:
        self._places = {question.wording(): at for at, question in enumerate(questions)}
        self._forms: dict[int, dict[str, int]] = {}

    def answers(self, form: int, answers: Mapping[str, Any]) -> dict[int, Any]:
        """Return the answers of a sheet of this form by the places of their questions."""
        if form not in self._forms:
            asked = read_questions(FormVersion.objects.values_list("questions", flat=True).get(pk=form))
            known = {question.name: self._places.get(question.wording()) for question in asked}
            self._forms[form] = {name: at for name, at in known.items() if at is not None}
        places = self._forms[form]
        return {places[name]: value for name, value in answers.items() if name in places}


def _answers(sheets: QuerySet[AnswerSheet], questions: Sequence[Question]) -> Iterator[dict[int, Any]]:
    asked = Asked(questions)
    for form, answers in sheets.order_by("pk").values_list("form_id", "answers").iterator(chunk_size=2000):
        yield asked.answers(form, answers)


def _takes_one(question: Question) -> bool:
    return question.kind != Kind.SEVERAL


def _bars(question: Question, counts: Counter[str], answered: int, hidden: Collection[str]) -> list[Bar]:
    if question.kind not in COUNTED:
        return []
    return [
        Bar(code, label, None, 0.0)
        if code in hidden
        else Bar(code, label, counts[code], 100 * counts[code] / answered if answered else 0.0)
        for code, label in question.options()
    ]


def _hidden[T: (str, int)](counts: Counter[T], least: int, *, only_one: bool, also: Collection[T] = ()) -> set[T]:
    """Return the choices that too few took, and those of `also`.

    Where one is taken of all, the rest tells how many took those that are left out: the next smallest are left out as
    well until that is `least` or more, of two at least.
    """
    hidden = {code for code, count in counts.items() if 0 < count < least} | set(also)
    rest = sorted((count, code) for code, count in counts.items() if count and code not in hidden)
    while only_one and rest and _is_told(counts, hidden, least):
        hidden.add(rest.pop(0)[1])
    return hidden


def _is_told[T: (str, int)](counts: Counter[T], hidden: Collection[T], least: int) -> bool:
    """Tell whether a sum that is shown gives away what is left out of it."""
    return bool(hidden) and (len(hidden) < 2 or sum(counts[one] for one in hidden) < least)


def _hidden_by_town(question: Question, towns: Sequence[Counter[str]], least: int) -> list[set[str]] | None:
    """Return the choices that are left out of each town; None where what is shown tells one whatever else is left out.

    How many took a choice in all towns is shown as well: what is left out of one town is left out of a second. Where it
    is left out of the sum, it is left out of a town too.
    """
    one = _takes_one(question)
    in_all = _hidden(sum(towns, Counter[str]()), least, only_one=one)
    by_code = {code: Counter({at: town[code] for at, town in enumerate(towns)}) for code, _label in question.options()}
    hidden: list[set[str]] = [set() for _town in towns]
    before: list[set[str]] = []
    while hidden != before:
        before = hidden
        hidden = [_hidden(town, least, only_one=one, also=also) for town, also in zip(towns, before, strict=True)]
        for code, counts in by_code.items():
            if code not in in_all:
                there = _hidden(counts, least, only_one=True, also=_towns_without(code, hidden))
            else:
                there = set(_towns_without(code, hidden)[:1] or [_smallest(counts)])
            for at in there:
                hidden[at].add(code)
    told = [_is_told(town, codes, least) for town, codes in zip(towns, hidden, strict=True) if one]
    told += [
        _is_told(counts, _towns_without(code, hidden), least) for code, counts in by_code.items() if code not in in_all
    ]
    return None if any(told) else hidden


def _smallest(counts: Counter[int]) -> int:
    return min((count, at) for at, count in counts.items() if count)[1]


def _towns_without(code: str, hidden: Sequence[Collection[str]]) -> list[int]:
    return [at for at, codes in enumerate(hidden) if code in codes]


def _four(values: list[float]) -> tuple[float, float, float, float] | None:
    if not values:
        return None
    values = sorted(values)
    middle = (values[(len(values) - 1) // 2] + values[len(values) // 2]) / 2
    return values[0], middle, sum(values) / len(values), values[-1]


def cross(down: Question, across: Question, sheets: QuerySet[AnswerSheet], least: int) -> Cross:
    """Cross two questions that are counted; a cell of fewer than `least` sheets is left out, an empty one is 0."""
    counts: Counter[tuple[str, str]] = Counter()
    for answers in _answers(sheets, [down, across]):
        for one in codes_of(answers.get(0)):
            counts.update((one, other) for other in codes_of(answers.get(1)))
    heads = across.options()
    rows = [(label, [_shown(counts[code, other], least) for other, _label in heads]) for code, label in down.options()]
    return Cross(down, across, [label for _code, label in heads], rows, least)


def _shown(count: int, least: int) -> int | None:
    return count if count == 0 or count >= least else None


@kept_in_cache
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

    For the public, who gets a `least_of_a_bar`, a rest that is smaller takes the smallest town in: the total would tell
    it; and no town is shown where others would tell a bar that is left out. Who named a village counts with its town.
    Towns are told apart by their keys: two districts may share a name.
    """
    counts: dict[int | None, Counter[str]] = {}
    totals: Counter[int | None] = Counter()
    asked = Asked([question])
    rows = sheets.filter(answers__has_key=question.name).annotate(town=TOWN).order_by("pk")
    for town, form, answers in rows.values_list("town", "form_id", "answers").iterator(chunk_size=2000):
        for value in asked.answers(form, answers).values():
            totals[town] += 1
            counts.setdefault(town, Counter()).update(codes_of(value))
    shown = [town for town, total in totals.most_common() if town is not None and total >= least]
    if least_of_a_bar:
        shown = _without_a_small_rest(shown, totals, least)
        if not shown:
            return []
    names = dict(Area.objects.filter(pk__in=shown).values_list("pk", "name"))
    found = [(names[town], totals[town], counts[town]) for town in shown if town is not None]
    rest = [town for town in totals if town not in shown]
    together = sum(totals[town] for town in rest)
    if together >= least:
        found.append((_("其他和未填"), together, sum((counts[town] for town in rest), Counter[str]())))
    hidden = _hidden_by_town(question, [said for _name, _total, said in found], least_of_a_bar)
    if hidden is None:
        return []
    return [
        AreaRow(name, total, _bars(question, said, total, codes))
        for (name, total, said), codes in zip(found, hidden, strict=True)
    ]


def _without_a_small_rest(shown: list[int], totals: Counter[int | None], least: int) -> list[int]:
    while shown and 0 < totals.total() - sum(totals[town] for town in shown) < least:
        shown = shown[:-1]
    return shown


def counted(questions: Iterable[Question]) -> list[Question]:
    """Return those that are counted and crossed."""
    return [question for question in questions if question.kind in COUNTED]
