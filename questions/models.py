"""All tables of the room, for Django and for rooms above."""

from questions.answering.models import AnswerPhoto, AnswerPlace, AnswerSheet, PublishedAnswer, UsedMark
from questions.register.models import FormVersion, PrintedCode, Questionnaire, QuestionnaireEvent

__all__ = [
    "AnswerPhoto",
    "AnswerPlace",
    "AnswerSheet",
    "FormVersion",
    "PrintedCode",
    "PublishedAnswer",
    "Questionnaire",
    "QuestionnaireEvent",
    "UsedMark",
]
