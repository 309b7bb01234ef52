"""Old datums: the way to WGS 84 is one for the whole file, and said."""

import pytest
from pyproj import CRS
from pyproj.crs import BoundCRS
from pyproj.crs.coordinate_operation import ToWGS84Transformation

from geokit.crs import datum_shift
from geokit.crs import systems as crs
from geokit.refusal import BadInput

HAISHU = (121.5, 29.8)


def moved(code: str, asked: str, *place: float) -> tuple[float, float]:
    source = crs.from_user(code)
    shift = datum_shift.shift_for(source, asked)
    assert shift is not None
    lng, lat = crs.to_wgs84(shift.apply_to(source.crs)).transform(*place)
    return lng, lat


@pytest.mark.parametrize("code", ["4490", "4549", "4528", "4326", "3857"])
def test_a_datum_that_needs_no_choice_gets_none(code: str) -> None:
    source = crs.from_user(code)
    assert datum_shift.shifts_for(source) == []
    assert datum_shift.shift_for(source, "ballpark") is None


@pytest.mark.parametrize("code", ["4610", "4214"])
def test_without_a_word_latitude_and_longitude_stay(code: str) -> None:
    assert moved(code, "", *HAISHU) == pytest.approx(HAISHU, abs=1e-12)


def test_a_zone_of_beijing_1954_is_not_left_to_the_choice_of_a_region() -> None:
    """PROJ would take the Yellow Sea's parameters here, 70 m further east, and others elsewhere."""
    east, north = crs.between(4214, 2437).transform(*HAISHU)
    assert moved("2437", "", east, north) == pytest.approx(HAISHU, abs=1e-9)
    assert moved("2437", "EPSG:15919", east, north) == pytest.approx((121.5007043, 29.8001686), abs=1e-6)


def test_seven_parameters_are_those_of_bursa_and_wolf() -> None:
    """Three of them alone: Xi'an 1980 with dx=100 m lies about 85 m west at this longitude, as dx·sin(λ) says."""
    lng, lat = moved("4610", "100,0,0,0,0,0,0", *HAISHU)
    metres_east = (lng - HAISHU[0]) * 111_320 * 0.8678
    assert metres_east == pytest.approx(-85.3, abs=0.5)
    assert moved("4610", "100，0，0，0，0，0，0", *HAISHU) == (lng, lat)


def test_the_files_own_parameters_come_first() -> None:
    xian = CRS.from_epsg(4610)
    bound = BoundCRS(xian, 4326, ToWGS84Transformation(xian, 100, 0, 0, 0, 0, 0, 0))
    source = crs.from_wkt(bound.to_wkt())
    assert source.epsg == 4610
    first = datum_shift.shift_for(source, "")
    assert first is not None
    assert first.key == datum_shift.IN_FILE
    assert crs.to_wgs84(first.apply_to(source.crs)).transform(*HAISHU) == pytest.approx(
        moved("4610", "100,0,0,0,0,0,0", *HAISHU), abs=1e-9
    )
    none = datum_shift.shift_for(source, "ballpark")
    assert none is not None
    assert crs.to_wgs84(none.apply_to(source.crs)).transform(*HAISHU) == pytest.approx(HAISHU, abs=1e-12)


def test_what_is_known_says_how_good_it_is() -> None:
    known = {shift.key: shift for shift in datum_shift.shifts_for(crs.from_user("4214"))}
    assert known["EPSG:15919"].accuracy_m == 15
    assert known["ballpark"].accuracy_m is None
    assert [shift.key for shift in datum_shift.shifts_for(crs.from_user("4610"))] == ["ballpark"]


@pytest.mark.parametrize("asked", ["EPSG:1", "1,2,3", "a,b,c,d,e,f,g", "1e9,0,0,0,0,0,0", "6378137,0,0,0,0,0,0", "nan"])
def test_what_is_no_transformation_is_refused(asked: str) -> None:
    with pytest.raises(BadInput) as caught:
        datum_shift.shift_for(crs.from_user("4610"), asked)
    assert caught.value.code == "transformation-unknown"


@pytest.mark.parametrize("text", ["+nadgrids=/etc/passwd", 'EXTENSION["PROJ4","+proj=tmerc +NADGRIDS=http://x/y"]'])
def test_a_prj_that_names_a_grid_file_is_refused(text: str) -> None:
    wkt = CRS.from_epsg(4610).to_wkt("WKT1_GDAL")[:-1] + f",{text}]"
    with pytest.raises(BadInput) as caught:
        crs.from_wkt(wkt)
    assert caught.value.code == "crs-unreadable"
