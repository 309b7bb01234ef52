"""Station pages, API and tile."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import mapbox_vector_tile
import pytest
from django.utils import timezone

from stations.models import Deputy, Reception, Station


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("q=月湖", ["S-02"]),
        ("q=yhsq", ["S-02"]),
        ("q=renminlu", ["S-01"]),
        ("q=火星", []),
        ("kind=town", ["S-01"]),
        ("area=330203101", ["S-02"]),
        ("in_bbox=121.30,29.80,121.35,29.90", ["S-01"]),
    ],
)
def test_filters_narrow_page_and_api_alike(
    query: str, found: list[str], west: Station, east: Station, as_user: Callable
) -> None:
    features = as_user(None).get(f"/api/v1/stations/?{query}").json()["features"]
    assert [feature["properties"]["code"] for feature in features] == found
    page = as_user(None).get(f"/stations/?{query}").content.decode()
    assert [code for code in ("S-01", "S-02") if f"/stations/{code}/" in page] == found


def test_the_nearest_station_comes_first_with_its_distance(west: Station, east: Station, as_user: Callable) -> None:
    page = as_user(None).get("/stations/?lng=121.381&lat=29.86").content.decode()
    assert page.index("S-02") < page.index("S-01")
    assert "100 米" in page
    assert "从近到远" in page


@pytest.mark.parametrize("query", ["lng=121.38", "lng=29.86&lat=121.38", "lng=a&lat=b"])
def test_half_a_position_is_named_and_the_list_still_shows(query: str, west: Station, as_user: Callable) -> None:
    answer = as_user(None).get(f"/stations/?{query}")
    assert answer.status_code == 200
    assert 'class="field__error"' in answer.content.decode()
    assert "S-01" in answer.content.decode()


def test_a_bad_box_is_refused(west: Station, as_user: Callable) -> None:
    assert as_user(None).get("/stations/?in_bbox=1,2").status_code == 400
    assert as_user(None).get("/api/v1/stations/?in_bbox=1,2").status_code == 400


def test_a_station_page_shows_place_deputies_days_and_numbers(
    west: Station, deputies: list[Deputy], receive: Callable, as_user: Callable
) -> None:
    receive(west, "2026-03-15T08:30", deputies[:2], visitors=7)
    start = timezone.now() + timedelta(days=3)
    Reception.objects.create(station=west, theme="消防安全", starts_at=start, ends_at=start + timedelta(hours=2))
    page = as_user(None).get("/stations/S-01/").content.decode()
    for words in (
        "西镇联络站", "人民路1号", "每月15日 08:30-11:00", "陈一", "第三选区", "消防安全", "2026年3月15日 08:30",
        "选民 7 人", "<svg", f'data-select="stations:{west.pk}"',
    ):  # fmt: skip
        assert words in page, words


def test_a_deputy_out_of_office_and_certificate_numbers_are_not_public(
    west: Station, deputies: list[Deputy], receive: Callable, as_user: Callable
) -> None:
    receive(west, "2026-03-15T08:30", deputies)
    public = as_user(None)
    for address in ("/stations/S-01/", "/api/v1/deputies/", "/api/v1/receptions/"):
        text = public.get(address).content.decode()
        assert "陈一" in text
        assert "陈三" not in text
        assert "D-陈" not in text
    assert public.get(f"/api/v1/deputies/{deputies[2].pk}/").status_code == 404


def test_a_station_that_is_not_there_is_404(west: Station, as_user: Callable) -> None:
    assert as_user(None).get("/stations/S-99/").status_code == 404


def test_a_station_without_records_says_so(west: Station, as_user: Callable) -> None:
    page = as_user(None).get("/stations/S-01/").content.decode()
    assert "还没有公布下一次接待" in page
    assert "还没有举行过接待" in page


def test_receptions_narrow_by_station_kind_and_time(
    west: Station, east: Station, deputies: list[Deputy], receive: Callable, as_user: Callable
) -> None:
    receive(west, "2026-03-15T08:30", deputies)
    receive(east, "2026-05-15T08:30", deputies, kind=Reception.Kind.ONLINE)
    client = as_user(None)
    assert client.get("/api/v1/receptions/?station=S-01").json()["count"] == 1
    assert client.get("/api/v1/receptions/?kind=online&held=true").json()["count"] == 1
    assert client.get("/api/v1/receptions/?since=2026-04-01T00:00:00%2B08:00").json()["count"] == 1
    assert client.get("/api/v1/receptions/?kind=party").status_code == 400


def test_the_api_is_read_only(west: Station, staff: Any, as_user: Callable) -> None:
    assert as_user(staff).post("/api/v1/stations/", {}).status_code == 405
    assert as_user(staff).delete(f"/api/v1/stations/{west.pk}/").status_code == 405


def test_tiles_carry_what_the_map_needs(west: Station, as_user: Callable) -> None:
    feature = mapbox_vector_tile.decode(as_user(None).get("/tiles/stations/0/0/0.mvt").content)["stations"]["features"][
        0
    ]
    assert feature["id"] == west.pk
    assert feature["properties"] == {
        "id": west.pk, "code": "S-01", "name": "西镇联络站", "kind": "town", "area": "西镇",
    }  # fmt: skip


def test_a_page_of_a_deputy_lists_where_she_came_without_being_announced(as_user, west, deputies, receive):
    day = receive(west, "2026-11-03T08:30", deputies[:1])
    day.attendances.create(deputy=deputies[1], how="self", at=day.starts_at)
    page = as_user(None).get(deputies[1].get_absolute_url()).content.decode()
    assert day.get_absolute_url() in page
