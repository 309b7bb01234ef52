"""The places of the site for the frame of every page: what they are called, who has them, which one this is."""

from typing import Any

from django.http import HttpRequest
from django.urls import NoReverseMatch, reverse
from django.utils.translation import gettext_lazy as _

from accounts.models import Role
from accounts.permissions import ANONYMOUS, is_deputy, role_of

# url name, label, icon; a namespace keeps the place lit on the pages below it.
PLACES = (
    ("map", _("地图"), "map"),
    ("river:list", _("河道"), "river"),
    ("projects:list", _("项目"), "project"),
    ("stations:list", _("联络站"), "station"),
    ("layers:list", _("数据"), "layers"),
    ("library:list", _("法规"), "library"),
    ("work", _("工作"), "inbox"),
    ("numbers", _("统计"), "numbers"),
)
SIGNED_IN_ONLY = {"work"}
REPORTERS = {ANONYMOUS, Role.DEPUTY, Role.STAFF, Role.ADMIN}
LISTS = (
    ("river:point_list", _("水质点位")),
    ("projects:list", _("民生实事项目")),
    ("stations:list", _("代表联络站")),
)
"""Lists that hold what the map shows, for devices that cannot draw it."""


def places(request: HttpRequest) -> list[dict[str, Any]]:
    """List the places of the site that this person has, the current one marked."""
    role = role_of(getattr(request, "user", None))
    return [
        {"url": address, "label": label, "icon": icon, "current": is_current(request, name)}
        for name, label, icon in PLACES
        if (address := _address(name)) and (name not in SIGNED_IN_ONLY or role != ANONYMOUS)
    ]


def is_current(request: HttpRequest, name: str) -> bool:
    """Tell whether this page is the named one, or lies in its namespace."""
    match = getattr(request, "resolver_match", None)
    if match is None:
        return False
    if name == "numbers" and match.namespace == "boards":
        return True
    namespace, _colon, _rest = name.rpartition(":")
    return match.namespace == namespace if namespace else match.view_name == name


def report_address(request: HttpRequest) -> str:
    """Return where to report what one sees, for those who may; the public is asked to sign in."""
    user = getattr(request, "user", None)
    role = role_of(user)
    return _address("supervision:report") if role in REPORTERS or is_deputy(user) else ""


def lists_of_the_map() -> list[dict[str, Any]]:
    """List the pages that stand in for the map."""
    return [{"url": reverse(name), "label": label} for name, label in LISTS]


def _address(name: str) -> str:
    try:
        return reverse(name)
    except NoReverseMatch:
        return ""
