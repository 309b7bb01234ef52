"""How much one visitor, and the network around her, may send in an hour and in a day (rules `limits.*`)."""

from datetime import timedelta
from ipaddress import ip_network

from django.http import HttpRequest

from accounts import rules
from accounts.rate_limits import Limit, address_of, spend
from supervision.findings.intake import most_photos

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
NEIGHBOURS = {4: 24, 6: 48}
"""How many leading bits of an address one neighbourhood shares, by version of the protocol."""


def spend_report(request: HttpRequest) -> None:
    """Count one attempt to file something; raises TooMany.

    Somebody who is signed in is counted by account, anybody else by address and by the network around it.
    """
    if request.user.is_authenticated:
        spend(Limit("report-account", rules.value("limits.reports_account_hour"), HOUR), f"user:{request.user.pk}")
        return
    address = address_of(request)
    spend(Limit("report-address", rules.value("limits.reports_address_hour"), HOUR), address)
    spend(Limit("report-address-day", rules.value("limits.reports_address_day"), DAY), address)
    spend(Limit("report-network", rules.value("limits.reports_network_hour"), HOUR), network_of(address))


def spend_resend(request: HttpRequest) -> None:
    """Count one more sending of what is filed already, such as its next photo; raises TooMany."""
    most = rules.value("limits.reports_address_hour") * most_photos()
    spend(Limit("report-again", most, HOUR), address_of(request))


def spend_support(request: HttpRequest) -> None:
    """Count one "I met it too"; raises TooMany."""
    spend(Limit("report-support", rules.value("limits.supports_hour"), HOUR), address_of(request))


def spend_guess(request: HttpRequest) -> None:
    """Count one private link that is none; raises TooMany."""
    spend(Limit("report-link", rules.value("limits.link_guesses_hour"), HOUR), address_of(request))


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
