"""Service areas cover the district once: the check finds where they do not, and the tools mend it."""

import json
from io import StringIO

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import call_command

from accounts.models import Area
from geokit.refusal import BadInput, NotPermitted, StaleEdit
from ledger.models import AuditEntry
from stations.models import ServiceArea
from stations.service_areas import services as service_areas
from stations.service_areas.coverage import NoDistrict, check_coverage
from tests.conftest import EAST, MIDDLE, NORTH, SOUTH, WEST, box


def area_of(station, west, east, north=NORTH):
    return ServiceArea.objects.create(station=station, geom=box(west, SOUTH, east, north), source="file")


@pytest.fixture
def halves(west, east):
    """The western and the eastern half of the district, one station each."""
    area_of(west, WEST, MIDDLE)
    area_of(east, MIDDLE, EAST)


@pytest.fixture
def gap(west, east):
    area_of(west, WEST, 121.34)
    area_of(east, MIDDLE, EAST)


@pytest.fixture
def overlap(west, east):
    area_of(west, WEST, 121.36)
    area_of(east, MIDDLE, EAST)


def geojson(*features):
    rows = [
        {"type": "Feature", "properties": {"code": code}, "geometry": json.loads(shape.geojson)}
        for code, shape in features
    ]
    return json.dumps({"type": "FeatureCollection", "features": rows})


def test_two_halves_are_sound(halves):
    found = check_coverage()
    assert (found.is_sound, found.stations, found.covered_percent) == (True, 2, 100.0)


def test_a_gap_is_found_with_its_town_and_size(gap):
    found = check_coverage()
    fault = found.faults[0]
    assert found.covered_percent == pytest.approx(90, abs=0.1)
    assert (fault.kind, fault.town, fault.stations) == ("gap", "西镇", ())
    assert fault.m2 == pytest.approx(967 * 11_086, rel=0.01)
    assert fault.bbox == pytest.approx((121.34, SOUTH, MIDDLE, NORTH))


def test_an_overlap_names_both_stations(overlap):
    fault = check_coverage().faults[0]
    assert (fault.kind, fault.stations, fault.town) == ("overlap", ("S-01", "S-02"), "西镇")


def test_what_lies_outside_the_district_names_its_station(west, east):
    area_of(west, WEST - 0.02, MIDDLE)
    area_of(east, MIDDLE, EAST)
    fault = check_coverage().faults[0]
    assert (fault.kind, fault.stations) == ("outside", ("S-01",))


def test_slivers_of_two_computations_are_counted_not_reported(west, east):
    area_of(west, WEST, MIDDLE - 1e-8)
    area_of(east, MIDDLE, EAST)
    found = check_coverage()
    assert (found.is_sound, found.slivers) == (True, 1)


def test_without_areas_the_whole_district_is_one_gap_and_the_stations_are_named(west, east):
    found = check_coverage()
    assert [fault.kind for fault in found.faults] == ["gap"]
    assert (found.covered_percent, found.without) == (0, ("西镇联络站", "月湖社区联络站"))


def test_without_a_district_it_says_so(db):
    with pytest.raises(NoDistrict):
        check_coverage()


def test_land_given_to_one_is_taken_from_the_other(overlap, west, east, staff):
    service_areas.assign_land(staff, west, check_coverage().faults[0].geom, source="border", version=1)
    assert check_coverage().is_sound
    assert ServiceArea.objects.get(station=east).geom.extent[0] == pytest.approx(121.36)
    assert AuditEntry.objects.get(verb="service-area-given").detail["changed"] == ["S-01", "S-02"]


def test_a_gap_given_away_is_mended(gap, west, gis):
    service_areas.assign_land(gis, west, check_coverage().faults[0].geom, source="border")
    assert check_coverage().is_sound


def test_small_faults_are_mended_together_and_large_ones_left(west, east, staff, as_user):
    area_of(west, WEST, MIDDLE - 0.0000005)
    area_of(east, MIDDLE, EAST - 0.01)
    before = sorted(round(fault.m2) for fault in check_coverage().gaps)
    assert before[0] < 1_000 < before[1]
    assert "一并处理 1 处小的" in as_user(staff).get("/stations/areas/").content.decode()
    as_user(staff).post("/stations/areas/close/")
    assert [fault.m2 > 1_000 for fault in check_coverage().gaps] == [True]


def test_a_gap_goes_to_the_station_that_borders_it_most(west, east, staff):
    area_of(west, WEST, 121.34)
    area_of(east, MIDDLE, EAST, NORTH - 0.05)
    gap = box(121.34, SOUTH, MIDDLE, NORTH)
    assert service_areas.close_gaps(staff, [gap]) == ["S-01"]


def test_what_lies_outside_is_taken_away(west, east, staff):
    area_of(west, WEST - 0.02, MIDDLE)
    area_of(east, MIDDLE, EAST)
    assert service_areas.remove_land(staff, check_coverage().faults[0].geom) == ["S-01"]
    assert check_coverage().is_sound


def test_a_stale_border_is_refused(halves, west, staff):
    with pytest.raises(StaleEdit):
        service_areas.assign_land(staff, west, box(MIDDLE, SOUTH, 121.36, NORTH), source="border", version=9)


@pytest.mark.parametrize("who", ["deputy", "officer", "town_officer", "west_staff"])
def test_only_the_districts_staff_and_gis_draw_every_border(who, request, halves, west):
    person = request.getfixturevalue(who)
    with pytest.raises(NotPermitted):
        service_areas.assign_land(person, west, box(MIDDLE, SOUTH, 121.36, NORTH), source="border")
    with pytest.raises(NotPermitted):
        service_areas.close_gaps(person, [box(MIDDLE, SOUTH, 121.36, NORTH)])
    with pytest.raises(NotPermitted):
        service_areas.remove_land(person, box(WEST, SOUTH, 121.31, NORTH))
    with pytest.raises(NotPermitted):
        service_areas.replace_areas(person, {"S-01": box(WEST, SOUTH, MIDDLE, NORTH)}, source="file")


@pytest.fixture
def villages(world):
    """Two villages of the western town, by their points alone; they share its land without a gap."""
    return [
        Area.objects.create(
            code=f"330203100{number}", name=f"{number}村", level="village", parent=world.west_town,
            point=box(lng, SOUTH, lng + 0.002, NORTH).centroid,
        )
        for number, lng in ((1, 121.31), (2, 121.34))
    ]  # fmt: skip


def test_villages_without_borders_share_their_towns_land(villages, west, east, staff, world):
    service_areas.assign_villages(staff, west, [village.code for village in villages])
    area_of(east, MIDDLE, EAST)
    assert check_coverage().is_sound


def test_a_towns_staff_share_out_their_own_villages_only(villages, west, east, west_staff, east_staff, world):
    service_areas.assign_villages(west_staff, west, [villages[0].code])
    assert ServiceArea.objects.get().geom.extent[2] == pytest.approx(121.326, abs=1e-3)
    with pytest.raises(NotPermitted):
        service_areas.assign_villages(west_staff, west, [world.east_town.code])
    with pytest.raises(NotPermitted):
        service_areas.assign_villages(east_staff, west, [villages[1].code])


def test_unknown_villages_are_named(west, staff, world):
    for codes, word in ((["999"], "999"), ([], "请选择")):
        with pytest.raises(BadInput, match=word):
            service_areas.assign_villages(staff, west, codes)


def test_a_file_that_overlaps_itself_is_refused_and_nothing_changes(halves, staff, west, east):
    wanted = {"S-01": box(WEST, SOUTH, 121.37, NORTH), "S-02": box(MIDDLE, SOUTH, EAST, NORTH)}
    with pytest.raises(BadInput) as refused:
        service_areas.replace_areas(staff, wanted, source="file")
    assert refused.value.code == "overlap"
    assert "S-01 与 S-02" in refused.value.errors[0].message
    assert ServiceArea.objects.get(station=west).version == 1


def test_a_file_takes_land_from_stations_it_does_not_name(halves, staff, west, east):
    assert service_areas.replace_areas(staff, {"S-01": box(WEST, SOUTH, 121.37, NORTH)}, source="file") == [
        "S-01",
        "S-02",
    ]
    assert check_coverage().is_sound


def test_a_file_of_an_unknown_station_is_refused(halves, staff):
    with pytest.raises(BadInput) as refused:
        service_areas.replace_areas(staff, {"S-77": box(WEST, SOUTH, 121.31, NORTH)}, source="file")
    assert refused.value.code == "unknown-station"


def test_the_check_page_lists_the_faults_and_the_map_draws_them(overlap, as_user, staff):
    client = as_user(staff)
    page = client.get("/stations/areas/").content.decode()
    assert "重叠 1 处" in page
    drawn = client.get("/stations/areas/faults.geojson").json()["features"]
    assert sorted(feature["properties"]["kind"] for feature in drawn) == ["changed", "served", "served"]


def test_a_fault_is_mended_on_the_page_once(overlap, as_user, staff):
    client = as_user(staff)
    key = client.get("/stations/areas/").content.decode().split('name="fault" value="')[1].split('"')[0]
    assert client.post("/stations/areas/mend/", {"fault": key, "station": "S-02"}).status_code == 302
    assert check_coverage().is_sound
    again = client.post("/stations/areas/mend/", {"fault": key, "station": "S-01"}, follow=True)
    assert "已经不在检查结果里" in again.content.decode()
    assert check_coverage().is_sound


def test_a_towns_staff_see_the_check_and_mend_nothing(overlap, as_user, west_staff):
    client = as_user(west_staff)
    page = client.get("/stations/areas/").content.decode()
    assert "重叠 1 处" in page
    assert "划给它" not in page
    assert client.post("/stations/areas/mend/", {"fault": "x"}).status_code == 404
    assert client.post("/stations/areas/upload/", {}).status_code == 404
    assert client.get("/stations/S-01/area/").status_code == 200
    assert client.get("/stations/S-02/area/").status_code == 404


@pytest.mark.parametrize(
    ("content", "word"),
    [
        ("not json", "GeoJSON"),
        (json.dumps({"type": "FeatureCollection", "features": []}), "没有要素"),
        (geojson(("", box(WEST, SOUTH, MIDDLE, NORTH))), "没有联络站编号"),
        (geojson(("S-01", box(12.0, 40.0, 12.1, 40.1))), "不在本区附近"),
    ],
)
def test_a_file_that_is_none_is_refused_beside_its_field(content, word, halves, as_user, staff):
    file = SimpleUploadedFile("areas.geojson", content.encode())
    answer = as_user(staff).post("/stations/areas/upload/", {"file": file})
    assert answer.status_code == 400
    assert word in answer.content.decode()
    assert ServiceArea.objects.filter(version=1).count() == 2


def test_a_file_is_taken_in(halves, as_user, staff):
    content = geojson(("S-01", box(WEST, SOUTH, 121.36, NORTH)))
    answer = as_user(staff).post("/stations/areas/upload/", {"file": SimpleUploadedFile("a.geojson", content.encode())})
    assert answer.status_code == 302
    assert ServiceArea.objects.get(station__code="S-01").version == 2


def test_the_command_answers_in_json_and_by_its_exit_code(overlap):
    out = StringIO()
    with pytest.raises(SystemExit) as left:
        call_command("check_service_areas", "--json", stdout=out)
    assert left.value.code == 2
    assert json.loads(out.getvalue())["overlaps"][0]["stations"] == ["S-01", "S-02"]


def test_the_command_is_content_with_two_halves(halves):
    out = StringIO()
    call_command("check_service_areas", stdout=out)
    assert "100.00% covered, 0 gaps" in out.getvalue()
