"""What waits for somebody at the waters: points and measures due, samples to look at, points that changed."""

from collections.abc import Iterator, Mapping
from datetime import date, timedelta
from typing import Any

from django.db.models import QuerySet
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from accounts.inbox import Act, Item, Waiting
from accounts.models import Role
from accounts.permissions import Asker, department_of, has_role, inside, is_deputy, role_of
from river_monitoring.points import queries
from river_monitoring.points.models import MonitoringPoint
from river_monitoring.points.permissions import accepting_bodies, points_visible_to
from river_monitoring.rectification import reminding
from river_monitoring.rectification.models import Objection
from river_monitoring.rectification.queries import followed_points
from river_monitoring.samples.models import Sample
from river_monitoring.samples.queries import samples_to_review
from river_monitoring.steps.sample_quality import OPEN as QUALITY_OPEN
from river_monitoring.steps.table import OPEN, State
from river_monitoring.works.models import Measure
from river_monitoring.works.permissions import measures_visible_to

CHANGED_WITHIN = timedelta(days=7)


def _remind(actor: Asker, row: MonitoringPoint, given: Mapping[str, Any]) -> None:
    reminding.remind(actor, row.pk, given.get("text", ""))


REMIND = Act(name="urge", label=pgettext_lazy("step", "催办"), take=_remind)


def waiting(user: Asker, today: date) -> Iterator[Waiting]:
    """Yield what waits for `user` here, by role."""
    role = role_of(user)
    if is_deputy(user):
        yield from _deputy(user, today)
    if role == Role.OFFICER:
        yield from _officer(user)
    if has_role(user, Role.STAFF):
        late = queries.overdue_points(points_visible_to(user)).filter(inside(user))
        yield _points("points-overdue", _("超期的治理点位"), late, due="due_on", acts=(REMIND,))
    if role == Role.OFFICER or has_role(user, Role.STAFF):
        yield Waiting(
            kind="samples-to-review",
            title=_("待核实的监测数据"),
            rows=samples_to_review(user),
            show=_show_sample,
            to_do=role == Role.OFFICER,
            area="point__area",
            department="point__department",
            about="point",
            subject="point_id",
            lead=_lead,
            search=("point__name", "point__code"),
            tileset="monitoring_points",
            feature="point_id",
        )


def followed(user: Asker) -> QuerySet[Any]:
    """What `user` follows, alone or with its water, what changed last coming first."""
    return followed_points(user, points_visible_to(user))


def _deputy(user: Asker, today: date) -> Iterator[Waiting]:
    mine = followed(user)
    yield _points(
        "points-changed",
        _("关注的点位有变化"),
        mine.filter(last_change__date__gt=today - CHANGED_WITHIN),
        hint=_("最近七天有新监测或治理进展。"),
    )
    yield _points("points-followed", _("我关注的点位"), mine, to_do=False, hint=_("最近有变化的在前。"))


def _officer(user: Asker) -> Iterator[Waiting]:
    mine = queries.for_lists(points_visible_to(user)).filter(department=department_of(user))
    yield _points("points-to-mend", _("治理中的点位"), mine.filter(status__in=OPEN), due="due_on")
    yield from _accepting_body(user)
    measures = measures_visible_to(user).filter(
        point__department=department_of(user), point__status__in=OPEN, is_dropped=False, share_done__lt=100
    )
    yield Waiting(
        kind="measures-due",
        title=_("没有完工的措施"),
        rows=measures.filter(due_on__isnull=False).select_related("point__area", "point__department"),
        show=_show_measure,
        due="due_on",
        area="point__area",
        department="point__department",
        about="point",
        subject="point_id",
        lead=_lead,
        search=("title", "point__name", "point__code"),
        tileset="monitoring_points",
        feature="point_id",
    )


def _accepting_body(user: Asker) -> Iterator[Waiting]:
    """For officers of an accepting body: what other departments put before it, and objections to answer."""
    mine = department_of(user)
    if mine is None or not accepting_bodies().filter(pk=mine).exists():
        return
    others = queries.for_lists(points_visible_to(user)).filter(inside(user)).exclude(department=mine)
    yield _points("points-to-accept", _("申请验收的点位"), others.filter(status=State.ACCEPTANCE_ASKED))
    yield _points("points-exceeded", _("销号后超标的点位"), others.filter(status=State.EXCEEDED))
    objected = Objection.objects.filter(answer=None, point__in=points_visible_to(user))
    yield _points("points-objected", _("有异议待答复的点位"), others.filter(pk__in=objected.values("point")))


def _points(kind: str, title: Any, rows: Any, **more: Any) -> Waiting:
    return Waiting(
        kind=kind, title=title, rows=rows, show=show_point, area="area", tileset="monitoring_points",
        about="point", department="department", search=("name", "code"), **more,
    )  # fmt: skip


def _lead(row: Any) -> Item:
    """The point above what is to be done there: people know the water by its name."""
    return show_point(row.point)


def show_point(row: MonitoringPoint) -> Item:
    """A point as a row; `row` comes from `queries.for_lists`."""
    return Item(
        title=row.name,
        url=row.get_absolute_url(),
        facts=(row.area.name, row.department.short_name),
        badge=row.get_status_display(),
        mark=f"class-mark class-mark--{row.current_class}",
        place=row.geom,
    )


def _show_measure(row: Measure) -> Item:
    point = row.point
    return Item(
        title=row.title,
        url=point.get_absolute_url(),
        facts=(point.name, point.area.name, row.get_kind_display()),
        badge=str(_("已完成 %d%%") % row.share_done),
        tone="muted",
        place=point.geom,
    )


def _show_sample(row: Sample) -> Item:
    point = row.point
    return Item(
        title=point.name,
        url=row.get_absolute_url(),
        facts=(point.area.name, date_format(timezone.localtime(row.phenomenon_time), "DATETIME_FORMAT")),
        badge=str(row.get_quality_display() if row.quality in QUALITY_OPEN else _("数据待核实")),
        tone="warn",
        place=point.geom,
    )
