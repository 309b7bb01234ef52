"""A stretch of the earth as a drawing: true to scale, north up, lines within the frame."""

from math import cos, radians

import pytest
from django.contrib.gis.geos import GEOSGeometry, LineString, MultiLineString, MultiPolygon, Point, Polygon

from ui.charts.frame import M_PER_DEGREE, MapFrame, extent_of

HAISHU = (121.16, 29.63, 121.6, 29.98)


def box(west, south, east, north):
    return Polygon.from_bbox((west, south, east, north))


def test_corners_stand_at_the_edges_and_north_is_up():
    frame = MapFrame.as_wide(HAISHU, 320, margin=6)
    assert frame.at(121.16, 29.98)[0] == 6
    assert frame.at(121.6, 29.63)[0] == 314
    assert frame.at(121.16, 29.98)[1] < frame.at(121.16, 29.63)[1]
    assert frame.at(121.16, 29.98)[1] == pytest.approx(6, abs=1)
    assert frame.at(121.16, 29.63)[1] == pytest.approx(frame.height - 6, abs=1)


def test_a_metre_east_is_as_long_as_a_metre_north():
    frame = MapFrame.around(HAISHU, 640, 400)
    middle = radians((29.63 + 29.98) / 2)
    assert frame.per_x == pytest.approx(frame.per_y * cos(middle))
    assert frame.metres_per_unit == pytest.approx(M_PER_DEGREE / frame.per_y)


@pytest.mark.parametrize("extent", [HAISHU, (121.3, 29.6, 121.31, 29.98), (121.16, 29.8, 121.6, 29.81)])
def test_all_of_the_extent_is_within_the_margins(extent):
    frame = MapFrame.around(extent, 640, 400, margin=24)
    west, south, east, north = extent
    for lon, lat in ((west, south), (east, north)):
        x, y = frame.at(lon, lat)
        assert 23.9 <= x <= 616.1 and 23.9 <= y <= 376.1
    assert frame.at((west + east) / 2, (south + north) / 2) == (320, 200)


def test_a_single_place_gets_the_ground_that_is_asked_for():
    frame = MapFrame.around((121.3, 29.8, 121.3, 29.8), 640, 400, least_m=1600)
    assert frame.metres_per_unit * 640 == pytest.approx(1600)
    assert frame.at(121.3, 29.8) == (320, 200)


def test_room_shows_what_lies_around():
    near, far = MapFrame.around(HAISHU, 640, 400), MapFrame.around(HAISHU, 640, 400, room=1.35)
    assert far.metres_per_unit == pytest.approx(1.35 * near.metres_per_unit)


def test_a_drawing_as_wide_as_wanted_is_no_taller_than_allowed():
    tall = (121.3, 29.5, 121.31, 29.98)
    assert MapFrame.as_wide(tall, 660, margin=14).height > 470
    frame = MapFrame.as_wide(tall, 660, margin=14, tallest=470)
    assert frame.height == 470
    assert frame.at(121.305, 29.74) == (330, 235)


def test_the_box_is_the_ground_that_is_drawn():
    frame = MapFrame.around(HAISHU, 640, 400)
    assert frame.box.srid == 4326
    west, south, east, north = frame.box.extent
    assert frame.at(west, north) == (0, 0)
    assert frame.at(east, south) == (640, 400)
    assert frame.holds(0, 400) and not frame.holds(641, 0)


def test_lines_are_open_areas_closed_and_points_draw_nothing():
    frame = MapFrame.around((0, -1, 2, 1), 200, 200)
    assert frame.path(LineString((0, 0), (1, 0), (2, 0.5)), detail=0) == "M0,100L100,100L200,50"
    area = frame.path(MultiPolygon(box(0.5, 0, 1, 0.5)), detail=0)
    assert area.startswith("M") and area.endswith("Z") and area.count("L") == 4
    assert frame.path(Point(1, 0)) == frame.path(None) == frame.path(LineString()) == ""
    mixed = GEOSGeometry("GEOMETRYCOLLECTION(POINT(1 0),LINESTRING(0 0,1 0))")
    assert frame.path(mixed, detail=0) == "M0,100L100,100"


def test_holes_are_drawn_as_rings_of_their_own():
    frame = MapFrame.around((0, -1, 2, 1), 200, 200)
    holed = Polygon(((0, -1), (2, -1), (2, 1), (0, 1), (0, -1)), ((0.5, 0), (1, 0), (1, 0.5), (0.5, 0)))
    assert frame.path(holed).count("Z") == 2


def test_what_lies_outside_is_cut_off_unless_it_is_wanted():
    frame = MapFrame.around((0, -1, 2, 1), 200, 200)
    long = MultiLineString(LineString((-2, 0), (4, 0)))
    assert frame.path(long, detail=0) == "M0,100L200,100"
    assert frame.path(long, detail=0, clip=False) == "M-200,100L400,100"


def test_corners_too_near_to_be_seen_are_left_out():
    frame = MapFrame.around((0, -1, 2, 1), 200, 200)
    line = LineString((0, 0), (1, 0.001), (2, 0))
    assert frame.path(line) == "M0,100L200,100"
    assert frame.path(line, detail=0).count("L") == 2


def test_the_bar_is_the_longest_round_length_that_fits():
    frame = MapFrame.around((121.3, 29.8, 121.3, 29.8), 640, 400, least_m=1600)
    bar = frame.scale_bar()
    assert (bar.metres, bar.width, bar.words) == (300, 120.0, "300 米")
    assert frame.scale_bar(1).words == "1 千米"
    assert MapFrame.around((121.3, 29.8, 121.3, 29.8), 640, 400, least_m=10).scale_bar().metres == 20


def test_what_encloses_several_geometries_is_known():
    assert extent_of([Point(1, 2), None, box(0, 3, 1, 4)]) == (0, 2, 1, 4)
    assert extent_of([None]) is None
