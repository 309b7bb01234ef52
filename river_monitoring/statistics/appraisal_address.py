"""What the address of an appraisal asks for, the same on its page and in the API."""

from dataclasses import dataclass
from typing import cast

from django.db.models import QuerySet
from django.http import QueryDict
from django.utils.translation import gettext as _

from geokit.refusal import BadInput
from river_monitoring.assessment.queries import Scheme
from river_monitoring.points.models import MonitoringPoint
from river_monitoring.standard.averages import Span, parse_span
from river_monitoring.statistics.periods import GROUPS, By, newest_span

SCHEMES: tuple[Scheme, ...] = ("all", "9x")


@dataclass(frozen=True)
class Asked:
    """What the address asks for: a month, the groups, which items count, one kind of point."""

    month: Span
    by: By
    scheme: Scheme
    kind: str

    def of(self, points: QuerySet[MonitoringPoint]) -> QuerySet[MonitoringPoint]:
        return points.filter(kind=self.kind) if self.kind else points


def read_address(params: QueryDict, visible: QuerySet[MonitoringPoint]) -> Asked:
    """Read `month`, `by`, `items` and `kind`. Raises BadInput for what is not offered."""
    by, scheme, kind = params.get("by") or "town", params.get("items") or "all", params.get("kind", "")
    if by not in GROUPS or scheme not in SCHEMES or (kind and kind not in MonitoringPoint.Kind):
        raise BadInput(_("没有这样的统计口径，请从页面上选择。"), code="unknown-statistic")
    return Asked(_month(params.get("month", ""), visible), cast(By, by), scheme, kind)


def _month(text: str, visible: QuerySet[MonitoringPoint]) -> Span:
    if not text:
        return newest_span(visible, "month")
    try:
        found = parse_span(text)
    except ValueError:
        found = None
    if found is None or found.period != "month" or not 1950 <= found.year <= 2100:
        raise BadInput(_("月份“%s”读不懂，应为 2026-03。") % text[:20], code="bad-month")
    return found
