"""The management range of a reach as an area, so that it can be drawn and asked about.

Ningbo's river regulation (宁波市河道管理条例, 2019) art. 11, plain rivers without dykes: at least 7 m landward from the
revetment's water side for provincial and city rivers, 5 m for county and 2 m for township ones. It is measured here
from the water's edge where that is known (a lake's surface, or half the reach's mean width beside its centre line) and
from the centre line otherwise: the least that the regulation can mean. Rivers with dykes, whose range takes in the
dykes and their guard land, are not distinguished.
"""

from django.db import connection
from django.db.models import QuerySet

from river_monitoring.network.models import Grade, ManagementRange, Reach, River

RANGE_M = {Grade.PROVINCE: 7.0, Grade.CITY: 7.0, Grade.COUNTY: 5.0, Grade.TOWN: 2.0}
"""Metres landward, by the river's grade."""

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


def metres_of(river: River) -> float:
    """Metres landward that the regulation asks for at this river."""
    return RANGE_M.get(Grade(river.grade), min(RANGE_M.values()))


def refresh(reaches: QuerySet[Reach]) -> int:
    """Draw the ranges of `reaches` anew; return how many there are of them now."""
    ids = list(reaches.values_list("pk", flat=True))
    statement = _REFRESH.format(
        range=ManagementRange._meta.db_table,
        reach=Reach._meta.db_table,
        river=River._meta.db_table,
        metres=", ".join(f"('{grade.value}', {metres}::float8)" for grade, metres in RANGE_M.items()),
    )
    with connection.cursor() as cursor:
        cursor.execute(statement, [ids])
        return int(cursor.rowcount)
