"""Notices of steps of a paper: whom an event concerns, and what its notice says. Who took the step gets none."""

from collections.abc import Iterable
from typing import Any

from django.db.models import Q
from django.utils import timezone
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from accounts.congress.models import in_force
from accounts.models import Role, User
from accounts.notices import notify
from accounts.permissions import district_staff
from papers.register.models import Paper, PaperEvent

SHORT = 300


def signers(paper: Paper) -> Q:
    """Match the accounts of the deputies who stand under a paper."""
    return Q(person__memberships__signatures__in=paper.signatories.filter(left_at=None))


def lead(paper: Paper) -> Q:
    """Match the account of the lead deputy."""
    return Q(person__memberships__signatures__in=paper.signatories.filter(is_lead=True))


def staff_of(paper: Paper) -> Q:
    """Match the staff of the paper's congress, or where it has none of its own those of the district."""
    own = Q(role=Role.STAFF, area=paper.congress.area_id)
    has_own = paper.congress.area_id and User.objects.filter(own, is_active=True).exists()
    return own if has_own else district_staff(paper.congress.area)


def _invited(event: PaperEvent) -> Q:
    return Q(person__memberships__in=event.detail.get("members", []))


def _group(event: PaperEvent) -> Q:
    """Match who sits in the group that a draft is shared with."""
    if not event.paper.group_id:
        return Q(pk=None)
    sitting = in_force(timezone.localdate(), "person__memberships__")
    return Q(person__memberships__group=event.paper.group_id) & sitting


CONCERNED: dict[str, tuple[Any, Any]] = {
    "shared": (_group, _("小组里有一份议案建议草稿：{title}")),
    "invited": (_invited, _("请您联名：{title}")),
    "confirmed": (lambda event: lead(event.paper), _("有代表确认联名：{title}")),
    "recanted": (lambda event: lead(event.paper), _("有代表退出联名：{title}")),
    "submitted": (lambda event: staff_of(event.paper), _("收到一件议案建议，待审查：{title}")),
    "withdrawn": (lambda event: staff_of(event.paper), _("提出人撤回了：{title}")),
    "accepted": (lambda event: signers(event.paper), _("已立案：{title}")),
    "declined": (lambda event: signers(event.paper), _("退回提出人：{title}")),
    "assigned": (lambda event: signers(event.paper), _("已交办：{title}")),
    "marked_key": (lambda event: signers(event.paper), _("列为重点督办：{title}")),
    "settled": (lambda event: signers(event.paper) | staff_of(event.paper), _("已办结：{title}")),
}


def tell(event: PaperEvent) -> None:
    """Notify those whom an event concerns."""
    who, words = CONCERNED[event.verb]
    send(who(event), event, words, event.paper, f"paper:{event.pk}")


def send(who: Q, event: Any, words: Any, paper: Paper, key: str, **more: Any) -> None:
    """Notify people of an event of a paper, but not who caused it."""
    people: Iterable[User] = User.objects.filter(who, is_active=True).exclude(pk=event.actor_id).distinct()
    title = format_lazy(words, title=paper.title, **more)
    notify(people, f"paper-{event.verb}", title, event.text[:SHORT], paper.get_absolute_url(), key=key)
