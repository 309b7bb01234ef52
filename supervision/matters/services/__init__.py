"""Writes of supervision: each is one function, one transaction, and the event that says what was done."""

from supervision.matters.services.filing import file_finding
from supervision.matters.services.follow_up import come_back
from supervision.matters.services.handling import (
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
from supervision.matters.services.merging import link, merge, split, unlink, unmerge
from supervision.matters.services.rating import rate

__all__ = [
    "accept", "ask_co", "assign", "co_reply", "come_back", "decline", "file_finding", "forward", "link", "merge",
    "pause", "rate", "recall", "reconsider", "reply", "resume", "return_to_staff", "say", "split", "unlink", "unmerge",
    "urge",
]  # fmt: skip
