"""GCJ-02 and BD-09 against published vectors."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from geokit.crs import gcj02
from geokit.refusal import BadInput

# latitude, longitude of WGS 84, then of GCJ-02
VECTORS = [
    (31.1774276, 121.5272106, 31.17530398364597, 121.531541859215),
    (22.543847, 113.912316, 22.540796131694766, 113.9171764808363),
    (39.911954, 116.377817, 39.91334545536069, 116.38404722455657),
]
METRE = 1 / 111_000


@pytest.mark.parametrize(("lat", "lng", "gcj_lat", "gcj_lng"), VECTORS)
def test_the_published_vectors_are_met(lat: float, lng: float, gcj_lat: float, gcj_lng: float) -> None:
    assert gcj02.wgs84_to_gcj02(lng, lat) == pytest.approx((gcj_lng, gcj_lat), abs=1e-13)


@given(st.floats(73, 135), st.floats(18, 54))
def test_the_inverse_is_within_a_centimetre_all_over_china(lng: float, lat: float) -> None:
    back = gcj02.gcj02_to_wgs84(*gcj02.wgs84_to_gcj02(lng, lat))
    assert back == pytest.approx((lng, lat), abs=0.01 * METRE)


def test_the_shift_in_the_district_is_about_500_metres() -> None:
    lng, lat = gcj02.wgs84_to_gcj02(121.35, 29.85)
    metres = np.hypot((lng - 121.35) * 96_500, (lat - 29.85) * 110_900)
    assert 490 < metres < 510


@pytest.mark.parametrize(("lng", "lat"), [(2.35, 48.85), (72.0, 30.0), (137.9, 35.0), (100.0, 56.0)])
def test_abroad_nothing_is_shifted(lng: float, lat: float) -> None:
    assert gcj02.wgs84_to_gcj02(lng, lat) == (lng, lat)
    assert gcj02.gcj02_to_wgs84(lng, lat) == (lng, lat)


def test_bd09_both_ways() -> None:
    assert gcj02.gcj02_to_bd09(116.404, 39.915) == pytest.approx((116.41036949371029, 39.92133699351021), abs=1e-13)
    assert gcj02.bd09_to_gcj02(116.404, 39.915) == pytest.approx((116.39762729119315, 39.90865673957631), abs=1e-13)
    there = gcj02.wgs84_to_bd09(121.35, 29.85)
    assert gcj02.bd09_to_wgs84(*there) == pytest.approx((121.35, 29.85), abs=0.1 * METRE)


def test_arrays_are_converted_at_once() -> None:
    lng, lat = gcj02.wgs84_to_gcj02(np.array([v[1] for v in VECTORS]), np.array([v[0] for v in VECTORS]))
    assert lat == pytest.approx([v[2] for v in VECTORS], abs=1e-13)
    assert lng == pytest.approx([v[3] for v in VECTORS], abs=1e-13)


def test_an_unknown_datum_is_refused() -> None:
    assert gcj02.to_wgs84_from("wgs84") is None
    with pytest.raises(BadInput) as caught:
        gcj02.to_wgs84_from("mars")
    assert caught.value.code == "datum-unknown"
