"""A district as large as a real one becomes, grown from the demo: its rows again and again, by the database itself.

Fifty thousand matters with their 200,000 events, 2,000 points, half a million samples, 3,000 accounts. What is copied
keeps its shape (who, where, which words, how many steps), gets keys of its own, and lies up to five years back. Of the
later copies only what is over is kept: a district has many old matters and few open ones.

Triggers are off meanwhile, so the copies are no evidence and no tile is told of them: for measuring only.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from typing import Any

from django.apps import apps
from django.db import connection, models, transaction

from ledger.roles.connections import as_owner
from river_monitoring.assessment.services import refresh_months
from river_monitoring.points.models import MonitoringPoint

STRIDE = 1_000_000
"""The k-th copy of a row has this many times k more in its key."""
DAYS_BACK = 1_800
K = "g.k"
"""The number of the copy, in SQL."""


@dataclass(frozen=True, slots=True)
class Family:
    """Tables that are copied together; keys that point from one to another lead to the same copy.

    `changed` are SQL expressions by `Model.field`, for what must be unique or lie elsewhere in time; `over` are
    conditions by model for the copies after `whole`.
    """

    models: Sequence[str]
    copies: int
    changed: Mapping[str, str] = field(default_factory=dict)
    whole: int = 0
    over: Mapping[str, str] = field(default_factory=dict)


def _back(column: str) -> str:
    """A moment of the copied row, earlier the later the copy; the first ten stay where they are."""
    return f"t.{column} - make_interval(days => CASE WHEN {K} <= 10 THEN 0 ELSE ({K} * 7 % {DAYS_BACK})::int END)"


def _day_back(column: str) -> str:
    return f"({_back(column)})::date"


_CLOSED = "IN (SELECT id FROM supervision_suggestion WHERE id < 1000000 AND state = 'closed')"
_SEEN = "IN (SELECT finding_id FROM supervision_suggestion WHERE id < 1000000 AND state = 'closed' AND finding_id > 0)"


def families(scale: float) -> list[Family]:
    """What is copied and how often: at 1 a large district, below it a part of one."""

    def times(number: int) -> int:
        return max(1, round(number * scale))

    return [_matters(times(1_550)), _points(times(16)), _people(times(43)), _receptions(times(12)), *_logs(times)]


def _points_alone(copies: int) -> Family:
    """Points with their steps, and of what was kept of them the last years: what a report and the map ask about."""
    whole = _points(copies)
    kept = {
        "PointMonth": "t.month > CURRENT_DATE - 480",
        "PointSpan": "t.period <> 'to-date' AND t.first_day > CURRENT_DATE - 1200",
    }
    names = [name for name in whole.models if not name.endswith(".Sample")]
    return Family(names, copies, whole.changed, 0, kept)


def _matters(copies: int) -> Family:
    room = "supervision."
    moments = {
        "Finding.seen_at": _back("seen_at"), "Finding.created_at": _back("created_at"),
        "Suggestion.submitted_at": _back("submitted_at"), "Suggestion.closed_at": _back("closed_at"),
        "Suggestion.due_on": _day_back("due_on"), "SuggestionEvent.at": _back("at"),
        "SuggestionEvent.due_on": _day_back("due_on"),
    }  # fmt: skip
    unique = {
        "Finding.client_id": "gen_random_uuid()",
        "Suggestion.number": f"left(t.number, 5) || lpad((t.id + {K} * 100)::text, 6, '0')",
        "Finding.geom": f"ST_Translate(t.geom, ({K} % 41 - 20) * 0.0004, ({K} % 37 - 18) * 0.0004)",
        "Suggestion.title": f"left(t.title, 100) || ' ' || {K}",
    }
    over = {
        "Suggestion": f"t.id {_CLOSED}", "SuggestionEvent": f"t.suggestion_id {_CLOSED}",
        "MatterAnswer": f"t.suggestion_id {_CLOSED}",
        "Finding": f"t.id {_SEEN}", "FindingPhoto": f"t.finding_id {_SEEN}", "Support": f"t.finding_id {_SEEN}",
    }  # fmt: skip
    names = ("Finding", "FindingPhoto", "Support", "Suggestion", "SuggestionEvent", "MatterAnswer")
    return Family([room + name for name in names], copies, moments | unique, min(10, copies), over)


def _points(copies: int) -> Family:
    room = "river_monitoring."
    names = (
        "MonitoringPoint", "Sample", "PointMonth", "PointSpan", "PointCause", "Measure", "WorkEvent",
        "RectificationEvent", "Escalation", "Evidence",
    )  # fmt: skip
    changed = {
        "MonitoringPoint.code": f"t.code || '-' || {K}",
        "MonitoringPoint.name": f"t.name || {K}",
        "MonitoringPoint.geom": f"ST_Translate(t.geom, ({K} % 5 - 2) * 0.002, ({K} % 7 - 3) * 0.002)",
    }
    return Family([room + name for name in names], copies, changed)


def _people(copies: int) -> Family:
    return Family(
        ["accounts.User", "accounts.Person", "accounts.Membership"],
        copies,
        {
            "User.username": f"t.username || '-' || {K}",
            "Person.code": f"left(t.code, 24) || '-' || {K}",
            "Membership.code": f"left(t.code, 24) || '-' || {K}",
        },
    )


def _receptions(copies: int) -> Family:
    names = ("Reception", "ReceptionEvent", "Attendance", "Matter", "Booking")
    changed = {
        "Reception.day": f"(t.day - ({K} * 30)::int)",
        "Booking.token_hash": f"md5(t.token_hash || {K})",
    }
    return Family([f"stations.{name}" for name in names], copies, changed)


def _logs(times: Any) -> Iterator[Family]:
    moment = f"t.at - make_interval(hours => {K}::int)"
    yield Family(["ledger.AuditEntry"], times(1_000), {"AuditEntry.at": moment})
    yield Family(["accounts.Notice"], times(4_000), {"Notice.at": moment, "Notice.key": f"t.key || '#' || {K}"})
    yield Family(["accounts.SignInEvent"], times(100_000), {"SignInEvent.at": moment})
    yield Family(
        [f"projects.{name}" for name in ("Project", "Milestone", "News", "Rating", "ProgressReport", "Goal")],
        times(5),
        {"Project.code": f"t.code || '-' || {K}"},
    )


def grow(scale: float = 1.0) -> dict[str, int]:
    """Copy into the database of this process, which holds the demo; how many rows each table has now."""
    with as_owner(), _triggers_off():
        _hours(scale)
        _older_samples()
        refresh_months(MonitoringPoint.objects.all())  # before the points are copied with their months
        for family in families(scale):
            with transaction.atomic():
                for label in family.models:
                    _copy(apps.get_model(label), family)
    return _counted(families(scale))


def _counted(families: Sequence[Family]) -> dict[str, int]:
    """How many rows each table has, when their sequences go on behind them and the planner knows them."""
    counts = {}
    with as_owner(), connection.cursor() as cursor:
        for label in {label for family in families for label in family.models}:
            model = apps.get_model(label)
            _set_sequence(cursor, model)
            cursor.execute(f'SELECT count(*) FROM "{model._meta.db_table}"')
            counts[label] = cursor.fetchone()[0]
        cursor.execute("ANALYZE")
    return counts


def grow_times(times: int) -> dict[str, int]:
    """The whole demo so many times over, open and settled things alike; how many rows each table has now."""
    found = [_matters(1), _points(1), _people(1), _receptions(1), *_logs(lambda _number: 1)]
    room = {"Suggestion.number": f"left(t.number, 5) || lpad((t.id + {K} * 1000)::text, 6, '0')"}
    families = [replace(one, copies=times - 1, whole=times - 1, changed={**one.changed, **room}) for one in found]
    with as_owner(), _triggers_off():
        for family in families:
            with transaction.atomic():
                for label in family.models:
                    _copy(apps.get_model(label), family)
    return _counted(families)


def grow_points(copies: int) -> int:
    """Only points, so many times the demo's and without samples; how many there are now."""
    family = _points_alone(copies)
    with as_owner(), _triggers_off(), transaction.atomic():
        for label in family.models:
            _copy(apps.get_model(label), family)
    with as_owner(), connection.cursor() as cursor:
        for label in family.models:
            _set_sequence(cursor, apps.get_model(label))
        cursor.execute("ANALYZE")
    return MonitoringPoint.objects.count()


def _copy(model: type[models.Model], family: Family) -> None:
    """One statement for the copies that are whole and one for those of what is over."""
    quote = connection.ops.quote_name
    fields = [each for each in model._meta.concrete_fields if not each.generated]
    columns = ", ".join(quote(each.column) for each in fields)
    values = ", ".join(_value(model, each, family) for each in fields)
    base = f"{_key(model)} < {STRIDE}"
    spans = [(1, family.copies, base)]
    if over := family.over.get(model.__name__):
        spans = [(1, family.whole, base), (family.whole + 1, family.copies, f"{base} AND {over}")]
    with connection.cursor() as cursor:
        for first, last, condition in spans:
            copies = f"generate_series({first}::bigint, {last}::bigint) AS g(k)"
            cursor.execute(
                f"INSERT INTO {quote(model._meta.db_table)} ({columns}) SELECT {values}"
                f" FROM {quote(model._meta.db_table)} t, {copies} WHERE {condition}"
            )


def _key(model: type[models.Model]) -> str:
    return f"t.{connection.ops.quote_name(model._meta.pk.column)}"


def _value(model: type[models.Model], each: Any, family: Family) -> str:
    """The SQL of one column of a copy."""
    name = f"{model.__name__}.{each.name}"
    column = f"t.{connection.ops.quote_name(each.column)}"
    if name in family.changed:
        return family.changed[name]
    if each.primary_key:
        return f"{column} + {K} * {STRIDE}"
    if each.is_relation and each.related_model._meta.label in family.models:
        return f"{column} + {K} * {STRIDE}"
    if each.is_relation and each.unique:
        return "NULL"  # another account's one and only
    return column


def _hours(scale: float) -> None:
    """Four-hourly reports of the automatic stations' points over a year and more."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO river_monitoring_sample (point_id, phenomenon_time, source, readings, water_class, limiting,"
            " exceedance, note, flagged, standard, recorded_at, by_works, is_historic, laboratory, method, party_name,"
            " quality, report_number, version)"
            " SELECT p.id, date_trunc('hour', now()) - g.k * interval '4 hours' - interval '17 minutes', 'automatic',"
            " s.readings, s.water_class, s.limiting, s.exceedance, '', s.flagged, s.standard,"
            " now() - g.k * interval '4 hours', false, false, '', '', '', s.quality, '', 1"
            " FROM (SELECT point_id, id FROM river_monitoring_automaticstation) a"
            " JOIN river_monitoring_monitoringpoint p ON p.id = a.point_id"
            " JOIN LATERAL (SELECT * FROM river_monitoring_sample WHERE point_id = a.point_id AND source = 'automatic'"
            "  ORDER BY id DESC LIMIT 1) s ON true, generate_series(1, %s) AS g(k)",
            [max(6, round(2_600 * scale))],
        )


def _older_samples() -> None:
    """Every sample of before once more three and six years earlier."""
    fields = [
        each.column
        for each in apps.get_model("river_monitoring.Sample")._meta.concrete_fields
        if each.column not in ("id", "phenomenon_time")
    ]
    columns = ", ".join(fields)
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(
            f"INSERT INTO river_monitoring_sample (phenomenon_time, {columns})"
            " SELECT phenomenon_time - g.k * interval '3 years 11 minutes',"
            f" {', '.join('t.' + name for name in fields)}"
            " FROM river_monitoring_sample t, generate_series(1, 2) AS g(k) WHERE source <> 'automatic'"
        )


def _set_sequence(cursor: Any, model: type[models.Model]) -> None:
    table, column = model._meta.db_table, model._meta.pk.column
    cursor.execute("SELECT pg_get_serial_sequence(%s, %s)", [f'"{table}"', column])
    if (sequence := cursor.fetchone()[0]) is not None:
        cursor.execute(f'SELECT setval(%s, (SELECT max("{column}") FROM "{table}"))', [sequence])


@contextmanager
def _triggers_off() -> Iterator[None]:
    """Our own triggers stand as before afterwards; foreign keys are checked all the time."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT tgrelid::regclass::text, tgname, tgenabled FROM pg_trigger JOIN pg_class c ON c.oid = tgrelid"
            " WHERE NOT tgisinternal AND c.relnamespace = 'public'::regnamespace AND tgenabled <> 'D'"
        )
        found = cursor.fetchall()
        for table, name, _state in found:
            cursor.execute(f'ALTER TABLE {table} DISABLE TRIGGER "{name}"')
    how = {"O": "ENABLE", "A": "ENABLE ALWAYS", "R": "ENABLE REPLICA"}
    try:
        yield
    finally:
        with connection.cursor() as cursor:
            for table, name, state in found:
                cursor.execute(f'ALTER TABLE {table} {how[state]} TRIGGER "{name}"')
