"""How much one visitor, and the network around her, may send in an hour and in a day (`settings.PUBLIC_REPORTS`)."""

from datetime import timedelta
from ipaddress import ip_network

from django.conf import settings
from django.http import HttpRequest

from accounts.rate_limits import Limit, address_of, spend
from supervision.findings.intake import MAX_PHOTOS

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
NEIGHBOURS = {4: 24, 6: 48}
"""How many leading bits of an address one neighbourhood shares, by version of the protocol."""


def spend_report(request: HttpRequest) -> None:
    """Count one attempt to file something; raises TooMany.

    Somebody who is signed in is counted by account, anybody else by address and by the network around it.
    """
    rule = settings.PUBLIC_REPORTS
    if request.user.is_authenticated:
        spend(Limit("report-account", rule["per_account_hour"], HOUR), f"user:{request.user.pk}")
        return
    address = address_of(request)
    spend(Limit("report-address", rule["per_address_hour"], HOUR), address)
    spend(Limit("report-address-day", rule["per_address_day"], DAY), address)
    spend(Limit("report-network", rule["per_network_hour"], HOUR), network_of(address))


def spend_resend(request: HttpRequest) -> None:
    """Count one more sending of what is filed already, such as its next photo; raises TooMany."""
    rule = settings.PUBLIC_REPORTS
    spend(Limit("report-again", rule["per_address_hour"] * MAX_PHOTOS, HOUR), address_of(request))


def spend_support(request: HttpRequest) -> None:
    """Count one "I met it too"; raises TooMany."""
    spend(Limit("report-support", settings.PUBLIC_REPORTS["supports_hour"], HOUR), address_of(request))


def spend_guess(request: HttpRequest) -> None:
    """Count one private link that is none; raises TooMany."""
    spend(Limit("report-link", settings.PUBLIC_REPORTS["guesses_hour"], HOUR), address_of(request))


def network_of(address: str) -> str:
    """Return the network around an address, or the address itself when it is none.

    >>> network_of("203.0.113.77"), network_of("2001:db8:1:2::/64"), network_of("unix:")
    ('203.0.113.0/24', '2001:db8:1::/48', 'unix:')
    """
    try:
        own = ip_network(address, strict=False)
    except ValueError:
        return address
    return str(own.supernet(new_prefix=min(NEIGHBOURS[own.version], own.prefixlen)))
