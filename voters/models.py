"""Every model of the room, for Django and for the rooms above."""

from voters.codes.models import PlaceCode
from voters.line.models import Message, MessageEvent, MessagePhoto

__all__ = ["Message", "MessageEvent", "MessagePhoto", "PlaceCode"]
