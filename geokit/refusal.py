"""The one way this project says no.

A :class:`Refusal` is a foreseen "no": bad input, a stale form, a step that is not allowed. It is
raised where the rule lives and turned into an HTTP status, an exit code or a form error at the edge.
Anything else that is raised is a bug.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class FieldError:
    """What is wrong with one input field."""

    field: str
    code: str
    message: str

    def as_dict(self) -> dict[str, str]:
        return {"field": self.field, "code": self.code, "message": self.message}


class Refusal(Exception):
    """A foreseen no, with a stable `code` (kebab-case) and a sentence for people."""

    default_code = "refused"

    def __init__(self, message: str, *, code: str = "", errors: Iterable[FieldError] = ()) -> None:
        super().__init__(message)
        self.message = message
        self.code = code or self.default_code
        self.errors = tuple(errors)


class BadInput(Refusal):
    """The input cannot be read or breaks a rule."""

    default_code = "bad-input"


class NotPermitted(Refusal):
    """The person may see the thing but not do this to it."""

    default_code = "not-permitted"


class StaleEdit(Refusal):
    """Somebody else changed the thing after this form was opened."""

    default_code = "stale-edit"


class MissingEvidence(Refusal):
    """The step is right but what proves it is missing; `errors` names each piece."""

    default_code = "missing-evidence"


class TooLarge(Refusal):
    """A file or a request over its limit."""

    default_code = "too-large"


class Busy(Refusal):
    """Right request, wrong moment: try again shortly."""

    default_code = "busy"


class NotFound(Refusal):
    """What the site says it has is not where it should be."""

    default_code = "not-found"


class Gone(Refusal):
    """It was here; what is left of it is not given out."""

    default_code = "gone"


class Unavailable(Busy):
    """What the site itself stands on (database, disk, a free place) is away; nothing of it is needed to say so."""

    default_code = "unavailable"

    def __init__(self, message: str, *, code: str = "", retry_after: int = 5) -> None:
        super().__init__(message, code=code)
        self.retry_after = retry_after
        """Seconds until it is worth another try."""


class TooMany(Refusal):
    """More attempts than one person may make in this time."""

    default_code = "too-many"

    def __init__(self, message: str, *, retry_after: int = 60, code: str = "") -> None:
        super().__init__(message, code=code)
        self.retry_after = retry_after
        """Seconds until it is worth another try."""


def only_answer[T](answers: Sequence[T | Refusal]) -> T:
    """Return what a service for many rows answered to one; raises the Refusal that it is."""
    [answer] = answers
    if isinstance(answer, Refusal):
        raise answer
    return answer


def refuse(field: str, code: str, message: str) -> BadInput:
    """Return the refusal of what stands in one field, to be raised."""
    return BadInput(message, code=code, errors=[FieldError(field, code, message)])
