"""How reaches join, worked out from their order and their drawing.

Reaches of one river follow each other by `order`; the last one joins the river that `flows_into` names, at the place
nearest to its mouth. A lake has no course: its shore reaches are joined both ways and it is left where its shore comes
nearest to the water that it flows into. Links that somebody drew by hand (forks of the plain's canals) are kept.
"""

from collections.abc import Iterable

from django.db import connection, transaction

from river_monitoring.network import ranges
from river_monitoring.network.models import ManagementRange, Reach, ReachLink, River, WaterKind

_NAMES = {
    "reach": Reach._meta.db_table,
    "river": River._meta.db_table,
    "link": ReachLink._meta.db_table,
    "lake": WaterKind.LAKE.value,
}

_LINES = """
    WITH line AS (
        SELECT reach.id, reach.river_id, reach."order", river.kind, river.flows_into_id,
               ST_LineFromMultiPoint(ST_Points(reach.geom)) AS geom
        FROM {reach} reach JOIN {river} river ON river.id = reach.river_id
    ),
    pair AS (
        SELECT id AS upper, lead(id) OVER (PARTITION BY river_id ORDER BY "order", id) AS lower, kind FROM line
    ),
    mouth AS (
        SELECT id, river_id, flows_into_id, geom AS place FROM line WHERE kind = '{lake}'
        UNION ALL
        (SELECT DISTINCT ON (river_id) id, river_id, flows_into_id, ST_EndPoint(geom) FROM line
         WHERE kind <> '{lake}' ORDER BY river_id, "order" DESC, id DESC)
    ),
    joined AS (
        SELECT DISTINCT ON (mouth.river_id) mouth.id AS upper, line.id AS lower,
               ST_LineLocatePoint(line.geom, ST_ClosestPoint(line.geom, mouth.place)) AS joins_at
        FROM mouth JOIN line ON line.river_id = mouth.flows_into_id
        ORDER BY mouth.river_id, ST_Distance(line.geom, mouth.place), line.id
    )
    INSERT INTO {link} (upstream_id, downstream_id, leaves_at, joins_at, is_computed)
    SELECT upper, lower, 1, 0, true FROM pair WHERE lower IS NOT NULL
    UNION ALL SELECT lower, upper, 1, 0, true FROM pair WHERE lower IS NOT NULL AND kind = '{lake}'
    UNION ALL SELECT upper, lower, 1, joins_at, true FROM joined
    ON CONFLICT (upstream_id, downstream_id) DO NOTHING
"""


@transaction.atomic
def rebuild_links() -> int:
    """Work out all links anew; return how many there are. Links made or changed by hand stay as they are."""
    ReachLink.objects.filter(is_computed=True).delete()
    with connection.cursor() as cursor:
        cursor.execute(_LINES.format(**_NAMES))
    return ReachLink.objects.count()


@transaction.atomic
def rebuild(rivers: Iterable[River] | None = None) -> tuple[int, int]:
    """Bring links and management ranges up to date after waters were drawn; counts of both."""
    links = rebuild_links()
    reaches = Reach.objects.all() if rivers is None else Reach.objects.filter(river__in=rivers)
    ranges.refresh(reaches)
    return links, ManagementRange.objects.count()
