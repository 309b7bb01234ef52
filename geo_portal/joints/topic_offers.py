"""The rooms whose data suggest topics for papers."""

from accounts.topics import register
from projects.topics import TOPICS as PROJECTS
from river_monitoring.topics import TOPICS as WATERS
from supervision.topics import TOPICS as MATTERS


def listen() -> None:
    """Have topics found in every room, in the order of the page."""
    register([*MATTERS, *WATERS, *PROJECTS])
