"""Every model of papers, for Django and for the rooms above. Inside the room each topic's own `models` is read."""

from papers.handling.models import AnswerDraft, AnswerTemplate, Handling, HandlingEvent, SealedScan, SignedAnswer
from papers.register.models import (
    CongressSession,
    Paper,
    PaperEvent,
    PaperEvidence,
    PaperFile,
    PaperPlace,
    PaperVersion,
    Signatory,
)

__all__ = [
    "AnswerDraft", "AnswerTemplate", "CongressSession", "Handling", "HandlingEvent", "Paper", "PaperEvent",
    "PaperEvidence", "PaperFile", "PaperPlace", "PaperVersion", "SealedScan", "Signatory", "SignedAnswer",
]  # fmt: skip
