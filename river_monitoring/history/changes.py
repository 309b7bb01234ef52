"""Sentences for changes of what a point is judged by."""

from collections.abc import Iterable

from django.utils.translation import gettext as _

from river_monitoring.history.entries import Entry
from river_monitoring.points.models import PointChange


def entries_of_changes(found: Iterable[PointChange]) -> list[Entry]:
    """Return one entry per change: which office changed what, and why."""
    return [Entry(one.at, "step", _sentence(one), words=one.reason, facts=tuple(_facts(one))) for one in found]


def _sentence(one: PointChange) -> str:
    return _("%(who)s变更了这个点位的评价依据。") % {"who": one.office.name if one.office else _("系统管理员")}


def _facts(one: PointChange) -> Iterable[str]:
    pairs = (
        (_("目标类别"), one.get_target_before_display(), one.get_target_class_display()),
        (_("适用标准表"), one.get_water_before_display(), one.get_water_display()),
        (_("责任部门"), one.department_before.name, one.department.name),
    )
    for name, before, after in pairs:
        if before != after:
            yield _("%(name)s：%(before)s → %(after)s") % {"name": name, "before": before, "after": after}
