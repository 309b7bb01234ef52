"""What the address of the statistics and of the appraisal asks for, the same on their pages and in the API."""

from dataclasses import dataclass
from typing import cast

from django.db.models import QuerySet
from django.http import QueryDict
from django.utils.translation import gettext as _

from geokit.refusal import BadInput
from river_monitoring.assessment.queries import Scheme
from river_monitoring.points.models import MonitoringPoint
from river_monitoring.standard.averages import Period, Span, parse_span
from river_monitoring.statistics.periods import GROUPS, By, newest_span

SCHEMES: tuple[Scheme, ...] = ("all", "9x")
PERIODS: tuple[Period, ...] = ("month", "quarter", "year")
EARLIEST, LATEST = 1950, 2100
"""Years that can be asked for."""


@dataclass(frozen=True)
class Asked:
    """A span, the groups, one kind of point ("": all), and which items count."""

    span: Span
    by: By
    kind: str
    scheme: Scheme = "all"

    def of(self, points: QuerySet[MonitoringPoint]) -> QuerySet[MonitoringPoint]:
        return points.filter(kind=self.kind) if self.kind else points


def read_statistics(params: QueryDict, visible: QuerySet[MonitoringPoint]) -> Asked:
    """Read `period`, `span`, `by` and `kind`. Raises BadInput for what is not offered."""
    period = params.get("period", "quarter")
    if period not in PERIODS:
        raise _unknown()
    return Asked(read_span(params, newest_span(visible, period)), *_groups(params))


def read_span(params: QueryDict, newest: Span) -> Span:
    """Read `span`; `newest` without it, or where it is of another kind of period: left over from before the choice
    changed. Raises BadInput."""
    text = params.get("span", "")
    if not text:
        return newest
    span = _parsed(text)
    if span is None:
        raise BadInput(_("时段“%s”读不懂，应为 2026、2026-Q3 或 2026-08。") % text[:20], code="bad-span")
    return span if span.period == newest.period else newest


def _parsed(text: str) -> Span | None:
    """The span of a text; None for one that cannot be read, or of a year that the spans beside it would leave the
    calendar from."""
    try:
        span = parse_span(text)
    except ValueError:
        return None
    return span if EARLIEST <= span.year <= LATEST else None


def read_appraisal(params: QueryDict, visible: QuerySet[MonitoringPoint]) -> Asked:
    """Read `month`, `by`, `items` and `kind`. Raises BadInput for what is not offered."""
    scheme = params.get("items") or "all"
    if scheme not in SCHEMES:
        raise _unknown()
    return Asked(_month(params.get("month", ""), visible), *_groups(params), scheme)


def _groups(params: QueryDict) -> tuple[By, str]:
    by, kind = params.get("by") or "town", params.get("kind", "")
    if by not in GROUPS or (kind and kind not in MonitoringPoint.Kind):
        raise _unknown()
    return cast(By, by), kind


def _unknown() -> BadInput:
    return BadInput(_("没有这样的统计口径，请从页面上选择。"), code="unknown-statistic")


def _month(text: str, visible: QuerySet[MonitoringPoint]) -> Span:
    if not text:
        return newest_span(visible, "month")
    found = _parsed(text)
    if found is None or found.period != "month":
        raise BadInput(_("月份“%s”读不懂，应为 2026-03。") % text[:20], code="bad-month")
    return found
