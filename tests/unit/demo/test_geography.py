"""The demo's towns, villages and rivers are sound geometry on the real outline."""

import math
from collections import Counter
from itertools import combinations, pairwise

import shapely
from shapely import Point

from demo.plan import plane, sources
from demo.plan.chance import stream
from demo.plan.points import sections, small_waters
from demo.plan.rivers import stretches, waters
from demo.plan.stations import stations
from demo.plan.towns import towns
from demo.plan.villages import villages

SQUARE_CENTIMETRE = 1e-4 / (plane.X_M * plane.Y_M)


def test_the_outline_is_the_real_one_of_595_square_kilometres():
    area, _ = plane.GEOD.geometry_area_perimeter(shapely.orient_polygons(sources.outline()))
    assert abs(area / 1e6 - 595.3) < 0.5


def test_town_polygons_fill_the_outline_without_gaps_or_overlaps():
    polygons = [town.polygon for town in towns()]
    assert len(polygons) == 17
    assert all(polygon.is_valid and not polygon.is_empty for polygon in polygons)
    assert shapely.coverage_is_valid(polygons)
    assert shapely.unary_union(polygons).symmetric_difference(sources.outline()).area < SQUARE_CENTIMETRE
    overlaps = [a.polygon.intersection(b.polygon).area for a, b in combinations(towns(), 2)]
    assert max(overlaps) < SQUARE_CENTIMETRE


def test_every_town_contains_its_own_seat_and_is_one_piece():
    assert [town.name for town in towns() if not town.polygon.contains(Point(town.site))] == []
    assert {len(town.polygon.geoms) for town in towns()} == {1}


def test_280_villages_lie_inside_their_town_and_apart_from_each_other():
    assert len(villages()) == 280
    assert all(village.town.polygon.contains(Point(village.place)) for village in villages())
    assert all(village.code.startswith(village.town.code) for village in villages())
    tree = shapely.STRtree([Point(plane.xy(*village.place)) for village in villages()])
    _, distances = tree.query_nearest(tree.geometries, exclusive=True, return_distance=True)
    assert distances.min() > 50


def test_a_water_flows_into_one_that_exists_and_never_in_a_circle():
    into = {water.code: water.into for water in waters()}
    assert {"奉化江", "姚江", "鄞江", "南塘河", "中塘河", "西塘河"} <= {water.name for water in waters()}
    assert len({water.name for water in waters()}) == len(waters())
    for code in into:
        path = [code]
        while (following := into[path[-1]]) is not None:
            assert following not in path
            path.append(following)


def test_a_tributary_ends_at_the_water_that_it_flows_into():
    lines = {water.code: plane.to_plane(water.line) for water in waters()}
    rivers = [water for water in waters() if water.into and water.kind == "river"]
    far = [water.name for water in rivers if lines[water.code].boundary.distance(lines[water.into]) > 250]
    assert far == []


def test_the_two_great_rivers_meet_at_the_three_river_mouth():
    mouth = Point(plane.xy(121.556423, 29.875296))
    for name in ("奉化江", "姚江"):
        line = next(water.line for water in waters() if water.name == name)
        assert Point(plane.to_plane(line).coords[-1]).distance(mouth) < 1


def test_reaches_of_a_water_follow_each_other_and_add_up_to_it():
    for water in waters():
        parts = [stretch for stretch in stretches() if stretch.water is water]
        assert [part.order for part in parts] == list(range(1, len(parts) + 1))
        ends = [part.line.geoms[0].coords for part in parts]
        assert all(before[-1] == after[0] for before, after in pairwise(ends))
        assert math.isclose(sum(part.length_m for part in parts), plane.length_m(water.line), rel_tol=1e-6)
    assert len({stretch.code for stretch in stretches()}) == len(stretches())


def test_lengths_are_measured_on_the_ellipsoid_in_metres():
    # One minute of latitude at 30 degrees north is 1,847.5 m.
    assert abs(plane.length_m(shapely.LineString([(121.5, 29.99), (121.5, 29.99 + 1 / 60)])) - 1847.5) < 1


def test_points_and_stations_lie_inside_their_town():
    places = [*sections(), *small_waters(), *stations()]
    assert [place.code for place in places if not place.town.polygon.contains(Point(place.place))] == []
    assert Counter(place.kind for place in small_waters()) == {"small": 96}
    assert len(stations()) == 34


def test_sections_lie_on_their_water():
    for place in sections():
        assert place.stretch is not None
        assert plane.to_plane(place.stretch.water.line).distance(Point(plane.xy(*place.place))) < 260


def test_bending_the_plane_can_be_undone():
    bends = plane.Unevenness(stream("a test"), (7000, 2600), 0.016)
    places = shapely.get_coordinates(shapely.MultiPoint([(0, 0), (5000, -3000), (-12000, 8000)]))
    assert abs(bends.done(bends.undone(places)) - places).max() < 1e-6
