"""The management range of a reach as an area, so that it can be drawn and asked about.

The river regulations of provinces and cities give plain rivers without dykes so many metres landward from the
revetment's water side, by grade; how many, and by which clause, are rules of the district (`ranges.*`). It is measured
here from the water's edge where that is known (a lake's surface, or half the reach's mean width beside its centre line)
and from the centre line otherwise: the least that such a regulation can mean. Rivers with dykes, whose range takes in
the dykes and their guard land, are not distinguished.
"""

from django.db import connection
from django.db.models import QuerySet

from accounts import rules
from river_monitoring.network.models import Grade, ManagementRange, Reach, River

RULE_OF = {grade: f"ranges.{grade.value}_m" for grade in Grade}
"""The rule of the district that says how many metres landward, by the river's grade."""

# A buffer of a geography is made in the metres of the best local projection.
_REFRESH = """
    INSERT INTO {range} (reach_id, metres, geom)
    SELECT id, metres, ST_Multi(ST_CollectionExtract(area, 3)) FROM (
        SELECT reach.id, wide.metres,
               CASE WHEN river.surface IS NULL
                    THEN ST_Buffer(reach.geom::geography, wide.metres + COALESCE(reach.width_m, 0) / 2)::geometry
                    ELSE ST_Difference(ST_Buffer(reach.geom::geography, wide.metres)::geometry, river.surface)
               END AS area
        FROM {reach} reach
        JOIN {river} river ON river.id = reach.river_id
        JOIN (VALUES {metres}) AS wide (grade, metres) ON wide.grade = river.grade
        WHERE reach.id = ANY(%s)
    ) AS made WHERE NOT ST_IsEmpty(ST_CollectionExtract(area, 3))
    ON CONFLICT (reach_id) DO UPDATE SET metres = EXCLUDED.metres, geom = EXCLUDED.geom
"""


def metres_by_grade() -> dict[Grade, float]:
    """Return the metres landward that are in force today, by the river's grade."""
    book = rules.book()
    return {grade: float(book.value(key)) for grade, key in RULE_OF.items()}


def metres_of(river: River) -> float:
    """Return the metres landward that the rules of the district ask for at this river."""
    return metres_by_grade()[Grade(river.grade)]


def basis() -> str:
    """Return the clause that the metres follow, as the district wrote it; empty where it wrote none."""
    return str(rules.value("ranges.basis"))


def refresh(reaches: QuerySet[Reach]) -> int:
    """Draw the ranges of `reaches` anew; return how many there are of them now."""
    ids = list(reaches.values_list("pk", flat=True))
    statement = _REFRESH.format(
        range=ManagementRange._meta.db_table,
        reach=Reach._meta.db_table,
        river=River._meta.db_table,
        metres=", ".join(f"('{grade.value}', {metres}::float8)" for grade, metres in metres_by_grade().items()),
    )
    with connection.cursor() as cursor:
        cursor.execute(statement, [ids])
        return int(cursor.rowcount)
