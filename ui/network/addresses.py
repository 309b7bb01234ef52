"""Network addresses as limits count them: IPv4 also where it comes inside IPv6, of IPv6 what one household has."""

from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network


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
