"""Writes of supervision: each is one function, one transaction, and the event that says what was done."""

from supervision.matters.services.filing import file_finding
from supervision.matters.services.follow_up import come_back
from supervision.matters.services.handling import (
    accept,
    ask_co,
    assign,
    co_reply,
    correct_reply,
    decline,
    forward,
    pause,
    recall,
    reconsider,
    reply,
    resume,
    say,
    take_back_urge,
    urge,
)
from supervision.matters.services.merging import link, merge, split, unlink, unmerge
from supervision.matters.services.rating import rate
from supervision.matters.services.requests import (
    ask_extension,
    ask_forward,
    ask_return,
    drop_request,
    extend,
    hand_on,
    refuse_request,
    return_to_staff,
)

__all__ = [
    "accept",
    "ask_co",
    "ask_extension",
    "ask_forward",
    "ask_return",
    "assign",
    "co_reply",
    "come_back",
    "correct_reply",
    "decline",
    "drop_request",
    "extend",
    "file_finding",
    "forward",
    "hand_on",
    "link",
    "merge",
    "pause",
    "rate",
    "recall",
    "reconsider",
    "refuse_request",
    "reply",
    "resume",
    "return_to_staff",
    "say",
    "split",
    "take_back_urge",
    "unlink",
    "unmerge",
    "urge",
]  # fmt: skip
