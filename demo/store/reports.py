"""The quarterly report of the last whole quarter: ordered here, made by the worker in its own time."""

from datetime import date

from accounts.models import User
from reporting.quarterly.services import order_report
from river_monitoring.standard.averages import span_of


def order_last_report(users: dict[str, User], today: date) -> None:
    """Have the staff of the demo order it, so that its page shows one soon after the start."""
    order_report(users["staff"], span_of(today, "quarter").before)
