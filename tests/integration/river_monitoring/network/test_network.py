"""Reaches join by order and drawing; lengths, areas and ranges are measured on the ellipsoid, in the database."""

import pytest
import shapely
from django.contrib.gis.geos import LineString, MultiLineString, MultiPolygon, Point, Polygon
from pyproj import Geod

from river_monitoring.network import build
from river_monitoring.network.models import ManagementRange, Reach, ReachLink, River
from river_monitoring.waters import stream

GEOD = Geod(ellps="WGS84")


@pytest.fixture
def make_reach(world):
    def make(code, river, *points, order=1, **more):
        line = MultiLineString(LineString(*points), srid=4326)
        return Reach.objects.create(
            code=code, name=code, river=river, area=world.west_town, order=order, geom=line, **more
        )

    return make


@pytest.fixture
def canal(world):
    return River.objects.create(code="CANAL", name="直河", grade="county")


@pytest.fixture
def waters(canal, make_reach):
    """A canal in two reaches from west to east; a brook that joins the first in its middle."""
    brook = River.objects.create(code="BROOK", name="小溪", grade="town", flows_into=canal)
    return {
        "A": make_reach("A", canal, (121.30, 29.85), (121.32, 29.85), order=1),
        "B": make_reach("B", canal, (121.32, 29.85), (121.34, 29.85), order=2),
        "brook": make_reach("BROOK-1", brook, (121.31, 29.87), (121.31, 29.8502)),
    }


def test_length_and_area_are_measured_on_the_ellipsoid(waters, make_reach):
    lake = River(code="L", name="湖", kind="lake")
    square = Polygon(((121.3, 29.8), (121.31, 29.8), (121.31, 29.81), (121.3, 29.81), (121.3, 29.8)))
    lake.surface = MultiPolygon(square, srid=4326)
    lake.save()
    lake.refresh_from_db()
    expected_m2, _perimeter = GEOD.geometry_area_perimeter(shapely.from_wkt(square.wkt))
    assert lake.surface_m2 == pytest.approx(abs(expected_m2), rel=1e-6)
    reach = Reach.objects.get(code="A")
    assert reach.length_m == pytest.approx(GEOD.line_length((121.30, 121.32), (29.85, 29.85)), rel=1e-6)


def test_reaches_join_by_order_and_a_tributary_where_it_comes_nearest(waters):
    assert build.rebuild_links() == 2
    onward = ReachLink.objects.get(upstream=waters["A"])
    assert (onward.downstream, onward.leaves_at, onward.joins_at) == (waters["B"], 1, 0)
    mouth = ReachLink.objects.get(upstream=waters["brook"])
    assert mouth.downstream == waters["A"]
    assert mouth.joins_at == pytest.approx(0.5, abs=0.001)


def test_a_link_made_by_hand_is_kept_and_computing_twice_changes_nothing(waters):
    ReachLink.objects.create(upstream=waters["A"], downstream=waters["B"], leaves_at=0.8, joins_at=0.1)
    build.rebuild_links()
    build.rebuild_links()
    kept = ReachLink.objects.get(upstream=waters["A"], downstream=waters["B"])
    assert (kept.leaves_at, kept.joins_at, kept.is_computed) == (0.8, 0.1, False)
    assert ReachLink.objects.count() == 2


def test_a_lake_is_one_water_that_is_left_where_its_shore_comes_nearest(waters, canal, make_reach, make_point):
    lake = River.objects.create(code="LAKE", name="水库", kind="lake", flows_into=canal)
    north = make_reach("LK-1", lake, (121.28, 29.86), (121.29, 29.86), order=1)
    south = make_reach("LK-2", lake, (121.29, 29.86), (121.295, 29.851), (121.28, 29.85), order=2)
    build.rebuild_links()
    assert ReachLink.objects.get(downstream=waters["A"], upstream__river=lake).upstream == south
    here = make_point("P-N", river=lake, reach=north, geom=Point(121.285, 29.86, srid=4326))
    beside = make_point("P-S", river=lake, reach=south, geom=Point(121.285, 29.85, srid=4326))
    below = make_point("P-A", reach=waters["A"], geom=Point(121.315, 29.85, srid=4326))
    found = stream.stream_of(here)
    assert [near.point for near in found.downstream] == [below]
    assert beside not in [near.point for near in found.upstream]


def test_points_up_and_down_the_stream_nearest_first_with_their_distance(waters, make_point):
    build.rebuild_links()
    on_brook = make_point("P-BROOK", reach=waters["brook"], geom=Point(121.31, 29.86, srid=4326))
    above = make_point("P-ABOVE", reach=waters["A"], geom=Point(121.302, 29.85, srid=4326))
    here = make_point("P-HERE", reach=waters["A"], geom=Point(121.315, 29.8503, srid=4326))
    below = make_point("P-BELOW", reach=waters["B"], geom=Point(121.33, 29.85, srid=4326))
    found = stream.stream_of(here)
    assert [near.point for near in found.upstream] == [above, on_brook]
    assert [near.point for near in found.downstream] == [below]
    assert found.downstream[0].metres == pytest.approx(GEOD.line_length((121.315, 121.33), (29.85, 29.85)), rel=0.001)
    nearest = stream.stream_of(here, most=1)
    assert ([near.point for near in nearest.upstream], nearest.all_up, nearest.all_down) == ([above], 2, 1)
    assert not stream.stream_of(make_point("P-DITCH", reach=None, river=None)).is_known


@pytest.mark.parametrize(("grade", "metres"), [("province", 7), ("city", 7), ("county", 5), ("town", 2)])
def test_the_management_range_reaches_as_far_as_the_grade_says(make_reach, grade, metres):
    river = River.objects.create(code=f"R-{grade}", name="河", grade=grade)
    reach = make_reach("R-1", river, (121.30, 29.85), (121.32, 29.85), width_m=20)
    build.rebuild()
    made = ManagementRange.objects.get(reach=reach)
    edge = GEOD.fwd(121.31, 29.85, 0, 10 + metres - 0.2)
    beyond = GEOD.fwd(121.31, 29.85, 0, 10 + metres + 0.2)
    assert made.metres == metres
    assert made.geom.contains(Point(*edge[:2], srid=4326))
    assert not made.geom.contains(Point(*beyond[:2], srid=4326))
