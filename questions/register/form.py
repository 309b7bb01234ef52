"""The shape of a form: its questions as plain data, checked as a whole. No database."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from math import isfinite
from typing import Any

from django.db import models
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from geokit.refusal import BadInput, FieldError
from questions.logic.expressions import Node, names_in, parse
from questions.logic.wording import words_of
from ui.plain_values import kept_in_cache

MOST_QUESTIONS = 60
MOST_CHOICES = 60
MOST_PHOTO_QUESTIONS = 3
MOST_SCALE = 11
MOST_WORDS = 2000
MOST_LABEL = 300
NAME = re.compile(r"[A-Za-z][A-Za-z0-9_]{0,39}")
CODE = re.compile(r"[A-Za-z0-9_\u4e00-\u9fff.-]{1,40}")


class Kind(models.TextChoices):
    ONE = "one", gettext_lazy("单选")
    SEVERAL = "several", gettext_lazy("多选")
    SCALE = "scale", gettext_lazy("打分")
    NUMBER = "number", gettext_lazy("一个数")
    TEXT = "text", gettext_lazy("文字")
    POINT = "point", gettext_lazy("地图上的一点")
    LINE = "line", gettext_lazy("地图上的一条线")
    PHOTO = "photo", gettext_lazy("照片")
    NOTE = "note", gettext_lazy("说明（不用回答）")


CHOSEN = (Kind.ONE, Kind.SEVERAL)
COUNTED = (Kind.ONE, Kind.SEVERAL, Kind.SCALE)
"""Kinds whose answers are counted one by one, and crossed."""


@kept_in_cache
@dataclass(frozen=True, slots=True)
class Question:
    """One question. `low` and `high` bound a number or a scale; `when` and `must` are expressions (`logic`)."""

    name: str
    kind: str
    label: str
    hint: str = ""
    required: bool = False
    choices: tuple[tuple[str, str], ...] = ()
    low: float | None = None
    high: float | None = None
    whole: bool = False
    most: int | None = None
    """Longest text, or how many may be chosen."""
    when: str = ""
    must: str = ""
    must_words: str = ""
    row: int = field(default=0, compare=False)
    """Where it stood in a sheet; 0 for none."""

    @property
    def kind_label(self) -> str:
        """What people call the kind."""
        return str(Kind(self.kind).label) if self.kind in Kind.values else self.kind

    def label_of(self, code: str) -> str:
        """Return the words of a choice; the code itself for one that is not among them."""
        return dict(self.choices).get(code, code)

    def options(self) -> list[tuple[str, str]]:
        """Return code and label of all that can be chosen; the marks of a scale, lowest first."""
        if self.kind == Kind.SCALE:
            marks = range(int(self.low or 0), int(self.high or 0) + 1)
            return [(str(mark), str(mark)) for mark in marks]
        return list(self.choices) if self.kind in CHOSEN else []

    def wording(self) -> tuple[Any, ...]:
        """Return what an answer to it rests on: name, kind, words, and what each code that can be chosen stands for."""
        return self.name, self.kind, self.label, tuple(self.options())

    def as_data(self) -> dict[str, Any]:
        """Return it as it is kept."""
        data = asdict(self)
        del data["row"]
        return data


def codes_of(value: Any) -> list[str]:
    """Return the codes in the answer to a question that is counted; none where it was not answered."""
    if value is None or value == "":
        return []
    return [str(one) for one in value] if isinstance(value, list) else [str(value)]


def read_questions(rows: Iterable[Mapping[str, Any]]) -> list[Question]:
    """Return what is kept as questions."""
    return [Question(**{**row, "choices": tuple(tuple(one) for one in row.get("choices", ()))}) for row in rows]


def check_questions(questions: Sequence[Question]) -> None:
    """Refuse a form that cannot be answered. Raises BadInput (``bad-form``) with an error for each fault."""
    errors = [error for question in questions for error in _faults(question)]
    errors += _doubles(questions)
    if len(questions) > MOST_QUESTIONS:
        errors.append(FieldError("", "too-many", _("一份问卷最多 %d 个问题。") % MOST_QUESTIONS))
    if sum(question.kind == Kind.PHOTO for question in questions) > MOST_PHOTO_QUESTIONS:
        words = _("一份问卷最多 %d 个照片题。") % MOST_PHOTO_QUESTIONS
        errors.append(FieldError("", "too-many", words))
    if not errors:
        errors += _order_faults(questions)
    if errors:
        raise BadInput(" ".join(error.message for error in errors[:8]), code="bad-form", errors=errors)


def _fault(question: Question, what: str, code: str, words: str) -> FieldError:
    where = (
        _("第 %d 行：") % question.row if question.row else _("“%s”：") % (question.label[:20] or question.name[:20])
    )
    return FieldError(what, code, where + words)


def _faults(question: Question) -> Iterable[FieldError]:
    if NAME.fullmatch(question.name) is None:
        yield _fault(question, "name", "bad-name", _("名称要以字母开头，只含字母、数字和下划线，最多 40 个字符。"))
    if question.kind not in Kind.values:
        yield _fault(question, "kind", "unknown", _("没有这种题型。"))
    if not question.label.strip():
        yield _fault(question, "label", "required", _("没有写问题。"))
    if max(len(question.label), len(question.hint), len(question.must_words)) > MOST_LABEL:
        yield _fault(question, "label", "too-long", _("问题和提示最多 %d 字。") % MOST_LABEL)
    yield from _choice_faults(question)
    yield from _bound_faults(question)


def _choice_faults(question: Question) -> Iterable[FieldError]:
    if question.kind not in CHOSEN:
        return
    codes = [code for code, _label in question.choices]
    if len(codes) < 2:
        yield _fault(question, "choices", "too-few", _("至少要有两个选项。"))
    if len(codes) > MOST_CHOICES:
        yield _fault(question, "choices", "too-many", _("最多 %d 个选项。") % MOST_CHOICES)
    if len(set(codes)) < len(codes):
        yield _fault(question, "choices", "twice", _("有两个选项的代码相同。"))
    for code, label in question.choices:
        if CODE.fullmatch(code) is None or not label.strip() or len(label) > MOST_LABEL:
            yield _fault(question, "choices", "bad-choice", _("选项“%s”的代码或文字不对。") % (label or code)[:20])


def _bound_faults(question: Question) -> Iterable[FieldError]:
    low, high = question.low, question.high
    if any(bound is not None and not isfinite(bound) for bound in (low, high)):
        yield _fault(question, "low", "not-a-number", _("上下限要写数字。"))
        return
    if low is not None and high is not None and low >= high:
        yield _fault(question, "high", "not-above", _("上限要大于下限。"))
    elif question.kind == Kind.SCALE and (low is None or high is None or not 1 <= high - low < MOST_SCALE):
        yield _fault(question, "high", "bad-scale", _("打分要写起止，最多 %d 档。") % MOST_SCALE)
    if question.most is not None and not 1 <= question.most <= MOST_WORDS:
        yield _fault(question, "most", "out-of-bounds", _("字数或选项数的上限在 1 到 %d 之间。") % MOST_WORDS)


def _doubles(questions: Sequence[Question]) -> Iterable[FieldError]:
    seen: set[str] = set()
    for question in questions:
        if question.name in seen:
            yield _fault(question, "name", "twice", _("名称“%s”用了两次。") % question.name)
        seen.add(question.name)


def _order_faults(questions: Sequence[Question]) -> list[FieldError]:
    """A condition asks only about what was asked before, so that one pass from top to bottom answers it."""
    errors: list[FieldError] = []
    before: set[str] = set()
    for question in questions:
        for what, text, known in (
            ("when", question.when, before),
            ("must", question.must, before | {question.name}),
        ):
            try:
                missing = names_in(parse(text)) - known if text else set()
            except BadInput as refusal:
                errors.append(_fault(question, what, refusal.code, refusal.message))
                continue
            if missing:
                words = _("条件里的“%s”不在这个问题之前。") % _("、").join(sorted(missing))
                errors.append(_fault(question, what, "unknown-name", words))
        if question.kind != Kind.NOTE:
            before.add(question.name)
    return errors


def when_in_words(question: Question, questions: Sequence[Question]) -> str:
    """Say when a question is asked; empty for always."""
    if not question.when:
        return ""
    known = {one.name: one for one in questions}

    def label(name: str, code: str) -> str:
        one = known.get(name)
        if one is None:
            return code or name
        return one.label_of(code) if code else one.label

    return words_of(parse(question.when), label)


def condition(question: Question) -> Node | None:
    """Return when the question is asked; None for always."""
    return parse(question.when) if question.when else None
