"""A row of the foreign-object column: what people get who have a role for such things, but not for this one."""

from dataclasses import dataclass, field
from typing import Any

FOREIGNERS = ("town_staff", "village_staff", "other_officer", "gis", "other_deputy")
"""Staff of another town, staff of another village of the same town, an officer of another department, GIS staff, a
deputy whose the thing is not."""

HIDDEN = "404 404 404 404 404"
REFUSED = "403 403 403 403 403"
TOLD_OF_A_PUBLIC_THING = "403 403 403 404 404"
GIS_MAY = "404 404 404 302 404"


@dataclass(frozen=True)
class Foreign:
    """A writing route about a real thing, a form that is right, and who gets what.

    `answers` stand in the order of FOREIGNERS, and who is refused (4xx) writes nothing. `rightful` sends the same and
    gets `taken`, so that a refusal cannot be a fault of the form. Words of the things stand for their keys.
    """

    route: str
    words: str = ""
    form: dict[str, Any] = field(default_factory=dict)
    answers: str = HIDDEN
    rightful: str = "staff"
    taken: int = 302
    json: bool = False
    method: str = "post"
    by_row: bool = False
    """Many at once: each foreign row is refused, so nothing is written whatever the status."""

    @property
    def name(self) -> str:
        return f"{self.route} {self.words}".strip()
