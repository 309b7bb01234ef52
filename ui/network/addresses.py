"""Network addresses as limits count them: IPv4 also where it comes inside IPv6, of IPv6 what one household has."""

from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network

from django.conf import settings
from django.http import HttpRequest


def address_of(request: HttpRequest) -> str:
    """Return the network address that asks, as our own proxies saw it; what a client writes there itself is ignored.

    Each of `settings.TRUSTED_PROXIES` proxies appends the address it was asked from, so the one to believe stands so
    many places from the end.
    """
    address = str(request.META.get("REMOTE_ADDR", ""))
    passed_on = [part.strip() for part in request.META.get("HTTP_X_FORWARDED_FOR", "").split(",") if part.strip()]
    if 0 < settings.TRUSTED_PROXIES <= len(passed_on):
        address = without_port(passed_on[-settings.TRUSTED_PROXIES])
    return household_of(address)


def without_port(text: str) -> str:
    """Return an address without the port that some proxies write behind it, another one for each connection.

    >>> without_port("203.0.113.9:51234"), without_port("[2001:db8::1]:443"), without_port("2001:db8::1")
    ('203.0.113.9', '2001:db8::1', '2001:db8::1')
    """
    if text.startswith("["):
        return text[1:].partition("]")[0]
    return text.partition(":")[0] if text.count(":") == 1 else text


def plain_address(text: str) -> IPv4Address | IPv6Address:
    """Read an address; IPv4 inside IPv6, as a socket for both hands it over, is IPv4. Raises ValueError for none.

    >>> str(plain_address("::ffff:10.0.0.9")), str(plain_address("fe80::1%eth0"))
    ('10.0.0.9', 'fe80::1')
    """
    found = ip_address(text.partition("%")[0])
    return getattr(found, "ipv4_mapped", None) or found


def household_of(address: str) -> str:
    """Return an IPv6 address's /64, which is what one household has; any other address, or what is none, as it is.

    >>> household_of("2001:db8:1:2:3:4:5:6"), household_of("::ffff:10.0.0.9"), household_of("unix:")
    ('2001:db8:1:2::/64', '10.0.0.9', 'unix:')
    """
    try:
        found = plain_address(address)
    except ValueError:
        return address
    return str(ip_network((found, 64), strict=False)) if found.version == 6 else str(found)


def network_of(address: str) -> str:
    """Return the network around an address as logs keep it, a /24 or of IPv6 a /48; nothing of what is no address.

    >>> network_of("198.51.100.77"), network_of("2001:db8:1:2::/64"), network_of("unix:")
    ('198.51.100.0/24', '2001:db8:1::/48', '')
    """
    try:
        found = plain_address(address.partition("/")[0])
    except ValueError:
        return ""
    return str(ip_network((found, 48 if found.version == 6 else 24), strict=False))
