"""What the chain of evidence says of a consultation: nothing of what it takes, everything of what is done past it."""

import pytest

from ledger.chain import verify
from questions.answering.services import publish, withdraw
from questions.models import AnswerSheet, Questionnaire
from questions.register import services
from tests.integration.questions.conftest import give

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def answered(questionnaire, staff):
    """Two answered; it is closed and what became of it is said."""
    give(questionnaire, {"q1": "bad", "q2": "桥下有垃圾"}, address="203.0.113.7")
    give(questionnaire, {"q1": "good"}, address="203.0.113.8")
    sheet = AnswerSheet.objects.earliest("pk")
    publish(staff, sheet.pk, "q2", text="桥下有垃圾", reply="已清理")
    publish(staff, sheet.pk, "q2", text="桥下有一堆垃圾", reply="已清理")
    withdraw(staff, sheet.pk, "q2")
    for verb, text in (("close", ""), ("answer", "已安排清理。")):
        questionnaire.refresh_from_db()
        services.step(staff, questionnaire.pk, verb, questionnaire.version, text)
    assert verify(files=False).is_sound
    return questionnaire


def faults():
    return {(fault.kind, fault.table, fault.column) for fault in verify(files=False).faults}


def test_an_answer_is_not_another_one_by_sql_alone(answered):
    AnswerSheet.objects.filter(answers={"q1": "good"}).update(answers={"q1": "bad", "q2": "都不好"})
    assert faults() == {("unexplained-change", "questions_answersheet", "")}


def test_what_became_of_it_is_not_another_thing_by_sql_alone(answered):
    Questionnaire.objects.filter(pk=answered.pk).update(response="没有人提出意见。")
    assert faults() == {("unexplained-change", "questions_questionnaire", "")}


def test_it_is_not_opened_again_by_sql_alone(answered):
    Questionnaire.objects.filter(pk=answered.pk).update(state="open")
    found = {(kind, column) for kind, _table, column in faults()}
    assert found == {("state-differs", "state"), ("unexplained-change", "")}
