"""One line of a point's history, and the way by which rooms above ours add theirs."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal

from django.dispatch import Signal

from river_monitoring.rectification.models import Evidence

Tone = Literal["", "good", "bad"]
Kind = Literal["step", "work", "sample", "correction", "escalation", "inspection"]

history_asked = Signal()
"""Sent with `point` and `user`; each receiver returns the entries that its room adds.

They are shown to everybody whom the page is shown to: no names of people, no words of citizens.
"""


@dataclass(frozen=True)
class Entry:
    """One sentence of the history; `words` are what a department wrote with it, `facts` short lines below it."""

    at: datetime
    kind: Kind
    text: str
    tone: Tone = ""
    words: str = ""
    facts: tuple[str, ...] = ()
    url: str = ""
    photos: list[Evidence] = field(default_factory=list)
    papers: list[Evidence] = field(default_factory=list)
