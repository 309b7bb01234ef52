"""Counting duty: days and points of a year, by the rule that was in force on each record's day."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext

from accounts.permissions import Asker
from geokit.refusal import BadInput, FieldError, NotPermitted
from ledger import audit
from ledger.actors import account_of
from stations.duty.models import DutyKind, DutyRecord, PointsItem, PointsRule
from stations.duty.permissions import may_set_points

REQUIRED_DAYS = 15
"""Duty days a year of deputies at county level and above (浙江省实施代表法办法 Art. 35)."""


@dataclass(frozen=True, slots=True)
class PointValue:
    """The points of one kind of duty: of each record, at most in a year, and whether its day counts."""

    points: Decimal
    cap: Decimal | None = None
    counts_as_day: bool = True


@dataclass(frozen=True, slots=True)
class Rule:
    """One version of the rule as plain values."""

    valid_from: date
    required_days: int
    worth: Mapping[str, PointValue]


# Scoring is local and no table of this district is published; until the staff set one, every kind counts alike.
DEFAULT = Rule(
    date.min,
    REQUIRED_DAYS,
    {kind: PointValue(Decimal(1)) for kind in DutyKind.values},
)


@dataclass(frozen=True, slots=True)
class ScoreLine:
    """One kind of duty in a year: how often, and the points it earned, capped."""

    kind: str
    label: Any
    count: int
    points: Decimal
    capped: bool


@dataclass(frozen=True)
class Score:
    """A deputy's year: points by kind, duty days, records by month."""

    lines: list[ScoreLine]
    days: int
    """Different days with a duty that counts as a day."""
    required_days: int
    by_month: list[int] = field(default_factory=list)
    """Records of each month, January first."""

    @property
    def points(self) -> Decimal:
        return sum((line.points for line in self.lines), Decimal(0))

    @property
    def count(self) -> int:
        return sum(line.count for line in self.lines)

    @property
    def missing_days(self) -> int:
        return max(0, self.required_days - self.days)


def rules() -> list[Rule]:
    """Every version of the rule, the newest first; the default is always the last."""
    rows = PointsRule.objects.prefetch_related("items").order_by("-valid_from")
    return [*(_rule_from_row(row) for row in rows), DEFAULT]


def rule_on(day: date, known: list[Rule]) -> Rule:
    """Return the version in force on a day; `known` is :func:`rules`."""
    return next(rule for rule in known if rule.valid_from <= day)


def score(records: Iterable[DutyRecord], year: int, known: list[Rule] | None = None) -> Score:
    """Add up a year's records of one deputy. What is withdrawn or not yet confirmed does not count.

    A cap holds for a kind within one version of the rule. The days that are asked for are those of the version in
    force on the year's last day.
    """
    known = known if known is not None else rules()
    counted = [r for r in records if r.on.year == year and r.is_confirmed and not r.is_withdrawn]
    earned: dict[tuple[date, str], int] = defaultdict(int)
    days = set()
    for record in counted:
        rule = rule_on(record.on, known)
        earned[rule.valid_from, record.kind] += 1
        if _value_of(rule, record.kind).counts_as_day:
            days.add(record.on)
    by_date = {rule.valid_from: rule for rule in known}
    lines = [line for kind in DutyKind if (line := _score_line(kind, earned, by_date))]
    months = [sum(record.on.month == month for record in counted) for month in range(1, 13)]
    return Score(lines, len(days), rule_on(date(year, 12, 31), known).required_days, months)


@transaction.atomic
def set_rule(
    actor: Asker, *, valid_from: date, required_days: int, worth: Mapping[str, PointValue], note: str = "",
    today: date | None = None,
) -> PointsRule:  # fmt: skip
    """Write a new version of the rule. It does not apply to earlier days.

    Raises NotPermitted, and BadInput when the day has passed or has a version already.
    """
    if not may_set_points(actor):
        raise NotPermitted(gettext("计分规则全区一份，由区人大工作人员制定。"))
    errors = []
    if valid_from < (today or timezone.localdate()):
        errors.append(FieldError("valid_from", "past", gettext("施行日期不能早于今天，已经计过的分不再变动。")))
    if PointsRule.objects.filter(valid_from=valid_from).exists():
        errors.append(FieldError("valid_from", "taken", gettext("这一天已经有一版规则，请另选日期。")))
    if not 1 <= required_days <= 366:
        errors.append(FieldError("required_days", "impossible", gettext("天数应在 1 到 366 之间。")))
    if errors:
        raise BadInput(errors[0].message, errors=errors)
    rule = PointsRule.objects.create(
        valid_from=valid_from, required_days=required_days, note=note.strip(), created_by=account_of(actor)
    )
    PointsItem.objects.bulk_create(
        PointsItem(rule=rule, kind=kind, points=w.points, yearly_cap=w.cap, counts_as_day=w.counts_as_day)
        for kind, w in worth.items()
    )
    audit.record(actor, "points-rule-set", rule, valid_from=valid_from.isoformat())
    return rule


def _rule_from_row(row: PointsRule) -> Rule:
    worth = {item.kind: PointValue(item.points, item.yearly_cap, item.counts_as_day) for item in row.items.all()}
    return Rule(row.valid_from, row.required_days, worth)


def _value_of(rule: Rule, kind: str) -> PointValue:
    """Return the value of a kind; one that the rule does not list has no points and is no duty day."""
    return rule.worth.get(kind, PointValue(Decimal(0), None, False))


def _score_line(
    kind: DutyKind, earned: Mapping[tuple[date, str], int], by_date: Mapping[date, Rule]
) -> ScoreLine | None:
    count, points, capped = 0, Decimal(0), False
    for (valid_from, earned_kind), times in earned.items():
        if earned_kind != kind:
            continue
        worth = _value_of(by_date[valid_from], kind)
        whole = worth.points * times
        given = whole if worth.cap is None else min(whole, worth.cap)
        count, points, capped = count + times, points + given, capped or given < whole
    return ScoreLine(kind.value, kind.label, count, points, capped) if count else None
