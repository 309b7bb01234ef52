"""On which pages of this site another program's script may be, and which addresses are signed for it."""

from urllib.parse import unquote, urlsplit

from django.urls import Resolver404, resolve

from accounts.notices import links
from ui.secret_addresses import is_secret

LONGEST = 2000
CLOSED = (
    "accounts/", "admin/", "api/", "by-token/", "exchange/", "invitations/", "layers/import/sources/", "line/", "my/",
    "notices/", "projects/votes/", "setup/", "work/calendar/", "work/people/", "work/tokens/",
)  # fmt: skip
"""Where passwords, factors, codes, keys and votes are typed or shown, and the pages that a signed address opens."""
OPEN = ("signin:way_bind", "invitation_code")
"""Among these, the pages on which nothing but the code of an invitation is typed."""


def may_load(path: str) -> bool:
    """Tell whether the page at this path may have the script: it is one of ours, its address no secret."""
    try:
        found = resolve(path)
    except (Resolver404, UnicodeError, ValueError):
        return False
    route = found.route.removeprefix("^")
    if is_secret(found) or path.endswith(links.UNSEALED):
        return False
    return found.view_name in OPEN or not route.startswith(CLOSED)


def signed_address(given: str) -> str | None:
    """Return the address of a page of ours as it is signed (without a fragment); None for any other."""
    if not given or len(given) > LONGEST or not given.isascii() or not given.isprintable() or " " in given:
        return None
    whole = given.partition("#")[0]
    try:
        asked, own = urlsplit(whole), urlsplit(links.absolute("/"))
        is_ours = (asked.scheme, asked.netloc) == (own.scheme, own.netloc)
    except ValueError:
        return None
    # As a request has it: an escaped letter does not make another address of a secret one.
    return whole if is_ours and may_load(unquote(asked.path)) else None
