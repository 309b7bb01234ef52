"""Notices of steps: whom an event concerns, and what its notice says; one per event and person (`accounts.notices`).

Who took the step gets none. What the site itself did, such as an automatic assignment, goes to all whom it concerns.
"""

from collections.abc import Callable, Iterable
from typing import Any

from django.db.models import Q
from django.urls import reverse
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from accounts.models import Area, Role, User
from accounts.notices import notify
from accounts.permissions import district_staff
from supervision.matters.models import Suggestion, SuggestionEvent
from supervision.matters.queries import GIVEN
from ui.text.days import day_in_words

Verb = SuggestionEvent.Verb
SHORT = 300
"""Characters of what was written that a notice repeats."""


def officers(department_id: int | None) -> Q:
    """Match the liaison officers of a department."""
    return Q(role=Role.OFFICER, department=department_id) if department_id else Q(pk=None)


def staff_for(area: Area | None) -> Q:
    """Match the congress staff who see to a matter: those of its town, and where it has none those of the district."""
    own = Q(role=Role.STAFF, area=area.pk if area else None)
    return own if area and User.objects.filter(own, is_active=True).exists() else district_staff(area)


def _author(event: SuggestionEvent) -> Q:
    return Q(pk=event.suggestion.author_id)


def _authors(event: SuggestionEvent) -> Q:
    """Her whose matter it is, and those whose matters were merged into it."""
    return _author(event) | Q(suggestions__merged_into=event.suggestion)


def _lead(event: SuggestionEvent) -> Q:
    return officers(event.suggestion.department_id)


def _named(event: SuggestionEvent) -> Q:
    """The department that the event names: the one that was asked, or that had it before."""
    return officers(event.department_id)


def _before(event: SuggestionEvent) -> Q:
    """The department that had the matter before."""
    given = event.suggestion.events.filter(verb__in=GIVEN, pk__lt=event.pk).order_by("at", "pk")
    return officers(given.values_list("department", flat=True).last())


def _staff(event: SuggestionEvent) -> Q:
    return staff_for(event.suggestion.area)


def _asked(event: SuggestionEvent) -> Q:
    """The departments that were asked to handle it too."""
    return Q(role=Role.OFFICER, department__co_handlings__suggestion=event.suggestion)


AS_DEPUTIES = (_author, _authors)
"""Who is notified as a person: also where she is an officer, no group of her department reads it."""

CONCERNED: dict[str, tuple[tuple[Callable[[SuggestionEvent], Q], ...], Any]] = {
    Verb.RECEIVED: ((_staff,), _("收到一件上报，待审核：{title}")),
    Verb.ACCEPTED: ((_author,), _("已受理：{title}")),
    Verb.DECLINED: ((_authors,), _("不予受理：{title}")),
    Verb.RECONSIDERED: ((_authors,), _("恢复受理：{title}")),
    Verb.ADOPTED: ((_staff, _lead), _("代表认领了一件：{title}")),
    Verb.ASSIGNED: ((_named, _authors), _("已交{department}办理：{title}")),
    Verb.FORWARDED: ((_named, _before, _authors), _("已转{department}办理：{title}")),
    Verb.PASSED_ON: ((_named, _before, _authors), _("人大同意转{department}办理：{title}")),
    Verb.RECALLED: ((_named,), _("人大收回了一件：{title}")),
    Verb.RETURN_ASKED: ((_staff,), _("{department}申请退回，请决定：{title}")),
    Verb.FORWARD_ASKED: ((_staff,), _("主办单位申请转{department}办理，请决定：{title}")),
    Verb.EXTEND_ASKED: ((_staff,), _("{department}申请延期，请决定：{title}")),
    Verb.ASK_DROPPED: ((_staff,), _("{department}撤回了申请：{title}")),
    Verb.ASK_REFUSED: ((_lead,), _("人大不同意申请，期限照旧：{title}")),
    Verb.EXTENDED: ((_lead, _author), _("人大同意延期：{title}")),
    Verb.RETURNED: ((_named, _staff), _("同意{department}退回，待重新交办：{title}")),
    Verb.CO_ASKED: ((_named, _lead), _("请{department}会办：{title}")),
    Verb.CO_REPLIED: ((_lead,), _("{department}提出了会办意见：{title}")),
    Verb.REPLIED: ((_authors,), _("{department}已答复：{title}")),
    Verb.REPLY_CORRECTED: ((_authors, _staff), _("{department}更正了答复：{title}")),
    Verb.RATED: ((_lead,), _("提出人作了评价：{title}")),
    Verb.REOPENED: ((_lead, _staff), _("提出人不满意，退回重新办理：{title}")),
    Verb.URGED: ((_lead,), _("催办：{title}")),
    Verb.URGE_WITHDRAWN: ((_lead,), _("撤回催办：{title}")),
    Verb.PAUSED: ((_lead, _author), _("暂停计时：{title}")),
    Verb.RESUMED: ((_lead, _author), _("恢复计时：{title}")),
    Verb.CAME_BACK: ((_lead, _author, _staff), _("计划的日期到了，请再答复：{title}")),
    Verb.MERGED: ((_author, _lead), _("已并入另一件办理：{title}")),
    Verb.UNMERGED: ((_author, _lead), _("撤销并案，单独办理：{title}")),
    Verb.SPLIT: ((_author, _lead), _("拆分出新的一件：{title}")),
    Verb.SAID: ((_author, _lead, _staff, _asked), _("有补充说明：{title}")),
}
"""Verb of an event: who is notified, and the title of the notice."""


def notify_concerned(event: SuggestionEvent) -> int:
    """Notify those whom `event` concerns; return how many. Part of the transaction that wrote the event."""
    if event.verb not in CONCERNED:
        return 0
    parties, title = CONCERNED[event.verb]
    office, own = Q(pk=None), Q(pk=None)
    for party in parties:
        if party in AS_DEPUTIES:
            own |= party(event)
        else:
            office |= party(event)
    key = event_key(event.pk)
    told = _notify(_people(office, event), event, title, key)
    return told + _notify(_people(own, event), event, title, key, to_groups=False)


def _people(who: Q, event: SuggestionEvent) -> Iterable[User]:
    return User.objects.filter(who, is_active=True).exclude(pk=event.actor_id or 0).distinct()


def notify_unrouted(suggestion: Suggestion) -> int:
    """Notify staff that no rule covers a matter."""
    people = User.objects.filter(staff_for(suggestion.area), is_active=True)
    title = format_lazy(_("没有对应的交办规则，待交办：{title}"), title=suggestion.title)
    key = _unrouted_key(suggestion, suggestion.version)
    return notify(people, "matter-waiting", title, "", address_of(suggestion), key=key)


def _unrouted_key(suggestion: Suggestion, version: int) -> str:
    return f"matter:{suggestion.number}:unrouted:{version}"


def keys_of(suggestion: Suggestion) -> list[str]:
    """Return the keys of every notice that there may be of a matter."""
    keys = [event_key(pk) for pk in suggestion.events.values_list("pk", flat=True)]
    return [*keys, *(_unrouted_key(suggestion, version) for version in range(1, suggestion.version + 1))]


def event_key(pk: int) -> str:
    """Return the key of the notices of an event."""
    return f"matter-event:{pk}"


def _notify(people: Iterable[User], event: SuggestionEvent, title: Any, key: str, *, to_groups: bool = True) -> int:
    names = {"title": event.suggestion.title, "department": event.department.short_name if event.department else ""}
    return notify(
        people,
        f"matter-{event.verb}",
        format_lazy(title, **names),
        _body(event),
        address_of(event.suggestion),
        key=key,
        to_groups=to_groups,
    )


def _body(event: SuggestionEvent) -> Any:
    text = event.text[:SHORT]
    if event.due_on is None or event.verb == Verb.REPLIED:
        return text
    return format_lazy(_("期限 {day}。{said}"), day=day_in_words(event.due_on), said=text)


def address_of(suggestion: Suggestion) -> str:
    """Return the page of a matter."""
    return reverse("supervision:suggestion", args=[suggestion.number])
