"""A questionnaire that is open, of the district's staff, reviewed by a second person."""

from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.utils import timezone

from library.models import Document, Version
from questions.answering.services import Sender, answer
from questions.models import AnswerSheet, Questionnaire
from questions.register import services
from questions.register.form import Question
from tests.data.cast import person

QUESTIONS = [
    Question(name="q1", kind="one", label="河边环境怎样", required=True, choices=(("good", "好"), ("bad", "不好"))),
    Question(name="q2", kind="text", label="哪里不好", when="${q1} = 'bad'", required=True, most=50),
    Question(name="q3", kind="several", label="常做什么", choices=(("walk", "散步"), ("fish", "钓鱼")), most=2),
    Question(name="q4", kind="point", label="在哪里"),
    Question(name="q5", kind="number", label="每周去几次", low=0, high=50, whole=True),
    Question(name="q6", kind="scale", label="满意度", low=1, high=5),
]


def as_draft(staff: Any, area: Any, questions: list[Question] | None = None, **more: Any) -> Questionnaire:
    now = timezone.now()
    times = {"opens_at": now - timedelta(hours=1), "closes_at": now + timedelta(days=9)}
    made = services.make(staff, **({"title": "河道环境问卷", "area": area} | times | more))
    services.save_form(staff, made.pk, made.version, questions or QUESTIONS)
    made.refresh_from_db()
    return made


def opened(staff: Any, second: Any, area: Any, questions: list[Question] | None = None, **more: Any) -> Questionnaire:
    made = as_draft(staff, area, questions, **more)
    services.step(staff, made.pk, "submit", made.version)
    services.step(second, made.pk, "approve", made.version + 1)
    made.refresh_from_db()
    return made


def give(questionnaire: Questionnaire, typed: dict[str, Any], **who: Any) -> AnswerSheet:
    """Answer as one more browser."""
    sender = Sender(**({"user": None, "browser": str(uuid4())} | who))
    newest = questionnaire.forms.first()
    return answer(questionnaire, sender, typed, client_id=uuid4(), form_number=newest.number)


@pytest.fixture
def second(world: Any) -> Any:
    return person("second-staff", "staff")


@pytest.fixture
def questionnaire(world: Any, staff: Any, second: Any) -> Questionnaire:
    return opened(staff, second, world.district)


@pytest.fixture
def draft_law(db: None) -> Document:
    found = Document.objects.create(code="draft-1", title="公园条例（草案）", kind="law", visibility="public")
    Version.objects.create(document=found, sha256="0" * 64, preamble="征求意见稿。")
    return found
