"""Clusters: every point in exactly one, the worst of each, for whoever asks and however the points are narrowed."""

from datetime import date

import mapbox_vector_tile
import pytest
from django.contrib.gis.geos import Point, Polygon

from projects.models import Project
from river_monitoring.models import MonitoringPoint
from stations.models import Station

NAME = "monitoring_point_clusters"
HOME = (121.3125, 29.84)  # inside one cell at zoom 8


@pytest.fixture
def points(world):
    def make(number, lng, lat, water_class, **more):
        return MonitoringPoint.objects.create(
            code=f"C-{number}",
            name=f"C-{number}",
            kind="small",
            area=world.west_town,
            department=more.pop("department", world.water),
            geom=Point(lng, lat, srid=4326),
            current_class=water_class,
            **more,
        )

    near = [make(number, HOME[0] + number / 1e4, HOME[1], kind) for number, kind in enumerate((3, 6, 6, 0))]
    return [*near, make(9, 121.55, 29.84, 2, status="listed")]


def clusters(client, zoom, name=NAME, **wishes):
    """Return the clusters of all tiles of a zoom that can hold the district, in degrees of their tiles."""
    found = []
    columns = {int((lng + 180) / 360 * 2**zoom) for lng in (121.2, 121.3, 121.4, 121.5, 121.6)}
    rows = {8: range(104, 108), 9: range(209, 213), 11: range(840, 850), 14: range(6750, 6765)}[zoom]
    for x in columns:
        for y in rows:
            answer = client.get(f"/tiles/{name}/{zoom}/{x}/{y}.mvt", wishes)
            assert answer.status_code in (200, 204), answer.content
            if answer.content:
                found += mapbox_vector_tile.decode(answer.content)[name]["features"]
    return found


def told(features):
    return sorted((item["properties"]["count"], item["properties"]["class"]) for item in features)


def test_near_points_are_one_with_the_worst_class_and_how_many_have_it(points, client):
    found = clusters(client, 8)
    assert told(found) == [(1, 2), (4, 6)]
    (heap,) = [item["properties"] for item in found if item["properties"]["count"] == 4]
    assert heap["worst_count"] == 2
    assert "code" not in heap and "point" not in heap


def test_a_point_that_is_alone_keeps_its_own_properties(points, client):
    (single,) = [item["properties"] for item in clusters(client, 8) if item["properties"]["count"] == 1]
    assert single["point"] == points[-1].pk
    assert (single["code"], single["status"]) == ("C-9", "listed")


@pytest.mark.parametrize("zoom", [8, 9, 11])
def test_the_counts_of_a_zoom_add_up_to_all_points(points, client, zoom):
    found = clusters(client, zoom)
    assert sum(item["properties"]["count"] for item in found) == len(points)
    assert len({item["id"] for item in found}) == len(found)


def test_a_point_on_the_border_of_two_tiles_is_counted_once(points, client, world):
    border = 121.289_062_5  # x = 857 of zoom 10, and a border of every deeper zoom
    points[0].geom = Point(border, HOME[1], srid=4326)
    points[0].save()
    assert sum(item["properties"]["count"] for item in clusters(client, 11)) == len(points)


def test_a_filter_takes_points_away_before_they_are_counted(points, client, world):
    assert told(clusters(client, 8, filter="class = 6")) == [(2, 6)]
    assert told(clusters(client, 8, filter="department_code = 'nobody'")) == []
    assert told(clusters(client, 8, filter=f"department_code = '{world.water.code}' AND status = 'listed'")) == [(1, 2)]


def test_a_month_without_samples_is_unrated(points, client):
    assert told(clusters(client, 8, at="2020-01")) == [(1, 0), (4, 0)]


def test_a_changed_class_is_in_the_next_tile(points, client):
    assert (4, 6) in told(clusters(client, 8))
    MonitoringPoint.objects.filter(current_class=6).update(current_class=4)
    assert (4, 4) in told(clusters(client, 8))


def test_properties_are_chosen_and_unknown_ones_refused(points, client):
    for item in clusters(client, 8, properties="count"):
        assert set(item["properties"]) <= {"id", "count", "class", "worst_count", "point"}
    answer = client.get(f"/tiles/{NAME}/8/214/105.mvt", {"properties": "phone"})
    assert (answer.status_code, answer.json()["code"]) == (400, "bad-properties")
    answer = client.get(f"/tiles/{NAME}/8/214/105.mvt", {"filter": "count > 1"})
    assert (answer.status_code, answer.json()["code"]) == (400, "bad-filter")


def test_in_the_grid_of_degrees_the_sums_are_the_same(points, client):
    found = []
    for x in range(428, 431):
        for y in range(84, 87):
            answer = client.get(f"/tiles/{NAME}/9/{x}/{y}.mvt", {"grid": "CGCS2000"})
            if answer.content:
                found += mapbox_vector_tile.decode(answer.content)[NAME]["features"]
    assert sum(item["properties"]["count"] for item in found) == len(points)


def test_the_tilejson_names_what_clusters_say_and_what_may_be_asked(points, client):
    (layer,) = client.get(f"/tiles/{NAME}.json").json()["vector_layers"]
    assert layer["fields"]["count"] == layer["fields"]["worst_count"] == "Number"
    assert {"river_code", "department_code", "chief"} <= set(layer["queryables"])


@pytest.fixture
def projects(world):
    """A candidate that nobody has voted on, and three projects; the ground of one lies in several tiles."""
    ground = Polygon.from_bbox((121.28, 29.83, 121.35, 29.86))
    ground.srid = 4326
    places = [ground, Point(*HOME, srid=4326), Point(HOME[0] + 0.001, HOME[1], srid=4326), Point(*HOME, srid=4326)]
    lights, status = ("red", "green", "green", "red"), [Project.Status.BUILDING] * 3 + [Project.Status.CANDIDATE]
    return [
        Project.objects.create(
            code=f"2026-{number}", name=f"项目{number}", year=2026, category="water", status=state, light=light,
            area=world.west_town, lead=world.water, geom=geom,
            starts_on=date(2026, 1, 1), ends_on=date(2026, 12, 1),
        )
        for number, (geom, light, state) in enumerate(zip(places, lights, status, strict=True))
    ]  # fmt: skip


@pytest.mark.parametrize("zoom", [8, 9, 11])
def test_a_project_that_reaches_over_tiles_is_counted_once_and_a_candidate_never(projects, client, zoom):
    found = [item["properties"] for item in clusters(client, zoom, "project_clusters")]
    assert sum(item["count"] for item in found) == 3
    assert max(item["light_rank"] for item in found) == 3
    heaps = [item for item in found if item["count"] > 1]
    assert all("code" not in item and "light" not in item for item in heaps)


def test_clusters_of_projects_are_narrowed_as_their_list_is(projects, client):
    found = [item["properties"] for item in clusters(client, 8, "project_clusters", filter="light IN ('green')")]
    assert [(item["count"], item["light_rank"], item["worst_count"]) for item in found] == [(2, 1, 2)]


def test_things_without_a_rank_say_their_number_alone(points, client, world):
    Station.objects.bulk_create(
        Station(code=f"S{n}", name=f"站{n}", kind="town", area=world.west_town, geom=Point(HOME[0], HOME[1], srid=4326))
        for n in (1, 2)
    )
    (heap,) = [item["properties"] for item in clusters(client, 9, "station_clusters")]
    assert set(heap) == {"id", "count"} and heap["count"] == 2
