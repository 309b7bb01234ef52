"""What the reader should look at first: each sentence stands only when there is something to say."""

from collections.abc import Sequence

from django.utils.translation import gettext as _

from projects.models import Project
from projects.plan.services import UNDER_WAY
from reporting.quarterly.blocks import Paragraph
from reporting.quarterly.chapters.river import inferior_points
from reporting.quarterly.facts import Facts
from reporting.quarterly.lists import of_overdue_matters
from reporting.quarterly.sentences import joined, sentence
from river_monitoring.steps.table import TABLE, State

NAMED = 6


def attention(facts: Facts) -> list[Paragraph]:
    """Return the sentences, or one that says that there is nothing."""
    checks = (_relapses, _worse, _overdue_points, _last_towns, _late_projects)
    said = [Paragraph(words) for check in checks if (words := check(facts))] + _late_matters(facts)
    return said or [Paragraph(_("本期没有需要特别关注的事项。"))]


def _names(names: list[str]) -> str:
    return _named([Paragraph(name) for name in names]).text


def _named(names: Sequence[Paragraph]) -> Paragraph:
    """``甲、乙、丙等 9 个``."""
    shown = joined(names[:NAMED], _("、"))
    if len(names) <= NAMED:
        return shown
    return sentence(_("%(names)s等 %(count)s 个"), {"names": shown, "count": len(names)}, {})


def _relapses(facts: Facts) -> str:
    count = sum(
        count
        for (source, target), count in facts.river.steps.items()
        if target == State.LISTED and source in TABLE.in_group("delisted")
    )
    return _("水质反弹：本期有 %(count)s 个已销号或回头看的点位重新挂号。") % {"count": count} if count else ""


def _worse(facts: Facts) -> str:
    """Points that fell into inferior class V since the quarter before."""
    old = {item.point.pk: item.number for item in facts.river.rated.before}
    names = [item.point.name for item in inferior_points(facts) if 1 <= old.get(item.point.pk, 0) <= 5]
    return _("新降为劣Ⅴ类：%(names)s。") % {"names": _names(names)} if names else ""


def _overdue_points(facts: Facts) -> str:
    names = [point.name for point in facts.river.overdue]
    return _("治理逾期：%(names)s。") % {"names": _names(names)} if names else ""


def _last_towns(facts: Facts) -> str:
    """The last of the ranked towns, where at least six are ranked."""
    ranked = [row for row in facts.river.towns.rows if row.rank]
    if len(ranked) < NAMED:
        return ""
    last = [
        _("%(name)s（劣Ⅴ类 %(inferior)s%%，Ⅰ至Ⅲ类 %(good)s%%）")
        % {"name": row.name, "inferior": f"{row.shares.inferior:.1f}", "good": f"{row.shares.good:.1f}"}
        for row in ranked[-3:]
    ]
    return _("水质排名靠后的镇街：%(names)s。") % {"names": _("、").join(last)}


def _late_projects(facts: Facts) -> str:
    names = [
        project.name for project in facts.projects if project.status in UNDER_WAY and project.light == Project.Light.RED
    ]
    return _("严重滞后的民生实事项目：%(names)s。") % {"names": _names(names)} if names else ""


def _late_matters(facts: Facts) -> list[Paragraph]:
    late = [each for each in facts.suggestions.departments if each.overdue]
    words = [
        sentence(
            _("%(name)s %(count)s 件"),
            {"name": each.name, "count": each.overdue},
            {"count": of_overdue_matters(each.code)},
        )
        for each in late
    ]
    return [sentence(_("建议逾期未答复：%(names)s。"), {"names": _named(words)}, {})] if words else []
