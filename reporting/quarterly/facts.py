"""What a report is made of, read once. Nobody is named: a report holds numbers, places, departments and public matters.

The river part speaks of the quarter. Projects and rectification are as they stand on the day the report is made, which
the report says; steps and suggestions are those of the quarter.
"""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Count, Q, QuerySet
from django.utils import timezone

from accounts.indicators import Indicator, Ratio, Scope
from accounts.looking import whole
from accounts.models import Area, Department
from ledger.actors import SITE
from projects.models import Project
from projects.permissions import projects_visible_to
from reporting.indicators.room_figures import MATTERS, in_report, measure, measure_by
from river_monitoring.models import MonitoringPoint, Reach, RectificationEvent
from river_monitoring.permissions import points_visible_to, reaches_visible_to
from river_monitoring.points import queries as river
from river_monitoring.standard.averages import Span
from river_monitoring.statistics.lakes import LakeState, lake_states
from river_monitoring.statistics.period_table import PeriodTable, table_of
from river_monitoring.statistics.periods import (
    PointPeriod,
    Rated,
    SpanShares,
    rate_span,
    shares_through_time,
    span_bounds,
)
from river_monitoring.statistics.series import Series, load_series
from supervision.matters.answers import matters_in
from supervision.matters.queries import overdue_condition
from supervision.models import Suggestion, SuggestionEvent
from ui.charts.chart import STYLES

HISTORY = 8
KEY_PARAMETERS = ("nh3n", "tp", "codmn")
KEY_YEARS = 3
PUBLIC = None
"""A report is handed on, so it holds of points and projects what anybody may see."""


@dataclass(frozen=True)
class RiverFacts:
    rated: Rated
    towns: PeriodTable
    rivers: PeriodTable
    departments: PeriodTable
    history: Sequence[SpanShares]
    key_sections: Sequence[Series]
    lakes: Sequence[LakeState]
    status_counts: Sequence[dict]
    steps: Counter
    """(from, to) of the quarter's rectification steps."""
    overdue: Sequence[MonitoringPoint]

    def of_area(self, area: Area) -> list[PointPeriod]:
        return [item for item in self.rated.now if item.point.area_id == area.pk]


@dataclass(frozen=True)
class DepartmentMatters:
    """A department's suggestions: handed to it in the quarter, answered in it, overdue today, and its indicators."""

    code: str
    name: str
    assigned: int
    replied: int
    overdue: int
    ratios: Sequence[Ratio]
    """One for each of `SuggestionFacts.indicators`, over the suggestions submitted in the quarter."""


@dataclass(frozen=True)
class SuggestionFacts:
    submitted: int
    closed: int
    overdue: int
    replied: int
    in_time: Ratio
    """Of the suggestions submitted in the quarter (`supervision.indicators`), as of the day of the report."""
    indicators: Sequence[Indicator]
    categories: Sequence[tuple[str, str, int]]
    """Of each choice that occurs: its value, what it is called, how often. So are the other two."""
    results: Sequence[tuple[str, str, int]]
    ratings: Sequence[tuple[str, str, int]]
    departments: Sequence[DepartmentMatters]


@dataclass(frozen=True)
class Facts:
    span: Span
    today: date
    district: Area | None
    towns: Sequence[Area]
    reaches: Sequence[Reach]
    river: RiverFacts
    projects: Sequence[Project]
    suggestions: SuggestionFacts
    town_suggestions: dict[int, int]

    @property
    def data_until(self) -> date:
        """The last day that the report can speak of: the quarter's, or today while it runs."""
        return min(self.span.last_day, self.today)


def gather(span: Span, today: date | None = None) -> Facts:
    """Read everything that a report on `span` says."""
    today = today or timezone.localdate()
    towns = list(Area.objects.filter(level=Area.Level.TOWN).order_by("code"))
    return Facts(
        span=span,
        today=today,
        district=whole(),
        towns=towns,
        reaches=list(reaches_visible_to(PUBLIC).select_related("river")),
        river=_river(span, today),
        projects=list(
            projects_visible_to(PUBLIC).filter(year=span.year).select_related("area", "lead").order_by("code")
        ),
        suggestions=_suggestions(span, today),
        town_suggestions=_by_town(span),
    )


def _river(span: Span, today: date) -> RiverFacts:
    points = points_visible_to(PUBLIC)
    rated = rate_span(points, span)
    begin, end = span_bounds(span)
    steps = RectificationEvent.objects.filter(point__in=points, at__gte=begin, at__lt=end)
    return RiverFacts(
        rated=rated,
        towns=table_of(rated, "town"),
        rivers=table_of(rated, "river"),
        departments=table_of(rated, "department"),
        history=shares_through_time(points, span, HISTORY),
        key_sections=_key_sections(points, span),
        lakes=lake_states(points, span),
        status_counts=river.status_counts(points),
        steps=Counter(steps.values_list("from_status", "to_status")),
        overdue=list(river.for_lists(points).filter(river.overdue_condition(today)).order_by("due_on", "code")),
    )


def _key_sections(points: QuerySet[MonitoringPoint], span: Span) -> list[Series]:
    """Quarterly means of the sections that the state, the province and the city watch, in that order."""
    kinds = [MonitoringPoint.Kind.STATE, MonitoringPoint.Kind.PROVINCE, MonitoringPoint.Kind.CITY]
    wanted = list(points.filter(kind__in=kinds).order_by("code"))
    wanted.sort(key=lambda point: kinds.index(MonitoringPoint.Kind(point.kind)))
    since = Span(span.year - KEY_YEARS, span.number if span.period == "quarter" else 1, "quarter").first_day
    return load_series(wanted[:STYLES], KEY_PARAMETERS, "quarter", since, span.last_day)


def _suggestions(span: Span, today: date) -> SuggestionFacts:
    begin, end = span_bounds(span)
    every, scope = Suggestion.objects.all(), Scope(since=span.first_day, until=span.last_day)
    events = SuggestionEvent.objects.filter(at__gte=begin, at__lt=end)
    submitted = matters_in(SITE, scope)
    replies = _first_replies(events)
    rated = events.filter(verb=SuggestionEvent.Verb.RATED)
    return SuggestionFacts(
        submitted=submitted.count(),
        closed=every.filter(closed_at__gte=begin, closed_at__lt=end).count(),
        overdue=every.filter(overdue_condition(today)).count(),
        replied=len(replies),
        in_time=measure("answered-in-time", SITE, scope, today),
        indicators=in_report(MATTERS),
        categories=_counted(submitted.values_list("category", flat=True), Suggestion._meta.get_field("category")),
        results=_counted([reply.result for reply in replies], SuggestionEvent._meta.get_field("result")),
        ratings=_counted(rated.values_list("outcome", flat=True), SuggestionEvent._meta.get_field("outcome")),
        departments=_departments(events, replies, scope, today),
    )


@dataclass(frozen=True)
class FirstReply:
    department: int | None
    result: str


def _first_replies(events: QuerySet[SuggestionEvent]) -> list[FirstReply]:
    """The first answer to each suggestion, where it came in these events."""
    verb = SuggestionEvent.Verb.REPLIED
    rows = events.filter(verb=verb).order_by("at", "pk").select_related("suggestion")
    earlier = set(
        SuggestionEvent.objects.filter(verb=verb, suggestion__in=rows.values("suggestion"))
        .exclude(pk__in=rows.values("pk"))
        .filter(at__lt=min((row.at for row in rows), default=timezone.now()))
        .values_list("suggestion", flat=True)
    )
    found: dict[int, FirstReply] = {}
    for row in rows:
        if row.suggestion_id not in earlier and row.suggestion_id not in found:
            found[row.suggestion_id] = FirstReply(row.department_id or row.suggestion.department_id, row.result)
    return list(found.values())


def _counted(values: Iterable[str], field: Any) -> list[tuple[str, str, int]]:
    """How often each choice of a field occurs, in the field's order; those that do not occur are left out."""
    counts = Counter(values)
    return [(value, str(label), counts[value]) for value, label in field.flatchoices if counts[value]]


def _departments(
    events: QuerySet[SuggestionEvent], replies: list[FirstReply], scope: Scope, today: date
) -> list[DepartmentMatters]:
    assigned = Counter(
        events.filter(verb=SuggestionEvent.Verb.ASSIGNED).values_list("suggestion__department", flat=True)
    )
    overdue = dict(
        Suggestion.objects.filter(overdue_condition(today)).order_by().values_list("department").annotate(n=Count("pk"))
    )
    replied = Counter(reply.department for reply in replies)
    indicators = in_report(MATTERS)
    measured = [measure_by(each.code, "department", SITE, scope, today) for each in indicators]
    counted = Q(pk__in={pk for pk in (*assigned, *overdue, *replied) if pk})
    submitted = Q(code__in={code for ratios in measured for code in ratios})
    return [
        DepartmentMatters(
            code=department.code,
            name=department.name,
            assigned=assigned[department.pk],
            replied=replied[department.pk],
            overdue=overdue.get(department.pk, 0),
            ratios=[
                ratios.get(department.code, Ratio(0, 0, each.minimum))
                for each, ratios in zip(indicators, measured, strict=True)
            ],
        )
        for department in Department.objects.filter(counted | submitted).order_by("code")
    ]


def _by_town(span: Span) -> dict[int, int]:
    """Suggestions of the quarter by the town of the finding that they began with."""
    submitted = matters_in(SITE, Scope(since=span.first_day, until=span.last_day))
    with_town = submitted.filter(finding__area__isnull=False)
    return dict(with_town.order_by().values_list("finding__area").annotate(n=Count("pk")))
