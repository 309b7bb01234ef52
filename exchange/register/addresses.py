"""Where packages may be pushed: hosts that the operator names, exactly as he writes them."""

from urllib.parse import urlsplit

from django.conf import settings
from django.utils.translation import gettext as _

from geokit.refusal import refuse


def check_address(url: str) -> None:
    """Refuse an address whose scheme, host and port are not on the operator's list. Raises BadInput.

    Asked when a partner is written down and again before every push. The list may name inner networks: instances of one
    city often meet on the government's own. Redirects are not followed.
    """
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        raise refuse("url", "address-not-allowed", _("这不是一个网址。")) from None
    host = parts.hostname or ""
    place = f"{parts.scheme}://{host}" + (f":{port}" if port else "")
    if parts.username or parts.password or parts.scheme not in ("https", "http") or not host or parts.fragment:
        raise refuse("url", "address-not-allowed", _("地址须以 https:// 开头，不能带用户名。"))
    if place not in {each.rstrip("/").lower() for each in settings.EXCHANGE_HOSTS}:
        raise refuse(
            "url", "address-not-allowed", _("“%s”不在运维设置 EXCHANGE_HOSTS 里，请先由运维人员写入。") % place[:100]
        )
