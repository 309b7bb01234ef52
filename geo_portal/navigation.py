"""The places of the site for the frame of every page: what they are called, who has them, which one this is."""

from typing import Any

from django.http import HttpRequest
from django.urls import NoReverseMatch, reverse
from django.utils.translation import gettext_lazy as _

from accounts.models import Role
from accounts.people.permissions import may_keep_people
from accounts.permissions import ANONYMOUS, Asker, is_deputy, is_district_staff, leads_somewhere, role_of

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
ON_PHONE = {
    ANONYMOUS: ("map", "river:list", "projects:list", "stations:list"),
    Role.DEPUTY: ("map", "supervision:report", "work", "voters:list"),
    Role.GIS: ("map", "work", "layers:list", "river:list"),
}
"""What stands at a thumb's reach by role; the fifth is the person's own page, which leads to everything else."""
ON_PHONE_ELSE = ("map", "work", "river:list", "projects:list")
FOR_A_DEPUTY = {
    "supervision:report": (_("我看到"), "camera", _("拍照、定位、写一句，直接交给该管的部门")),
    "work": (_("等我办"), "inbox", _("要我答复、评价、联名或表决的")),
    "voters:list": (_("我的选民"), "people", _("选民写来的话，能自己回复，也能交办")),
}
"""Her three doors: what each is called, its icon, and what lies behind it."""
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


def phone_bar(request: HttpRequest) -> list[dict[str, Any]]:
    """List the four places of a phone's bar by role, the current one marked; the person's own page is the fifth."""
    role = role_of(getattr(request, "user", None))
    named = {name: (label, icon) for name, label, icon in PLACES}
    named |= {name: (label, icon) for name, (label, icon, _about) in FOR_A_DEPUTY.items() if role == Role.DEPUTY}
    return [
        {"url": _address(name), "label": named[name][0], "icon": named[name][1], "current": is_current(request, name)}
        for name in ON_PHONE.get(role, ON_PHONE_ELSE)
    ]


def doors(request: HttpRequest) -> list[dict[str, Any]]:
    """List what a deputy comes for, as three large buttons; nothing for others."""
    if role_of(request.user) != Role.DEPUTY:
        return []
    return [
        {"url": _address(name), "label": label, "icon": icon, "about": about}
        for name, (label, icon, about) in FOR_A_DEPUTY.items()
    ]


def linked_pages(user: Asker) -> dict[str, bool]:
    """Which of the pages that are not everybody's of her role her own pages lead to (`_work_links.html`)."""
    return {
        "may_keep_people": may_keep_people(user),
        "is_district_staff": is_district_staff(user),
        "leads_somewhere": leads_somewhere(user),
    }


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
