"""Tables of one span: towns, rivers or departments compared by the classes of their points, with their denominators.

A group with fewer rated sections than `least_ranked` is shown and not ranked: one pond must not make a town the worst
of the district. Only rivers are averaged over their sections; of towns and departments the shares are told.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from django.db.models import Model, QuerySet

from accounts.models import Area, Department
from river_monitoring.assessment.coverage import Coverage, count_unrated
from river_monitoring.assessment.judged_points import JudgedPoint, judge_points, means_of
from river_monitoring.assessment.judgement import judged
from river_monitoring.assessment.kept import kept_numbers
from river_monitoring.assessment.queries import versions_at
from river_monitoring.network.models import River
from river_monitoring.points.models import MonitoringPoint
from river_monitoring.standard.averages import Span
from river_monitoring.standard.basin import (
    BasinState,
    Change,
    Shares,
    change_between,
    is_averaged,
    shares_of,
    state_by_shares,
    state_of_means,
)
from river_monitoring.standard.evaluation import WaterClass
from river_monitoring.statistics.periods import GROUPS, By, PointPeriod, Rated, common_water
from river_monitoring.statistics.ranking import MINIMUM, in_places, ranking_basis

GROUPED: Mapping[By, type[Model]] = {"town": Area, "river": River, "department": Department}
"""Of what the groups are, by code and name."""


@dataclass(frozen=True, slots=True)
class GroupRow:
    """A town, river or department in a span, against the span before and the same span a year before."""

    code: str
    name: str
    points: int
    state: BasinState
    change: Change
    change_from_year: Change
    target_met: int
    """Points that are at their target or better; one that is only "at least" of a class proves nothing."""
    target_judged: int
    """Points of which it can be told whether they meet their target."""
    ranked: bool
    coverage: Coverage
    """Of its points how many were rated, and why the others were not."""
    codes: Sequence[str] = ()
    """Its rated points, the worst first."""
    rank: int | None = None

    @property
    def rated(self) -> int:
        return self.state.shares.rated

    @property
    def shares(self) -> Shares:
        return self.state.shares


@dataclass(frozen=True, slots=True)
class PeriodTable:
    """All groups of one span, with the whole as `total`."""

    span: Span
    by: By
    rows: Sequence[GroupRow]
    total: GroupRow
    basis: Mapping[str, Any]
    """The rule that places were given by, with its version (`ranking.ranking_basis`)."""

    @property
    def least_ranked(self) -> int:
        """Groups with fewer rated points are not ranked."""
        return self.basis[MINIMUM]


@dataclass(frozen=True, slots=True)
class _Compared:
    """A point in a span, and the classes that it had in the one before and in that of a year ago."""

    now: JudgedPoint
    before: WaterClass
    year: WaterClass


type _Key = tuple[str, str]


def period_table(points: QuerySet[MonitoringPoint], span: Span, by: By) -> PeriodTable:
    """Compare the groups of `points` in `span`, best first; groups that cannot be ranked last."""
    found = judge_points(points, span, by)
    before, year = kept_numbers(points, [span.before, span.year_before])
    compared = [
        _Compared(each, WaterClass.of(before.get(pk, 0)), WaterClass.of(year.get(pk, 0))) for pk, each in found.items()
    ]
    keys = {each.group for each in found.values() if each.group}
    named = GROUPED[by]._default_manager.filter(pk__in=keys).values_list("pk", "code", "name")
    names = {pk: (code, name) for pk, code, name in named}
    return _table(compared, [names.get(each.now.group) for each in compared], span, by)


def table_of(rated: Rated, by: By) -> PeriodTable:
    """Compare the groups of points that are rated already."""
    compared = [
        _Compared(_judged(now), before.assessment.water_class, year)
        for now, before, year in zip(rated.now, rated.before, rated.year, strict=True)
    ]
    keys = [GROUPS[by](item.point, rated.span.last_day) for item in rated.now]
    return _table(compared, keys, rated.span, by)


def _judged(item: PointPeriod) -> JudgedPoint:
    found = item.assessment
    exceeding = found.evaluation.exceeding(versions_at(found.span)[0].reference)
    return JudgedPoint(item.point.code, None, judged(found), exceeding)


def _table(compared: Sequence[_Compared], keys: Sequence[_Key | None], span: Span, by: By) -> PeriodTable:
    groups: dict[_Key, list[_Compared]] = defaultdict(list)
    for each, key in zip(compared, keys, strict=True):
        if key:
            groups[key].append(each)
    basis = ranking_basis(span.last_day)
    states = _states_of_rivers(groups, span) if by == "river" else {}
    rows = [_row(key, groups[key], states.get(key), basis[MINIMUM]) for key in sorted(groups)]
    return PeriodTable(span, by, _ranked(rows), _row(("", ""), compared, None, basis[MINIMUM]), basis)


def _states_of_rivers(groups: Mapping[_Key, Sequence[_Compared]], span: Span) -> dict[_Key, BasinState]:
    """The states of those rivers and lakes that are averaged over their rated points."""
    rated = {key: _rated(items) for key, items in groups.items()}
    waters = {key: common_water(item.now.judgement.water for item in items) for key, items in rated.items()}
    averaged = {key: items for key, items in rated.items() if is_averaged(len(items), waters[key])}
    means = iter(means_of([item.now.judgement for items in averaged.values() for item in items], span))
    return {
        key: state_of_means(_classes(items), [next(means) for _item in items], waters[key])
        for key, items in averaged.items()
    }


def _rated(items: Iterable[_Compared]) -> list[_Compared]:
    """The averaging rule is about sections that were rated; an unsampled pond is counted beside them."""
    return [item for item in items if item.now.judgement.number]


def _classes(items: Iterable[_Compared]) -> list[WaterClass]:
    return [WaterClass.of(item.now.judgement.number) for item in items]


def _row(key: _Key, items: Sequence[_Compared], averaged: BasinState | None, least: int) -> GroupRow:
    judgements, rated = [item.now.judgement for item in items], _rated(items)
    state = averaged or state_by_shares(_classes(rated), (item.now.exceeding for item in rated))
    shares = shares_of(_classes(items))
    meets = [judgement.meets_target for judgement in judgements]
    unrated = (None if judgement.number else judgement.lacks for judgement in judgements)
    worst_first = sorted(rated, key=lambda item: (-item.now.judgement.number, item.now.code))
    return GroupRow(
        code=key[0],
        name=key[1],
        points=len(items),
        state=replace(state, shares=shares),
        change=change_between(shares_of([item.before for item in items]), shares),
        change_from_year=change_between(shares_of([item.year for item in items]), shares),
        target_met=meets.count(True),
        target_judged=len(meets) - meets.count(None),
        ranked=len(rated) >= least,
        coverage=count_unrated(unrated, at_least=sum(judgement.is_at_least for judgement in judgements)),
        codes=[item.now.code for item in worst_first],
    )


def _ranked(rows: Sequence[GroupRow]) -> list[GroupRow]:
    """Best first among those that can be ranked: the larger share I to III, then the smaller share inferior V."""

    def order(row: GroupRow) -> tuple[Any, ...]:
        return (-row.shares.good, row.shares.inferior)

    by_code = sorted(rows, key=lambda row: row.code)
    return [replace(row, rank=place) for row, place in in_places(by_code, order, lambda row: row.ranked)]
