"""States, verbs and parties of the chain by name, and what the table must know of a person and a matter."""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum


class State(StrEnum):
    """Where a matter stands; the values of `Suggestion.state`."""

    RECEIVED = "received"
    SUBMITTED = "submitted"
    ASSIGNED = "assigned"
    RETURNED = "returned"
    REPLIED = "replied"
    REDO = "redo"
    CLOSED = "closed"
    DECLINED = "declined"
    MERGED = "merged"


class Verb(StrEnum):
    """A step somebody takes."""

    ACCEPT = "accept"
    ADOPT = "adopt"
    ASSIGN = "assign"
    REPLY = "reply"
    CORRECT_REPLY = "correct_reply"
    CO_REPLY = "co_reply"
    RATE = "rate"
    REOPEN = "reopen"
    FORWARD = "forward"
    ASK_FORWARD = "ask_forward"
    HAND_ON = "hand_on"
    ASK_RETURN = "ask_return"
    ASK_EXTENSION = "ask_extension"
    DROP_REQUEST = "drop_request"
    RETURN = "return"
    EXTEND = "extend"
    REFUSE_REQUEST = "refuse_request"
    RECALL = "recall"
    ASK_CO = "ask_co"
    URGE = "urge"
    TAKE_BACK_URGE = "take_back_urge"
    SAY = "say"
    PAUSE = "pause"
    RESUME = "resume"
    MERGE = "merge"
    UNMERGE = "unmerge"
    SPLIT = "split"
    LINK = "link"
    UNLINK = "unlink"
    PUBLISH = "publish"
    WITHDRAW = "withdraw"
    REDACT = "redact"
    DECLINE = "decline"
    RECONSIDER = "reconsider"
    ABSORB = "absorb"
    RELEASE = "release"
    COME_BACK = "come_back"
    ESCALATE = "escalate"


class Party(StrEnum):
    """Who somebody is to one matter."""

    STAFF = "staff"
    HANDLER = "handler"
    CO_HANDLER = "co_handler"
    AUTHOR = "author"
    REPORTER = "reporter"
    DEPUTY = "deputy"
    SYSTEM = "system"


@dataclass(frozen=True, slots=True)
class Person:
    """The one who asks. `reporter_of`: the matter whose private link this person holds."""

    id: int | None
    role: str
    department_id: int | None = None
    reporter_of: int | None = None
    sits: bool = False
    """A deputy beside what the account's role says."""


@dataclass(frozen=True, slots=True)
class Matter:
    """What the table must know of a suggestion."""

    state: str
    author_id: int | None
    department_id: int | None = None
    id: int | None = None
    co_departments: frozenset[int] = frozenset()
    """Those that were asked for an opinion and have not given it."""
    returnable_until: date | None = None
    due_on: date | None = None
    planned_on: date | None = None
    redo_count: int = 0
    urged_on: date | None = None
    urge_by: str = ""
    """Who urged last, "staff" or "author", while nobody has taken that back."""
    is_paused: bool = False
    is_public: bool = False
    has_absorbed: bool = False
    request: str = ""
    """The event of the request that waits for a decision of the staff; empty where none does."""
