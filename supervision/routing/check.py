"""What is wrong with the rules of routing: places no rule covers, zones that contradict, rules that never apply.

All active rules are read once; what is compared is their extent on the ground (EPSG:4326) and their rank.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import QuerySet

from accounts.directory.levels import NARROW
from accounts.models import Area, Department
from accounts.permissions import answers_in
from supervision.findings.models import Category
from supervision.routing.models import RoutingRule

SLIVER_SHARE = 0.001
"""A part of a town smaller than this is the noise of drawing."""


@dataclass(frozen=True, slots=True)
class Gap:
    """A category that nobody answers in a town; `share` of the town from 0 to 1."""

    category: str
    town: Area
    share: float

    @property
    def percent(self) -> int:
        return max(1, round(100 * self.share))

    @property
    def label(self) -> str:
        return str(Category(self.category).label)


@dataclass(frozen=True, slots=True)
class Conflict:
    """Two rules of the same rank that overlap and name different units; the older one wins by accident."""

    one: RoutingRule
    other: RoutingRule

    @property
    def place(self) -> Any:
        """Where they contradict."""
        mine: Any = self.one.zone
        return mine.intersection(self.other.zone)

    @property
    def box(self) -> str:
        """Where to look: west,south,east,north."""
        return ",".join(f"{edge:.5f}" for edge in self.place.extent)


@dataclass(frozen=True, slots=True)
class Cell:
    """Who answers one category in one town: the rule for all of it, and whether zones say otherwise for parts."""

    rule: RoutingRule | None
    department: Department | None
    has_zones: bool


@dataclass(frozen=True, slots=True)
class RuleFaults:
    gaps: tuple[Gap, ...]
    conflicts: tuple[Conflict, ...]
    unused: tuple[tuple[RoutingRule, RoutingRule], ...]
    """A rule that never applies, and the one that always goes before it."""
    without_unit: tuple[Area, ...]
    """Towns that a rule hands matters to and that have no unit."""
    has_rules: bool = True
    """Whether any rule is in force: without one every matter waits for the congress staff."""

    @property
    def is_sound(self) -> bool:
        return self.has_rules and not (self.gaps or self.conflicts or self.unused or self.without_unit)


def active_rules() -> list[RoutingRule]:
    """Return the rules in force in the order in which they are tried."""
    rules = RoutingRule.objects.filter(is_active=True).select_related("department", "area")
    return sorted(rules, key=rank)


def rank(rule: RoutingRule) -> tuple[int, int, bool, int]:
    """Return what decides between rules that cover the same place, as `routing.rules_for` orders them."""
    if rule.zone is not None:
        wide = 0
    elif rule.area is not None:
        wide = 1 if rule.area.level in NARROW else 2
    else:
        wide = 3
    return rule.priority, wide, not rule.category, rule.pk


def towns() -> QuerySet[Area]:
    return Area.objects.filter(level=Area.Level.TOWN).order_by("code")


def find_faults() -> RuleFaults:
    """Check all rules against all towns and categories."""
    rules, places = active_rules(), list(towns())
    return RuleFaults(
        tuple(_gaps(rules, places)),
        tuple(_conflicts(rules)),
        tuple(_unused(rules)),
        tuple(_without_unit(rules, places)),
        bool(rules),
    )


def answers(rule: RoutingRule, category: str) -> bool:
    """Tell whether a rule is about a category."""
    return rule.category in ("", category)


def _gaps(rules: Sequence[RoutingRule], places: Sequence[Area]) -> Iterator[Gap]:
    for category in Category.values:
        own = [rule for rule in rules if answers(rule, category)]
        for town in places:
            share = _uncovered(town, own)
            if share > SLIVER_SHARE:
                yield Gap(category, town, share)


def _answers_in(rule: RoutingRule, town: Area) -> bool:
    """Tell whether a rule is about all of a town; with several districts by a unit that answers there."""
    about = rule.zone is None and rule.area_id in (None, town.pk, town.parent_id)
    return about and (rule.to_town or answers_in(rule.department, town))


def _uncovered(town: Area, rules: Sequence[RoutingRule]) -> float:
    if any(_answers_in(rule, town) for rule in rules):
        return 0.0
    whole: Any = town.geom
    if whole is None:  # no zone can be shown to cover it
        return 1.0
    left = whole
    for rule in rules:
        if rule.zone is not None:
            left = left.difference(rule.zone)
    return float(left.area / whole.area)


def _conflicts(rules: Sequence[RoutingRule]) -> Iterator[Conflict]:
    zones = [rule for rule in rules if rule.zone is not None]
    for index, one in enumerate(zones):
        for other in zones[index + 1 :]:
            same_rank = rank(one)[:3] == rank(other)[:3]
            if same_rank and one.category == other.category and _differ(one, other) and _overlap(one, other):
                yield Conflict(one, other)


def _differ(one: RoutingRule, other: RoutingRule) -> bool:
    return (one.department_id, one.to_town) != (other.department_id, other.to_town)


def _overlap(one: RoutingRule, other: RoutingRule) -> bool:
    mine, its = one.zone, other.zone
    if mine is None or its is None:
        return False
    return bool(mine.intersection(its).area > SLIVER_SHARE * min(mine.area, its.area))


def _unused(rules: Sequence[RoutingRule]) -> Iterator[tuple[RoutingRule, RoutingRule]]:
    for index, rule in enumerate(rules):
        for earlier in rules[:index]:
            if earlier.category in ("", rule.category) and _covers(earlier, rule):
                yield rule, earlier
                break


def _covers(earlier: RoutingRule, rule: RoutingRule) -> bool:
    if earlier.zone is None and earlier.area_id is None:
        return True
    ground = rule.zone if rule.zone is not None else rule.area.geom if rule.area else None
    cover = earlier.zone if earlier.zone is not None else earlier.area.geom if earlier.area else None
    if earlier.zone is None and rule.zone is None:
        return bool(earlier.area_id == rule.area_id)
    return ground is not None and cover is not None and bool(cover.covers(ground))


def _without_unit(rules: Sequence[RoutingRule], places: Sequence[Area]) -> Iterator[Area]:
    handed = {rule.area_id for rule in rules if rule.to_town and rule.zone is None}
    everywhere = None in handed or any(rule.to_town and rule.zone is not None for rule in rules)
    having = set(Department.objects.filter(area__level=Area.Level.TOWN).values_list("area", flat=True))
    for town in places:
        if (everywhere or town.pk in handed) and town.pk not in having:
            yield town


def table() -> list[tuple[Area, list[Cell]]]:
    """Return who answers each category in each town."""
    rules = active_rules()
    units = {unit.area_id: unit for unit in Department.objects.filter(area__level=Area.Level.TOWN).order_by("-code")}
    return [(town, [_cell(rules, category, town, units) for category in Category.values]) for town in towns()]


def _cell(rules: Sequence[RoutingRule], category: str, town: Area, units: dict[Any, Department]) -> Cell:
    own = [rule for rule in rules if answers(rule, category)]
    ground: Any = town.geom
    zones = ground is not None and any(rule.zone is not None and rule.zone.intersects(ground) for rule in own)
    whole = (rule for rule in own if rule.zone is None and rule.area_id in (None, town.pk))
    rule = next(whole, None)
    if rule is None:
        return Cell(None, None, zones)
    return Cell(rule, units.get(town.pk) if rule.to_town else rule.department, zones)
