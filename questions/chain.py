"""What of this room is in the chain of evidence. From where an answer came is not: it is forgotten at the end."""

from ledger.chain.declared import Chained, Explains, Stored
from ledger.chain.replays import Replay
from questions.register.models import Questionnaire, QuestionnaireEvent
from questions.register.table import TABLE

EVENT = "questions_questionnaireevent"

CHAINED = (
    Chained("questions_questionnaire", omitted=("version",), explained_by=(Explains(EVENT, "questionnaire_id"),)),
    Chained("questions_formversion", history=True),
    Chained(EVENT, history=True, sealed=("text",)),
    Chained("questions_answersheet", omitted=("source",), sealed=("answers",)),
    Chained("questions_answerplace", history=True),
    Chained("questions_answerphoto", history=True, files=(Stored("file", "sha256"),)),
    Chained("questions_publishedanswer", sealed=("text", "reply"), deletable=True),
)

questionnaires_follow_their_events = Replay(TABLE, Questionnaire, QuestionnaireEvent, "questionnaire", order=("pk",))
