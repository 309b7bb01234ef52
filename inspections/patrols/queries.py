"""Reads of patrols that more than one page or API answer needs."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.db import connection
from django.db.models import Count, Max, Q, QuerySet, Sum
from django.utils import timezone

from accounts import rules as district_rules
from accounts.congress.queries import deputies_shown
from accounts.looking import looked_at, shown
from accounts.models import Area, Role, User
from accounts.permissions import Asker, role_of, within
from inspections.patrols.models import Capacity, Patrol, PatrolFinding, PatrolReach
from inspections.patrols.permissions import found_visible_to
from river_monitoring.models import Reach
from river_monitoring.permissions import rivers_visible_to
from ui.days import midnight

NUMBERS_DAYS = 90
"""The span of the numbers page."""

# The covered lines of several patrols overlap; a hair's breadth around each lets them be taken together exactly once.
_COVERAGE = """
    SELECT reach.{by}, count(*) AS reaches, sum(reach.length_m) AS length_m,
           sum(least(coalesce(seen.covered_m, 0), reach.length_m)) AS covered_m
    FROM {reach} reach LEFT JOIN (
        SELECT one.id, ST_Length(
            ST_Intersection(one.geom, ST_Union(ST_Buffer(passed.covered, 0.000001)))::geography) AS covered_m
        FROM {passed} passed JOIN {patrol} patrol ON patrol.id = passed.patrol_id
        JOIN {reach} one ON one.id = passed.reach_id
        WHERE patrol.started_at >= %(since)s AND patrol.started_at < %(until)s
        GROUP BY one.id, one.geom
    ) AS seen ON seen.id = reach.id
    GROUP BY reach.{by}
"""


def for_lists(patrols: QuerySet[Patrol], user: Asker) -> QuerySet[Patrol]:
    """Everything that a row says of a patrol to `user`: a department counts what was sent to it alone."""
    rows = patrols.select_related("user", "river", "area")
    seen = Q(findings__in=found_visible_to(user)) if role_of(user) == Role.OFFICER else None
    return rows.annotate(
        found_count=Count("findings", distinct=True, filter=seen),
        sent_count=Count("findings__matter", distinct=True, filter=seen),
        fix_count=Count("points", distinct=True),
    ).order_by("-started_at", "-pk")


def running(user: Asker) -> Patrol | None:
    """The patrol that this person has not ended."""
    if user is None or not user.is_authenticated:
        return None
    return Patrol.objects.filter(user=user, ended_at__isnull=True).first()


def waters_of(patrol: Patrol) -> QuerySet[PatrolReach]:
    """What was passed, the longest first."""
    return patrol.reaches.select_related("reach__river", "reach__area").order_by("-covered_m")


@dataclass(frozen=True, slots=True)
class Requirement:
    """How often, how long and how far a capacity is to patrol; None asks for nothing.

    No law of the country or province says so: local rules do, so each district sets its own (`patrols.*`).
    """

    capacity: str
    every_days: int | None = None
    min_minutes: int | None = None
    min_metres: int | None = None

    @property
    def every_days_key(self) -> str:
        """The rule of the district that has the reason and the history."""
        return f"patrols.{self.capacity}.every_days"

    @property
    def asks(self) -> bool:
        return bool(self.every_days or self.min_minutes or self.min_metres)

    @property
    def capacity_name(self) -> str:
        return str(Capacity(self.capacity).label)


@dataclass(frozen=True, slots=True)
class Standing:
    """How a patrol compares with the rule of its capacity; a rule that says nothing is met."""

    rule: Requirement | None
    short_minutes: int
    short_metres: int

    @property
    def counts(self) -> bool:
        """Whether it is long and far enough to count towards the frequency."""
        return self.short_minutes == 0 and self.short_metres == 0


def standing(patrol: Patrol, rule: Requirement | None) -> Standing:
    """Compare the time with a track and the length, not the time between two presses of a button."""
    minutes = (rule and rule.min_minutes) or 0
    metres = (rule and rule.min_metres) or 0
    short_s = max(0, minutes * 60 - patrol.recorded_s)
    return Standing(rule, -(-short_s // 60), max(0, round(metres - patrol.length_m)))


def rules() -> dict[str, Requirement]:
    """The rule in force of each capacity that has one."""
    book = district_rules.book()
    found = {capacity.value: _rule_of(capacity, book) for capacity in Capacity}
    return {capacity: rule for capacity, rule in found.items() if rule.asks}


def rule_of(patrol: Patrol) -> Requirement | None:
    """The rule of a patrol's capacity on the day when it began: one that is set later judges later patrols."""
    found = _rule_of(Capacity(patrol.capacity), district_rules.book(), timezone.localdate(patrol.started_at))
    return found if found.asks else None


def _rule_of(capacity: Capacity, book: district_rules.Book, on: date | None = None) -> Requirement:
    names = ("every_days", "min_minutes", "min_metres")
    return Requirement(capacity, **{name: book.value(f"patrols.{capacity}.{name}", on) or None for name in names})


@dataclass(frozen=True, slots=True)
class Rhythm:
    """How often one person patrols in one capacity, against what the rule asks."""

    user: User
    capacity: str
    patrols: int
    counting: int
    last: datetime | None
    every_days: int | None
    late_days: int

    @property
    def capacity_name(self) -> str:
        return str(Capacity(self.capacity).label)


def rhythms(patrols: QuerySet[Patrol], today: date, since: date) -> list[Rhythm]:
    """Each person and capacity with ended patrols since a day, the latest first; `late_days` beyond the rule."""
    asked = rules()
    ended = patrols.filter(ended_at__isnull=False, started_at__date__gte=since).select_related("user")
    groups: dict[tuple[int, str], list[Patrol]] = {}
    for patrol in ended.order_by("started_at"):
        groups.setdefault((patrol.user_id, patrol.capacity), []).append(patrol)
    found = [_rhythm(rows, asked.get(capacity), today) for (_user, capacity), rows in groups.items()]
    return sorted(found, key=lambda each: (-each.late_days, str(each.user)))


def _rhythm(patrols: list[Patrol], rule: Requirement | None, today: date) -> Rhythm:
    counting = [patrol for patrol in patrols if standing(patrol, rule_of(patrol)).counts]
    last = counting[-1].started_at if counting else None
    every = rule.every_days if rule else None
    since = timezone.localdate(last or patrols[0].started_at)
    late = max(0, (today - since).days - every) if every else 0
    return Rhythm(patrols[0].user, patrols[0].capacity, len(patrols), len(counting), last, every, late)


def deputies_without(patrols: QuerySet[Patrol], user: Asker = None) -> tuple[int, int]:
    """How many active deputies of the district that `user` is shown have none of `patrols`, and how many there are."""
    deputies = deputies_shown(user)
    return deputies.exclude(pk__in=patrols.values("user")).count(), deputies.count()


@dataclass(frozen=True, slots=True)
class Coverage:
    """Of the metres of water in a town or of a river, those within sight of a patrol, each counted once."""

    name: str
    reaches: int
    length_m: float
    covered_m: float

    @property
    def percent(self) -> int:
        return round(100 * self.covered_m / self.length_m) if self.length_m else 0


def coverage_by_town(since: datetime, until: datetime, user: Asker = None) -> list[Coverage]:
    names = dict(Area.objects.filter(shown(user, "pk"), reaches__isnull=False).values_list("pk", "name"))
    return _coverage("area_id", names, since, until)


def coverage_by_river(since: datetime, until: datetime, user: Asker = None) -> list[Coverage]:
    return _coverage("river_id", dict(rivers_visible_to(user).values_list("pk", "name")), since, until)


def _coverage(by: str, names: dict[int, str], since: datetime, until: datetime) -> list[Coverage]:
    tables = {
        "reach": Reach._meta.db_table, "passed": PatrolReach._meta.db_table, "patrol": Patrol._meta.db_table, "by": by,
    }  # fmt: skip
    with connection.cursor() as cursor:
        cursor.execute(_COVERAGE.format(**tables), {"since": since, "until": until})
        rows = cursor.fetchall()
    found = [Coverage(names[key], count, length, covered) for key, count, length, covered in rows if key in names]
    return sorted(found, key=lambda each: (-each.covered_m, each.name))


def total_of(rows: Iterable[Coverage]) -> Coverage:
    """All rows as one."""
    rows = list(rows)
    return Coverage(
        "", sum(row.reaches for row in rows), sum(row.length_m for row in rows), sum(row.covered_m for row in rows)
    )


def ended_since(since: datetime, user: Asker) -> QuerySet[Patrol]:
    """Return the patrols that count in public figures: of the district that `user` is shown.

    One whose track touched no town is where its deputy is.
    """
    ended = Patrol.objects.filter(ended_at__isnull=False, started_at__gte=since)
    area = looked_at(user)
    if area is None:
        return ended
    theirs = Q(user__in=deputies_shown(user)) | within(area, "user__area")
    return ended.filter(within(area) | (Q(area=None) & theirs))


def last_days(days: int) -> tuple[datetime, datetime]:
    """From the beginning of the day so many days ago until now."""
    until = timezone.now()
    first = timezone.localdate(until) - timedelta(days=days)
    return midnight(first), until


def numbers(user: Asker) -> dict[str, Any]:
    """Counts for everybody: how often and how far was patrolled, by nobody's name and without a track."""
    since, until = last_days(NUMBERS_DAYS)
    ended = ended_since(since, user)
    sums = ended.aggregate(count=Count("pk"), people=Count("user", distinct=True), metres=Sum("length_m"))
    found = PatrolFinding.objects.filter(patrol__in=ended)
    towns = coverage_by_town(since, until, user)
    counts = found.order_by().aggregate(
        found=Count("pk", filter=~Q(kind=PatrolFinding.Kind.GOOD)),
        sent=Count("pk", filter=Q(matter__isnull=False)),
        closed=Count("pk", filter=Q(matter__suggestion__state="closed")),
    )
    return {
        "days": NUMBERS_DAYS,
        "since": timezone.localdate(since),
        "patrols": sums["count"],
        "people": sums["people"],
        "length_m": sums["metres"] or 0,
        "deputies": deputies_shown(user).count(),
        **counts,
        "kinds": list(found.order_by().values("kind").annotate(count=Count("pk")).order_by("-count", "kind")),
        "towns": towns,
        "total": total_of(towns),
        "sight_m": district_rules.value("patrols.sight_m"),
    }


def last_day(patrols: QuerySet[Patrol]) -> datetime | None:
    return patrols.order_by().aggregate(last=Max("started_at"))["last"]
