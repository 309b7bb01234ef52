"""Boards over a growing number of observations: a board at the database's side, a tile, and a night of rules.

`boards` goes from 1 to 8 million values and ends in minutes; `boards-large` goes to 48 million, which is 2,000
indicators, 400 areas and 60 months: 10 GB, and half an hour on two busy cores.

The values are made by SQL in the order in which they come: period by period. They stand in an unlogged table without
foreign keys for the length of the run; afterwards the table is as it was, and empty.
"""

import random
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, date, datetime
from typing import Any

from tests.benchmark.harness import Context, Row, benchmark, processor_s, say

AREAS, PERIODS = 400, 60
FEW, SOME, MANY = 42, 336, 2_000
"""Indicators: with 400 areas and 60 months 1, 8 and 48 million values."""
ON_A_BOARD = 10
FIRST = date(2021, 1, 1)
NIGHT = datetime(2026, 1, 9, 21, tzinfo=UTC)
RULES, ROUNDS = 1_000, 5
TABLE = "supervision_report_observation"
KINDS: list[dict[str, Any]] = [
    {"kind": "limit", "beyond": "above", "value": 99.97}, {"kind": "year", "percent": 95},
    {"kind": "runs", "beyond": "above", "value": 95, "periods": 4}, {"kind": "worsening", "periods": 7},
    {"kind": "peers", "times": 4}, {"kind": "change", "periods": 24},
]  # fmt: skip
SHARES = (4, 2, 1, 1, 1, 1)
BLOCKS = ("figure", "figure", "figure", "bars", "line", "map", "bars", "line", "multiples")


@benchmark("boards", by_name_only=True)
def measure(context: Context) -> list[Row]:
    """Milliseconds of all statements of a board by EXPLAIN ANALYZE, the slowest of several boards one after another."""
    return _grow((FEW,) if context.quick else (FEW, SOME))


@benchmark("boards-large", by_name_only=True)
def measure_large(context: Context) -> list[Row]:
    """The same with as many values as the largest district that is spoken of."""
    return _grow((FEW,) if context.quick else (FEW, MANY))


def _grow(sizes: Sequence[int]) -> list[Row]:
    rows: list[Row] = []
    with _bare_table():
        _areas()
        for count in sizes:
            size = count * AREAS * PERIODS
            _fill(count)
            codes = _indicators(count)
            boards = [_board(number, codes) for number in range(ROUNDS)]
            took, read, python = max(_board_times(board) for board in boards)
            millions = f"{size / 1e6:.0f} million"
            say(f"   a board: {took:.0f} ms of the database, {read:,} pages, the whole view {python:.0f} ms")
            rows += [
                Row(f"a board, {millions}", took, "ms", 300, "300 ms", f"{read:,} pages, whole view {python:.0f} ms"),
                Row(f"a tile of its map, {millions}", _tile_time(boards), "ms"),
            ]
            say(f"   a tile: {rows[-1].value:.1f} ms")
            rows += _nights(codes, millions)
    return rows


@contextmanager
def _bare_table() -> Iterator[None]:
    """The table of values without its keys, indexes and triggers' work, until they are made over all rows at once."""
    try:
        yield
    finally:
        _drop_keys()
        _run(f"TRUNCATE {TABLE}")
        _run(f"ALTER TABLE {TABLE} SET LOGGED")
        _make_keys(all_of_them=True)
        _run(f"ALTER TABLE {TABLE} ENABLE TRIGGER USER")


_KEYS: list[tuple[str, str, str]] = []
"""Table, name and definition of what was taken away; foreign keys last."""
_INDEXES: list[tuple[str, str]] = []


def _drop_keys() -> None:
    found = _run(
        "SELECT conrelid::regclass::text, conname, pg_get_constraintdef(oid) FROM pg_constraint WHERE contype <> 'n' "
        f"AND (conrelid = '{TABLE}'::regclass OR confrelid = '{TABLE}'::regclass) ORDER BY contype = 'f' DESC, conname"
    )
    if not _KEYS:
        _KEYS.extend(reversed(found))
    for table, name, _definition in found:
        _run(f'ALTER TABLE {table} DROP CONSTRAINT "{name}"')
    left = _run(f"SELECT indexname, indexdef FROM pg_indexes WHERE tablename = '{TABLE}'")
    if not _INDEXES:
        _INDEXES.extend(left)
    for name, _definition in left:
        _run(f'DROP INDEX "{name}"')


def _make_keys(*, all_of_them: bool) -> None:
    for _name, definition in _INDEXES:
        _run(definition)
    for table, name, definition in _KEYS:
        if all_of_them or not definition.startswith("FOREIGN"):
            _run(f'ALTER TABLE {table} ADD CONSTRAINT "{name}" {definition}')


def _fill(indicators: int) -> None:
    """One value for each indicator, area and month, by SQL, and the indexes after it."""
    began = time.perf_counter()
    _drop_keys()
    _run(f"TRUNCATE {TABLE}; ALTER TABLE {TABLE} DISABLE TRIGGER USER; ALTER TABLE {TABLE} SET UNLOGGED")
    _run(
        "INSERT INTO supervision_report_indicator (code, title, about, unit, direction, period_kind, level, total, "
        "decimals, minimum, is_public, source, way, formula, figure, is_invented, version) "
        "SELECT 'bench_' || n, '指标 ' || n, '', '%', 'down', 'month', 'village', "
        "(ARRAY['sum', 'weighted', 'none'])[1 + n % 3], 1, 5, true, '', 'given', '', '', true, 1 "
        f"FROM generate_series(1, {indicators}) n ON CONFLICT (code) DO NOTHING"
    )
    for month in range(PERIODS):
        day = date(FIRST.year + month // 12, month % 12 + 1, 1)
        _run(
            f"INSERT INTO {TABLE} (indicator_id, area_id, period, value, plan, whole, way, said_at, reason) "
            f"SELECT i.id, a.id, '{day}', round((50 + 50 * random())::numeric, 2), 75, (200 * random())::int, 'sheet', "
            f"'{day}'::date + 40, '' FROM supervision_report_indicator i CROSS JOIN accounts_area a "
            f"WHERE i.code ~ '^bench_' AND substr(i.code, 7)::int <= {indicators} AND a.code ~ '^B' ORDER BY i.id, a.id"
        )
    _make_keys(all_of_them=False)
    _run(f"VACUUM ANALYZE {TABLE}")
    size = _run(f"SELECT pg_size_pretty(pg_table_size('{TABLE}')), pg_size_pretty(pg_indexes_size('{TABLE}'))")[0]
    say(f"   {indicators * AREAS * PERIODS:,} values, {size[0]} and {size[1]} of indexes, in "
        f"{time.perf_counter() - began:.0f} s")  # fmt: skip


def _areas() -> None:
    from django.contrib.gis.geos import MultiPolygon, Polygon

    from accounts.district import area_rows
    from accounts.models import Area

    if Area.objects.filter(code__startswith="B", level="village").count() >= AREAS:
        return
    district = area_rows().first() or Area.objects.create(code="330299", name="区", level="district")
    Area.objects.bulk_create(
        Area(code=f"B{number:04d}", name=f"村{number}", level="village", parent=district, geom=MultiPolygon(
            Polygon.from_bbox((121 + number % 20 * 0.02, 29.5 + number // 20 * 0.02, 121.02 + number % 20 * 0.02,
                               29.52 + number // 20 * 0.02)), srid=4326))
        for number in range(AREAS)
    )  # fmt: skip


def _indicators(count: int) -> list[str]:
    return [f"bench_{number}" for number in range(1, count + 1)]


def _board(number: int, codes: list[str]) -> Any:
    """A board of ten indicators, each over all areas and the four newest years."""
    from reporting.boards.models import Board

    chosen = random.Random(number).sample(codes, ON_A_BOARD)
    blocks: list[dict[str, Any]] = [
        {"kind": kind, "title": "", "wide": False, "indicators": [code]}
        for kind, code in zip(BLOCKS, chosen, strict=False)
    ]
    blocks.append({"kind": "table", "title": "", "wide": True, "indicators": chosen[:8]})
    return Board.objects.update_or_create(
        slug=f"bench-{number}",
        defaults={"title": f"看板 {number}", "readers": "public", "period_kind": "month", "blocks": blocks},
    )[0]


def _board_times(board: Any) -> tuple[float, int, float]:
    """Milliseconds of its statements at the database's side, pages read for them, processor ms of the whole view."""
    from django.http import QueryDict

    from reporting.boards.selection import read_choice
    from reporting.boards.showing import newest_day, show_board

    def show() -> None:
        newest = newest_day(None, board.blocks, date(2026, 1, 1))
        show_board(None, board, read_choice(None, board.period_kind, QueryDict(""), newest))

    statements = _statements(show)
    began = processor_s()
    show()
    whole = (processor_s() - began) * 1000
    times, pages = zip(*(_explained(*one) for one in statements), strict=True)
    return sum(times), sum(pages), whole


def _statements(call: Callable[[], None]) -> list[tuple[str, Any]]:
    """What a call asks of the database."""
    from django.db import connection

    found: list[tuple[str, Any]] = []

    def keep(execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
        found.append((sql, params))
        return execute(sql, params, many, context)

    with connection.execute_wrapper(keep):
        call()
    return [(sql, params) for sql, params in found if sql.lstrip().startswith("SELECT")]


def _explained(sql: str, params: Any) -> tuple[float, int]:
    """Milliseconds and pages of one statement."""
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute(f"EXPLAIN (ANALYZE, BUFFERS, FORMAT JSON) {sql}", params)
        [plan] = cursor.fetchone()[0]
    top = plan["Plan"]
    return plan["Execution Time"] + plan["Planning Time"], top["Shared Hit Blocks"] + top["Shared Read Blocks"]


def _tile_time(boards: list[Any]) -> float:
    """The middle one of several tiles that nobody has asked for, in processor milliseconds, one for each month."""
    from django.test import Client

    client, times = Client(SERVER_NAME="localhost"), []
    for board in boards:
        for month in (3, 8, 11):
            began = processor_s()
            answer = client.get(f"/tiles/board_{board.slug}/9/428/212.mvt?at=2025-{month:02d}")
            times.append((processor_s() - began) * 1000)
            if answer.status_code != 200:
                raise RuntimeError(f"the tile was answered by {answer.status_code}")
    return sorted(times)[len(times) // 2]


def _nights(codes: list[str], millions: str) -> list[Row]:
    """Processor seconds, of this process and its session, of a first and a second night of a thousand rules: what the
    first one warned of stands already in the second. Against a statement for each rule that sums what it looks at."""
    from reporting.warnings.watch import watch

    conditions = _rules(codes)
    summed, cells = _summed(conditions)
    rows = []
    for name in ("the first", "the second"):
        began, started = processor_s(), time.perf_counter()
        found = watch(NIGHT)
        took, wall = processor_s() - began, time.perf_counter() - started
        note = f"{wall:.0f} s by the clock, {found.get('raised', 0)} raised, looks at {cells:,} values"
        rows.append(
            Row(f"{name} night of {RULES:,} rules, {millions}", took, "s", summed, "its values summed by SQL", note)
        )
        say(f"   {rows[-1].name}: {took:.1f} s of the processor, {note}")
    return rows


def _rules(codes: list[str]) -> list[dict[str, Any]]:
    """A thousand new rules of one condition each; those of an earlier size or run, whose warnings stay, are off."""
    from reporting.warnings.models import WarningRule, WarningRuleVersion

    WarningRule.objects.update(is_on=False)
    mark = f"bench-{datetime.now():%m%d%H%M%S}"
    kinds = [kind for kind, share in zip(KINDS, SHARES, strict=True) for _each in range(share)]
    conditions = [kinds[number % len(kinds)] | {"indicator": codes[number % len(codes)]} for number in range(RULES)]
    rules = WarningRule.objects.bulk_create(
        WarningRule(code=f"{mark}-{number}", title=f"规则 {number}", is_on=True, version=1) for number in range(RULES)
    )
    given = {"number": 1, "at_least": 1, "effective_from": FIRST, "made_at": NIGHT}
    WarningRuleVersion.objects.bulk_create(
        WarningRuleVersion(rule=rule, conditions=[one], **given) for rule, one in zip(rules, conditions, strict=True)
    )
    return conditions


def _summed(conditions: list[dict[str, Any]]) -> tuple[float, int]:
    """Processor seconds of summing the values that each rule looks at, a statement a rule, and how many values."""
    from django.db.models import Count, Sum

    from reporting.observations.models import Observation
    from reporting.warnings.conditions import days_asked

    began, cells = processor_s(), 0
    for one in conditions:
        days = {day for month in (11, 12) for day in days_asked(one, "month", date(2025, month, 1))}
        rows = Observation.objects.filter(indicator__code=one["indicator"], period__in=days)
        cells += rows.aggregate(Sum("value"), count=Count("pk"))["count"]
    return processor_s() - began, cells


def _run(sql: str) -> list[Any]:
    """One statement, or several, as the owner of the tables."""
    from django.db import connection

    from ledger.roles.connections import as_owner

    with as_owner(), connection.cursor() as cursor:
        cursor.execute("SET maintenance_work_mem = '1GB'")
        cursor.execute(sql)
        return cursor.fetchall() if cursor.description else []
