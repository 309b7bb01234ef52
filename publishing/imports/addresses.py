"""Old addresses: what may be one, whom it leads to, and taking one away."""

from functools import lru_cache
from urllib.parse import unquote, urlsplit

from django.conf import settings
from django.db import transaction
from django.db.models import QuerySet
from django.urls import Resolver404, resolve
from django.utils.translation import gettext as _

from accounts.models import User
from accounts.permissions import Asker
from geokit.refusal import BadInput, NotPermitted, refuse
from ledger import audit
from publishing.imports.models import MAX_PATH, OldAddress
from publishing.register.models import SitePage
from publishing.register.permissions import pages_kept_by
from ui.control_characters import IN_PATHS


def path_of(address: str) -> str:
    """Return path and query of an address on the older site, whose own name does not matter here. Raises BadInput.

    Refused is what is no path of a site, and what this site answers itself.
    """
    try:
        parts = urlsplit(address.strip())
        path = unquote(parts.path, errors="strict")
    except ValueError:
        raise _no_path(address) from None
    if parts.scheme not in ("", "http", "https") or not path.startswith("/") or path.startswith("//"):
        raise _no_path(address)
    query = f"?{parts.query}" if parts.query else ""
    if "\\" in path or ".." in path.split("/") or IN_PATHS.search(path + query):
        raise _no_path(address)
    if len(path + query) > MAX_PATH:
        raise refuse("address", "too-long", _("原网址最多 %d 字。") % MAX_PATH)
    if path == "/" or is_of_this_site(path):
        raise refuse("address", "own-address", _("本站自己有“%s”这个网址，不能用作原网址。") % path[:60])
    return path + query


def _no_path(address: str) -> BadInput:
    return refuse("address", "no-path", _("“%s”不是网址，请写成 /art/2020/1.html 或完整的网址。") % address[:60])


@lru_cache(maxsize=1_000)
def is_of_this_site(path: str) -> bool:
    """Tell whether this site answers a path itself, with or without the slash that it adds.

    Kept for the rows of a sheet, each of which is asked several times: the addresses of a running site do not change.
    """
    if path.startswith(settings.STATIC_URL):
        return True
    return any(_resolves(one) for one in (path, f"{path}/"))


def _resolves(path: str) -> bool:
    try:
        resolve(path)
    except Resolver404:
        return False
    return True


def page_at(path: str, query: str) -> SitePage | None:
    """Return the public page that had this address, with its query or, where none is known, without; None for none."""
    wanted = [f"{path}?{query}", path] if query else [path]
    if len(path) > MAX_PATH:
        return None
    shown = OldAddress.objects.filter(
        path__in=wanted, page__live__isnull=False, page__audience=SitePage.Audience.EVERYBODY
    )
    found = {one.path: one.page for one in shown.select_related("page")}
    return next((found[one] for one in wanted if one in found), None)


def addresses_kept_by(user: Asker) -> QuerySet[OldAddress]:
    """Return the old addresses of the pages that `user` keeps."""
    return OldAddress.objects.filter(page__in=pages_kept_by(user))


@transaction.atomic
def remove(user: User, pk: int) -> None:
    """Take an old address away; who asks for it is told again that nothing is there. Raises NotPermitted."""
    found = addresses_kept_by(user).select_for_update(of=("self",)).select_related("page").filter(pk=pk).first()
    if found is None:
        raise NotPermitted(_("没有这个原网址，或者它的页面不由您编辑。"))
    audit.record(user, "old-address-removed", found.page, path=found.path)
    found.delete()
