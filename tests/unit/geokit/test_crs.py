"""CRS from `.prj` text and from bounds."""

import pytest
from pyproj import CRS
from pyproj.enums import WktVersion

from geokit.crs import systems as crs
from geokit.refusal import BadInput
from tests.data.gis_files import ESRI_4549

pytestmark = pytest.mark.slow

DISTRICT = (121.1, 29.7, 121.6, 30.0)
CODES = [
    code
    for family in crs.FAMILIES
    for first, count in ((family.zones_3, 21), (family.central_3, 21), (family.zones_6, 11), (family.central_6, 11))
    for code in range(first, first + count)
] + [family.geographic for family in crs.FAMILIES]


@pytest.mark.parametrize("dialect", [WktVersion.WKT1_ESRI, WktVersion.WKT1_GDAL, WktVersion.WKT2_2019])
def test_every_chinese_zone_is_recognised_by_its_numbers(dialect: WktVersion) -> None:
    wrong = {}
    for code in CODES:
        text = CRS.from_epsg(code).to_wkt(dialect)
        found = crs.from_wkt(text).epsg
        if found != code:
            wrong[code] = found
    assert wrong == {}


@pytest.mark.parametrize("code", [4555, 4652, 4776, 4797, 4822, 4577, 4587])
def test_new_beijing_is_not_taken_for_beijing_1954(code: int) -> None:
    found = crs.from_wkt(CRS.from_epsg(code).to_wkt(WktVersion.WKT1_ESRI))
    assert found.epsg == code
    assert found.needs_datum_warning


@pytest.mark.parametrize(
    ("name", "code"),
    [
        ("CGCS2000_3_Degree_GK_CM_123E", 4550),
        ("CGCS2000_3_Degree_GK_Zone_41", 4529),
        ("CGCS2000_GK_CM_123E", 4510),
        ("CGCS2000_GK_Zone_21", 4499),
        ("Xian_1980_3_Degree_GK_CM_120E", 2385),
        ("Xian_1980_3_Degree_GK_Zone_40", 2364),
        ("Beijing_1954_3_Degree_GK_CM_120E", 2437),
        ("Beijing_1954_GK_Zone_21", 21421),
        ("Beijing_1954_Gauss_Kruger_CM_123E", 21461),
    ],
)
def test_the_names_that_arcgis_gives_are_known(name: str, code: int) -> None:
    text = CRS.from_epsg(code).to_wkt(WktVersion.WKT1_ESRI)
    assert f'"{name}"' in text
    assert crs.from_wkt(text).epsg == code


def test_the_esri_text_for_cm_120e_is_4549() -> None:
    found = crs.from_wkt(ESRI_4549)
    assert (found.epsg, found.label, found.found_in) == (4549, "EPSG:4549", "prj")
    assert not found.needs_datum_warning


def test_a_renamed_zone_is_still_placed_by_datum_meridian_and_easting() -> None:
    renamed = ESRI_4549.replace("CGCS2000_3_Degree_GK_CM_120E", "宁波某单位坐标")
    assert crs.from_wkt(renamed).epsg == 4549
    assert crs.from_wkt(renamed.replace("500000.0", "40500000.0")).epsg == 4528


def test_a_shifted_local_grid_is_kept_by_its_parameters_without_a_code() -> None:
    local = ESRI_4549.replace('"Central_Meridian",120.0', '"Central_Meridian",121.5')
    found = crs.from_wkt(local)
    assert found.epsg is None
    assert not found.label.startswith("EPSG")


@pytest.mark.parametrize("text", ["", 'fake["srs"],text', "version https://git-lfs.github.com/spec/v1"])
def test_what_is_no_wkt_is_refused(text: str) -> None:
    with pytest.raises(BadInput) as caught:
        crs.from_wkt(text)
    assert caught.value.code == "crs-unreadable"


def test_an_engineering_crs_is_refused_since_it_leads_nowhere() -> None:
    with pytest.raises(BadInput) as caught:
        crs.from_wkt('LOCAL_CS["宁波地方坐标",UNIT["metre",1],AXIS["X",EAST],AXIS["Y",NORTH]]')
    assert caught.value.code == "crs-local"


@pytest.mark.parametrize("text", ["EPSG:4549", "4549", "epsg:4549 "])
def test_a_person_may_write_the_code_in_several_ways(text: str) -> None:
    assert crs.from_user(text).epsg == 4549


@pytest.mark.parametrize("text", ["", "CGCS2000", "EPSG:", "EPSG:999999", "EPSG:5773"])
def test_what_is_no_usable_code_is_refused(text: str) -> None:
    with pytest.raises(BadInput) as caught:
        crs.from_user(text)
    assert caught.value.code == "crs-unknown"


@pytest.mark.parametrize(
    ("code", "warns"), [(4610, True), (2370, True), (4214, True), (4490, False), (4549, False), (4326, False)]
)
def test_only_the_old_datums_carry_the_warning(code: int, warns: bool) -> None:
    assert crs.from_user(str(code)).needs_datum_warning is warns


def test_the_checked_point_of_the_reference_lands_where_it_should() -> None:
    lng, lat = crs.to_wgs84(CRS.from_epsg(4549)).transform(649757.548, 3306711.728)
    assert (lng, lat) == pytest.approx((121.55, 29.87), abs=1e-8)
    assert crs.between(4326, 4528).transform(121.55, 29.87) == pytest.approx((40_649_757.548, 3_306_711.728), abs=1e-3)


@pytest.mark.parametrize(
    ("bounds", "first"),
    [
        ((121.3, 29.8, 121.4, 29.9), 4490),
        ((620_000, 3_300_000, 640_000, 3_310_000), 4549),
        ((40_620_000, 3_300_000, 40_640_000, 3_310_000), 4528),
        ((13_505_000, 3_470_000, 13_520_000, 3_490_000), 3857),
    ],
)
def test_candidates_that_hit_the_district_come_first(bounds: crs.Bounds, first: int) -> None:
    found = crs.candidates_for(bounds, DISTRICT)
    assert found[0].epsg == first
    assert found[0].in_district


def test_nothing_is_proposed_as_inside_for_bounds_elsewhere() -> None:
    assert not any(item.in_district for item in crs.candidates_for((5.0, 50.0, 6.0, 51.0), DISTRICT))


@pytest.mark.parametrize(
    ("bounds", "code", "swapped"),
    [
        ((29.8, 121.3, 29.9, 121.4), 4490, True),
        ((121.3, 29.8, 121.4, 29.9), 4490, False),
        ((3_300_000, 620_000, 3_310_000, 640_000), 4549, True),
        ((3_300_000, 40_620_000, 3_310_000, 40_640_000), 4528, True),
        ((620_000, 3_300_000, 640_000, 3_310_000), 4549, False),
        ((2_000_000, 500_000, 2_100_000, 600_000), 3857, False),
    ],
)
def test_northings_in_x_are_noticed(bounds: crs.Bounds, code: int, swapped: bool) -> None:
    assert crs.axes_look_swapped(bounds, CRS.from_epsg(code)) is swapped
