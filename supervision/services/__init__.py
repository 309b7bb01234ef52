"""Writes of supervision: each is one function, one transaction, and the event that says what was done."""

from supervision.services.filing import file_finding
from supervision.services.handling import (
    accept,
    ask_co,
    assign,
    co_reply,
    decline,
    forward,
    pause,
    recall,
    reconsider,
    reply,
    resume,
    return_to_staff,
    say,
    urge,
)
from supervision.services.joining import link, merge, split, unlink, unmerge
from supervision.services.planned import come_back
from supervision.services.rating import rate

__all__ = [
    "accept", "ask_co", "assign", "co_reply", "come_back", "decline", "file_finding", "forward", "link", "merge",
    "pause", "rate", "recall", "reconsider", "reply", "resume", "return_to_staff", "say", "split", "unlink", "unmerge",
    "urge",
]  # fmt: skip
