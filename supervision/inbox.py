"""What waits for somebody, by role: the sections of `/work/`, each ordered by what is due first."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from accounts.models import Role
from accounts.permissions import role_of
from layers.models import ImportJob
from layers.permissions import may_edit_layers
from river_monitoring import queries as river
from river_monitoring.permissions import points_visible_to
from supervision import queries
from supervision.models import Suggestion
from supervision.permissions import suggestions_visible_to
from supervision.workflow import IN_HAND, UNROUTED

SHOWN = 20


@dataclass(frozen=True, slots=True)
class Section:
    """One list of the inbox. `kind` names the template that draws its rows; `total` counts all of them."""

    title: Any
    kind: str
    rows: Sequence[Any]
    total: int
    empty: Any
    hint: Any = ""


def _section(title: Any, kind: str, rows: QuerySet, empty: Any, hint: Any = "") -> Section:
    return Section(title, kind, list(rows[:SHOWN]), rows.count(), empty, hint)


def sections_for(user: Any) -> list[Section]:
    """Return the inbox of `user`."""
    return _BY_ROLE[role_of(user)](user)


def _deputy(user: Any) -> list[Section]:
    mine = queries.for_lists(suggestions_visible_to(user)).filter(author=user).order_by("-submitted_at", "-pk")
    open_states = [*IN_HAND, *UNROUTED]
    return [
        _section(
            _("等我评价的答复"),
            "suggestions",
            queries.waiting_for_rating(suggestions_visible_to(user), user),
            _("没有等待评价的答复。"),
            _("评价后办结；对结果不满意的，退回重新办理一次。"),
        ),
        _section(
            _("我提出的，正在办理"),
            "suggestions",
            mine.filter(state__in=open_states),
            _("还没有在办的事项。在河边、工地看到问题，点“上报”拍照填报。"),
        ),
        _section(
            _("我关注的点位"),
            "points",
            river.followed_points(user, points_visible_to(user)),
            _("还没有关注的点位。在点位页点“关注”，反弹和治理进展会列在这里。"),
            _("最近有变化的在前。"),
        ),
        _section(
            _("我提出的，已经办结"),
            "suggestions",
            mine.filter(state=Suggestion.State.CLOSED),
            _("还没有办结的事项。"),
        ),
    ]


def _officer(user: Any) -> list[Section]:
    points = river.for_lists(points_visible_to(user)).filter(department=user.department_id, status__in=river.OPEN)
    return [
        _section(
            _("等待答复"),
            "suggestions",
            queries.waiting_for_reply(suggestions_visible_to(user)),
            _("没有等待答复的事项。新交办的事项会出现在这里，按期限排列。"),
            _("按期限排列。不属于本单位的，交办后 10 日内退回。"),
        ),
        _section(
            _("本单位治理中的点位"),
            "points",
            points.order_by("due_on", "code"),
            _("本单位没有正在治理的点位。"),
        ),
        _section(
            _("已答复，等待评价"),
            "suggestions",
            queries.for_lists(suggestions_visible_to(user)).filter(state=Suggestion.State.REPLIED).order_by("-pk"),
            _("没有等待评价的答复。"),
        ),
    ]


def _staff(user: Any) -> list[Section]:
    visible = suggestions_visible_to(user)
    return [
        _section(
            _("待交办和退回的"),
            "suggestions",
            queries.waiting_for_routing(visible),
            _("没有等待交办的事项。"),
            _("选择主办单位交办；常见类别可以在交办规则里设为自动交办。"),
        ),
        _section(_("超期未答复"), "suggestions", queries.overdue(visible), _("没有超期的事项。")),
        _section(
            _("办理中，按期限"),
            "suggestions",
            queries.waiting_for_reply(visible).exclude(queries.overdue_condition()),
            _("没有办理中的事项。"),
        ),
        _section(_("超期的治理点位"), "points", river.overdue_points(points_visible_to(user)), _("没有超期的点位。")),
    ]


def _gis(user: Any) -> list[Section]:
    jobs = ImportJob.objects.order_by("-created") if may_edit_layers(user) else ImportJob.objects.none()
    return [
        _section(_("最近的导入"), "imports", jobs, _("还没有导入过数据。选择一个压缩的 Shapefile 就可以开始。")),
    ]


def _admin(user: Any) -> list[Section]:
    return [*_staff(user), *_gis(user)]


_BY_ROLE: dict[str, Callable[[Any], list[Section]]] = {
    Role.DEPUTY: _deputy,
    Role.OFFICER: _officer,
    Role.STAFF: _staff,
    Role.GIS: _gis,
    Role.ADMIN: _admin,
}
