"""What rooms above ours add to a matter's page."""

from dataclasses import dataclass
from typing import Any

from django.dispatch import Signal


@dataclass(frozen=True)
class Raised:
    """Something that the matter was raised to: a paper of the congress."""

    title: str
    state: str
    url: str


@dataclass(frozen=True)
class Way:
    """A way on that the asker may take, by a POST to `url`."""

    label: str
    url: str
    fields: tuple[tuple[str, str], ...] = ()


onward_requested = Signal()
"""Sent with `matter` and `user`; each receiver answers with a list of :class:`Raised` and :class:`Way`, as far as that
person may see and do them."""


def onward(matter: object, user: object) -> tuple[list[Raised], list[Way]]:
    """Return what a matter was raised to, and where it can be raised to, for one person."""
    sent: Any = onward_requested.send(type(matter), matter=matter, user=user)
    answers = [one for _receiver, found in sent for one in found]
    return [one for one in answers if isinstance(one, Raised)], [one for one in answers if isinstance(one, Way)]
