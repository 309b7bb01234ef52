"""What an address that somebody typed may be, before anything is asked there; what a name means is asked later."""

from urllib.parse import SplitResult, urlsplit

from geokit.fetching import https
from geokit.refusal import BadInput, refuse
from geokit.wording import gettext as _

PORTS = {"https": 443, "http": 80}
INNER_NAMES = (".localhost", ".local", ".internal")
NOT_ALLOWED = "address-not-allowed"


def public_host(url: str) -> str:
    """Return the host of an https address on the usual port without a user, which is not written as an inner one.

    Raises BadInput `address-not-allowed` on the field `url`.
    """
    parts = split(url)
    if parts.scheme != "https" or parts.port not in (None, 443) or _names_user(parts):
        raise not_allowed(_("地址须以 https:// 开头，不能带用户名或端口。"))
    host = (parts.hostname or "").lower()
    if not host:
        raise not_allowed(_("这不是一个网址。"))
    if _is_inner(host):
        raise not_allowed(_("地址不能指向内部网络。"))
    return host


def origin_of(url: str) -> str:
    """Return scheme, host and port of an http or https address without a user. Raises BadInput as above.

    >>> origin_of("HTTPS://Maps.Example.org/wfs?x=1"), origin_of("http://10.1.2.3:6080/arcgis")
    ('https://maps.example.org:443', 'http://10.1.2.3:6080')
    """
    parts = split(url)
    if parts.scheme not in PORTS or not parts.hostname or _names_user(parts):
        raise not_allowed(_("地址须以 https:// 开头，不能带用户名或端口。"))
    return f"{parts.scheme}://{parts.hostname.lower()}:{parts.port or PORTS[parts.scheme]}"


def split(url: str) -> SplitResult:
    """Return the parts of an address. Raises BadInput for what is none, and for what no request line takes."""
    if not url.isascii() or not url.isprintable() or " " in url or "\\" in url:
        raise not_allowed(_("这不是一个网址。"))
    try:
        parts = urlsplit(url)
        _port = parts.port  # looked at when it is asked for
    except ValueError:
        raise not_allowed(_("这不是一个网址。")) from None
    if "%" in parts.netloc:  # who asks would decode it, and ask another host or port than was looked at
        raise not_allowed(_("这不是一个网址。"))
    return parts


def not_allowed(message: str) -> BadInput:
    return refuse("url", NOT_ALLOWED, message)


def _names_user(parts: SplitResult) -> bool:
    return parts.username is not None or parts.password is not None


def _is_inner(host: str) -> bool:
    """Tell whether `host` is written as an address of an inner network."""
    try:
        return not https.is_public(host)
    except ValueError:
        return host == "localhost" or host.endswith(INNER_NAMES)
