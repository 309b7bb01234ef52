"""What waits for somebody in the chain: answers to rate, matters to answer, to route, to urge."""

from collections.abc import Callable, Iterator, Mapping
from datetime import date
from typing import Any

from django.db.models import BooleanField, Case, QuerySet, When
from django.urls import reverse
from django.utils.translation import gettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from accounts.inbox import Act, Fate, Item, Waiting
from accounts.models import Role
from accounts.permissions import Asker, department_of, is_deputy, role_of
from ledger.actors import account_of
from supervision.desk.turn import turns_of
from supervision.matters import queries, services
from supervision.matters.models import Suggestion
from supervision.matters.permissions import suggestions_visible_to
from supervision.matters.table import TABLE
from supervision.public.permissions import unadopted_matters


def waiting(user: Asker, today: date) -> Iterator[Waiting]:
    """Yield what waits for `user` here, by her role."""
    yield from _BY_ROLE.get(role_of(user), _nobody)(user, today)
    if role_of(user) != Role.DEPUTY and is_deputy(user):  # who sits in a congress beside another role
        yield from _deputy(user, today)


def show(row: Suggestion) -> Item:
    """A matter as a row; `row` comes from `queries.for_lists`."""
    finding = row.source
    return Item(
        title=row.title,
        url=reverse("supervision:suggestion", args=[row.number]),
        facts=(
            row.number,
            row.area.name if row.area else "",
            row.department.short_name if row.department else "",
            gettext("已暂停计时") if row.paused_on else "",
        ),
        badge=row.get_state_display(),
        tone=row.tone,
        place=finding.geom if finding else None,
    )


def _assign(actor: Asker, row: Suggestion, given: Mapping[str, Any]) -> None:
    department, text = given.get("department"), given.get("text", "")
    services.assign(actor, row.pk, version=row.version, department=department, text=text)


def _forward(actor: Asker, row: Suggestion, given: Mapping[str, Any]) -> None:
    department, text = given.get("department"), given.get("text", "")
    services.forward(actor, row.pk, version=row.version, department=department, text=text)


def _accept(actor: Asker, row: Suggestion, given: Mapping[str, Any]) -> None:
    services.accept(actor, row.pk, version=row.version, text=given.get("text", ""))


def _urge(actor: Asker, row: Suggestion, given: Mapping[str, Any]) -> None:
    services.urge(actor, row.pk, text=given.get("text", ""))


ASSIGN = Act(name="assign", label=pgettext_lazy("step", "交办"), take=_assign, needs=("department",))
FORWARD = Act(name="forward", label=pgettext_lazy("step", "转办"), take=_forward, needs=("department", "text"))
ACCEPT = Act(name="accept", label=_("受理，按规则交办"), take=_accept)
URGE = Act(name="urge", label=pgettext_lazy("step", "催办"), take=_urge)


def matters(kind: str, title: Any, rows: Any, **more: Any) -> Waiting:
    """A kind of waiting whose rows are matters."""
    given: dict[str, Any] = {
        "show": show,
        "about": "matter",
        "search": ("number", "title", "text", "finding__point__name", "finding__point__code"),
        "department": "department",
        "area": "area",
        "tileset": "findings",
        "feature": "finding_id",
    } | more
    return Waiting(kind=kind, title=title, rows=rows, **given)


def filed_by(user: Asker) -> QuerySet[Suggestion]:
    """What `user` filed herself, the newest first."""
    visible = queries.for_lists(suggestions_visible_to(user))
    return visible.filter(author=account_of(user)).order_by("-submitted_at", "-pk")


def fates_of(user: Asker, most: int) -> list[Fate]:
    """Return at most so many matters of `user`, what is over last, the newest first."""
    over = Case(When(state__in=TABLE.in_group("ended"), then=True), default=False, output_field=BooleanField())
    rows = list(filed_by(user).order_by(over, "-submitted_at", "-pk")[:most])
    turns = turns_of(rows)
    return [Fate(show(row), tuple(filter(None, [turns[row.pk]]))) for row in rows]


def _nobody(user: Asker, today: date) -> Iterator[Waiting]:
    return iter(())


def _own_departments(user: Asker) -> list[int | None]:
    """The department whose answers `user` does not rate, being its officer; none for others."""
    return [department_of(user)] if role_of(user) == Role.OFFICER else []


def _deputy(user: Asker, today: date) -> Iterator[Waiting]:
    visible = suggestions_visible_to(user)
    mine = filed_by(user)
    yield matters(
        "matters-to-rate",
        _("等我评价的答复"),
        queries.waiting_for_rating(visible, user).exclude(department__in=_own_departments(user)),
        hint=_("评价后办结；对结果不满意的，退回重新办理一次。"),
    )
    in_hand = mine.filter(state__in=TABLE.in_group("waiting", "in_hand"))
    yield matters("my-matters-in-hand", _("我提出的，正在办理"), in_hand, due="runs_until", to_do=False, acts=(URGE,))
    unadopted = queries.for_lists(unadopted_matters(user)).order_by("-submitted_at", "-pk")
    yield matters("reports-unadopted", _("待认领的上报"), unadopted, to_do=False)
    closed = mine.filter(state=Suggestion.State.CLOSED)
    yield matters("my-matters-closed", _("我提出的，已经办结"), closed, to_do=False)


def _officer(user: Asker, today: date) -> Iterator[Waiting]:
    visible = suggestions_visible_to(user)
    yield matters(
        "matters-to-answer",
        _("等待答复"),
        queries.waiting_for_reply(visible).filter(department=department_of(user)),
        due="runs_until",
        statutory=True,
        hint=_("按期限排列。不属于本单位的，交办后 10 日内申请退回或转办。"),
    )
    yield matters(
        "matters-to-advise",
        _("等待会办意见"),
        queries.waiting_for_opinion(visible, department_of(user)),
        due="opinion_runs_until",
        statutory=True,
        hint=_("会办意见交主办单位，由主办单位统一答复。"),
    )
    mine = queries.for_lists(visible).filter(department=department_of(user))
    replied = mine.filter(state=Suggestion.State.REPLIED).order_by("-pk")
    yield matters("matters-answered", _("已答复，等待评价"), replied, to_do=False)


def _staff(user: Asker, today: date) -> Iterator[Waiting]:
    visible = suggestions_visible_to(user)
    yield matters(
        "matters-to-accept",
        _("公众上报，待审核"),
        queries.waiting_for_acceptance(visible),
        due="notice_due_on",
        statutory=True,
        acts=(ACCEPT,),
        hint=_("受理后按规则自动交办；与已有事项相同的，可以并案。"),
    )
    yield matters(
        "matters-to-route",
        _("待交办和退回的"),
        queries.waiting_for_routing(visible),
        due="notice_due_on",
        statutory=True,
        acts=(ASSIGN,),
        hint=_("选择主办单位交办；常见类别可以在交办规则里设为自动交办。"),
    )
    yield matters(
        "matters-to-decide",
        _("申请退回、转办或延期，待决定"),
        queries.waiting_for_decision(visible),
        due="runs_until",
        statutory=True,
        hint=_("同意或不同意之前，期限照常计算。"),
    )
    yield matters(
        "matters-overdue",
        _("超期未答复"),
        queries.overdue(visible),
        due="due_on",
        statutory=True,
        acts=(URGE, FORWARD),
        hint=_("可以催办。"),
    )
    in_time = queries.waiting_for_reply(visible).exclude(queries.overdue_condition(today))
    yield matters(
        "matters-in-hand",
        _("办理中，按期限"),
        in_time,
        due="runs_until",
        statutory=True,
        to_do=False,
        acts=(URGE, FORWARD),
    )


_BY_ROLE: dict[str, Callable[[Any, date], Iterator[Waiting]]] = {
    Role.DEPUTY: _deputy,
    Role.OFFICER: _officer,
    Role.STAFF: _staff,
    Role.ADMIN: _staff,
}
