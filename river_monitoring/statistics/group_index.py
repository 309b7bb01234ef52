"""The city water quality index of groups of points, from sums that the database makes of the kept means in one pass.

The database adds up numbers and hydrogen ions; limits and how an index is made of means stay in `standard.city_index`.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from django.db import connection, models

from river_monitoring.assessment.alike import Alike
from river_monitoring.standard.assessment_rule import AssessmentRule
from river_monitoring.standard.averages import Mean, mean_of_sum
from river_monitoring.standard.city_index import CityIndex, index_of_averages, items_of
from river_monitoring.standard.evaluation import Standard, Water

GROUPS_OF_ROWS = "unnest(%(rows)s::bigint[], %(groups)s::bigint[], %(waters)s::text[]) AS g(id, number, water)"
SUMS = """
SELECT g.number, g.water, each.code, count(*),
  CASE WHEN each.code = ANY(%(ions)s) THEN sum(10::float8 ^ -each.value::float8)::text ELSE sum(each.value)::text END
FROM {groups} JOIN {table} r ON r.id = g.id, LATERAL (
  SELECT key AS code, (value ->> 0)::numeric AS value FROM jsonb_each(r.means) WHERE key = ANY(%(items)s)
) each
GROUP BY 1, 2, 3
"""


@dataclass(slots=True)
class Sums:
    """Of some sections of one water: how many have means, and of each item how many have it and what they sum up to.

    Of pH the hydrogen ions are summed up.
    """

    sections: int = 0
    items: dict[str, tuple[int, Decimal]] = field(default_factory=dict)

    def add(self, code: str, count: int, total: Decimal) -> None:
        known, before = self.items.get(code, (0, Decimal(0)))
        self.items[code] = (known + count, before + total)


type OfWaters = dict[Water, Sums]


def sums_of(
    table: type[models.Model], found: Iterable[Alike], standard: Standard, rule: AssessmentRule
) -> dict[int | None, OfWaters]:
    """The sums of groups, by their keys; the rows of the points are those of `table`."""
    items = items_of(standard, rule)
    sums: dict[int | None, OfWaters] = defaultdict(lambda: defaultdict(Sums))
    rows: list[tuple[int, int | None, Water]] = []
    for group, judgement, count, keys in found:
        if not judgement.has_means:
            continue
        sums[group][judgement.water].sections += count
        if keys:
            rows += [(key, group, judgement.water) for key in keys]
        else:
            _add_means(sums[group][judgement.water], judgement.means, items, rule)
    for group, water, code, count, total in _of_rows(table, rows, items, rule):
        sums[group][water].add(code, count, Decimal(total))
    return sums


def _add_means(sums: Sums, means: Mapping[str, Mean], items: Iterable[str], rule: AssessmentRule) -> None:
    for code in items:
        if code in means:
            value = means[code].value
            sums.add(code, 1, Decimal(10) ** -value if code in rule.hydrogen_mean else value)


def _of_rows(
    table: type[models.Model], rows: list[tuple[int, int | None, Water]], items: Iterable[str], rule: AssessmentRule
) -> list[tuple[Any, ...]]:
    if not rows:
        return []
    keys, groups, waters = (list(column) for column in zip(*rows, strict=True))
    given = {"rows": keys, "groups": groups, "waters": waters, "items": list(items), "ions": list(rule.hydrogen_mean)}
    with connection.cursor() as cursor:
        cursor.execute(SUMS.format(groups=GROUPS_OF_ROWS, table=table._meta.db_table), given)
        return cursor.fetchall()


def together(of_groups: Iterable[OfWaters]) -> OfWaters:
    """The sums of several groups as those of one."""
    whole: OfWaters = defaultdict(Sums)
    for of_waters in of_groups:
        for water, sums in of_waters.items():
            whole[water].sections += sums.sections
            for code, (count, total) in sums.items.items():
                whole[water].add(code, count, total)
    return whole


def index_of(
    sums: OfWaters, standard: Standard, rule: AssessmentRule, only: frozenset[str] | None = None
) -> CityIndex | None:
    """The index of sections by their sums; as `city_index` makes it of their means."""
    averaged = {
        water: (
            each.sections,
            {code: mean_of_sum(code, total, count, rule) for code, (count, total) in each.items.items()},
        )
        for water, each in sums.items()
        if each.sections
    }
    return index_of_averages(averaged, standard, rule, only) if averaged else None
