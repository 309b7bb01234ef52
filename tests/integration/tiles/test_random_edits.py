"""Whatever is edited, every cached tile equals one that is made anew, and no tile is made again without cause."""

from itertools import count

import pytest
from django.contrib.gis.geos import LineString, MultiLineString, Point
from django.db import connection, transaction
from django.test import Client
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from accounts.models import Area
from river_monitoring.models import Reach, River
from tests import roles
from tests.conftest import box as rectangle
from tiles.cache.metrics import COUNTS

pytestmark = [pytest.mark.slow, pytest.mark.django_db(transaction=True)]

# Places around the world's edges, tiles' edges and one another; degrees.
LONGITUDES = (-179.99, -90.0, 0.0, 11.25, 11.2501, 121.35, 179.99)
LATITUDES = (-84.0, -0.001, 0.0, 29.85, 29.8501, 66.0, 89.0)
TILES = [
    *(f"/tiles/{name}/{tile}.mvt" for name in ("places", "reaches") for tile in (
        "8/214/105", "8/0/127", "8/255/127", "9/271/255", "10/857/422", "12/3430/1691", "14/13714/6766")),
    "/tiles/areas,places/9/428/211.mvt",
    "/tiles/areas/0/0/0.mvt",
    "/tiles/places/10/857/422.mvt?grid=CGCS2000",
]  # fmt: skip

places = st.tuples(st.sampled_from(LONGITUDES), st.sampled_from(LATITUDES))
numbers = st.integers(0, 5)
fresh = count()
edits = st.lists(
    st.one_of(
        st.tuples(st.just("insert"), numbers, places),
        st.tuples(st.just("move"), numbers, places),
        st.tuples(st.just("rename"), numbers, places),
        st.tuples(st.just("widen"), numbers, places),
        st.tuples(st.just("lose place"), numbers, places),
        st.tuples(st.just("delete"), numbers, places),
        st.tuples(st.just("plain SQL"), numbers, places),
        st.tuples(st.just("bulk"), numbers, places),
        st.tuples(st.just("reach"), numbers, places),
        st.tuples(st.just("roll back"), numbers, places),
        st.tuples(st.just("truncate"), numbers, places),
    ),
    min_size=1,
    max_size=4,
)


def point(place):
    return Point(*place, srid=4326)


def one(number):
    return Area.objects.order_by("pk")[number : number + 1].first()


def edit(kind, number, place):
    """Make one change, in a transaction of its own."""
    x, y = place
    area = one(number)
    if kind == "insert":
        Area.objects.create(code=f"n{next(fresh)}", name="新", level="town", point=point(place))
    elif kind == "bulk":
        Area.objects.bulk_create(
            Area(code=f"b{next(fresh)}", name="批", level="village", point=Point(x / 2, y / 2 + n / 100))
            for n in range(160)
        )
    elif kind == "reach" and area:
        river, _ = River.objects.get_or_create(code=f"R{number}", defaults={"name": "河", "grade": "district"})
        line = MultiLineString(LineString((x, y), (x / 2, y / 2)), srid=4326)
        Reach.objects.update_or_create(
            code=f"K{number}", defaults={"name": "段", "river": river, "geom": line, "area": area}
        )
    elif kind == "truncate":
        with roles.owner_rights(), connection.cursor() as cursor:
            cursor.execute("TRUNCATE accounts_area CASCADE")
    elif area is None:
        return
    elif kind == "move":
        area.point = point(place)
        area.save()
    elif kind == "rename":
        Area.objects.filter(pk=area.pk).update(name=f"名{x}")
    elif kind == "widen":
        Area.objects.filter(pk=area.pk).update(geom=rectangle(min(x, 0) - 1, min(y, 0) - 1, max(x, 0), max(y, 0)))
    elif kind == "lose place":
        Area.objects.filter(pk=area.pk).update(point=None, geom=None)
    elif kind == "delete":
        Reach.objects.filter(area=area).delete()
        Area.objects.filter(parent=area).update(parent=None)
        area.delete()
    elif kind == "plain SQL":
        with connection.cursor() as cursor:
            cursor.execute("UPDATE accounts_area SET point = ST_Translate(point, 0.01, 0), name = name || '移'")
    elif kind == "roll back":
        with pytest.raises(RuntimeError), transaction.atomic():
            Area.objects.update(name="不", point=point(place))
            raise RuntimeError


def made_anew(path):
    """Inside a transaction nothing cached is used."""
    with transaction.atomic():
        return Client().get(path)


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(steps=edits)
def test_every_cached_tile_equals_one_made_anew(world, site, steps):
    for path in TILES:
        site.get(path)
    for step in steps:
        edit(*step)
        for path in TILES:
            cached, anew = site.get(path), made_anew(path)
            assert (cached.status, cached.body) == (anew.status_code, anew.content), f"{path} after {step}"
            assert cached.headers["etag"] == anew.headers["etag"]


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(spots=st.lists(st.tuples(st.floats(-170, -20), st.floats(-60, 60)), min_size=1, max_size=5))
def test_edits_elsewhere_make_no_tile_again(world, site, spots):
    """All these places lie on another half of the world than the tiles."""
    paths = [path for path in TILES if "/places/" in path and "/8/0/" not in path and "/8/255/" not in path]
    tags = {path: site.get(path).headers.get("etag") for path in paths}
    for spot in spots:
        edit("insert", 0, spot)
    newest = Area.objects.order_by("-pk")[: len(spots)]
    Area.objects.filter(pk__in=[area.pk for area in newest]).update(name="远")
    made = COUNTS["made"]
    assert {path: site.get(path).headers.get("etag") for path in paths} == tags
    assert COUNTS["made"] == made
