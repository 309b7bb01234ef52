"""How much one visitor may write: as with reports, and to one addressee in a day."""

from datetime import timedelta

from django.http import HttpRequest

from accounts.rate_limits import Limit, address_of, spend
from supervision.public.rate_limits import spend_guess, spend_report

__all__ = ["spend_guess", "spend_message", "spend_report"]

TO_ONE = Limit("voter-message", 20, timedelta(days=1))
"""From one address to one code; the whole of a house may share an address."""


def spend_message(request: HttpRequest, code: str) -> None:
    """Count one attempt to write; raises TooMany."""
    spend_report(request)
    spend(TO_ONE, f"{address_of(request)}>{code}")
