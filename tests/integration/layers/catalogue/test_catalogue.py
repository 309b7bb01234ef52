"""The catalogue: what is found, in which order, for whom, with which picture."""

import io
from collections.abc import Callable
from typing import Any

import pytest
from django.utils import timezone
from PIL import Image

from layers.catalogue import thumbnails
from layers.models import Layer
from layers.permissions import all_columns
from layers.styling.style import Style, StyleClass, Symbol
from tests.data.gis_files import square, write_file

pytestmark = pytest.mark.django_db


@pytest.fixture
def three(ponds: Layer, world: Any, tmp_path: Any, load_file: Callable) -> None:
    """Beside the ponds a public layer of wells and one taken off the map."""
    for slug, title in (("wells", "水井"), ("gone", "旧管线")):
        load_file(write_file(tmp_path / f"{slug}.gpkg", [square(121.32, 29.85)], [{"a": 1}]), slug=slug, title=title)
    Layer.objects.filter(slug="wells").update(
        department=world.water, data_date="2026-01-02", geometry_type="MultiPoint", description="农村饮水"
    )
    Layer.objects.filter(slug="gone").update(current_version=None)
    long_ago = timezone.now() - timezone.timedelta(days=400)
    Layer.objects.filter(slug="ponds").update(updated=long_ago, data_date="2025-12-31")


def found(client: Any, query: str = "") -> list[str]:
    return [card.layer.slug for card in client.get(f"/layers/{query}").context["cards"]]


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("", ["wells", "ponds"]),
        ("?q=小微", ["ponds"]),
        ("?q=饮水", ["wells"]),
        ("?q=水利局", ["wells"]),
        ("?q=没有这个", []),
        ("?type=MultiPolygon", ["ponds"]),
        ("?type=Raster", []),
        ("?department=water", ["wells"]),
        ("?since=2026-01-01", ["wells"]),
        ("?sort=title", ["ponds", "wells"]),
        ("?sort=rows", ["ponds", "wells"]),
        ("?sort=data", ["wells", "ponds"]),
        ("?sort=nonsense&type=nonsense&since=nonsense", ["wells", "ponds"]),
    ],
)
def test_layers_are_found_and_ordered(three: None, client: Any, query: str, expected: list[str]) -> None:
    assert found(client, query) == expected


def test_only_editors_find_what_is_off_the_map_and_only_insiders_what_is_internal(
    three: None, client: Any, deputy: Any, gis: Any, as_user: Callable
) -> None:
    Layer.objects.filter(slug="wells").update(visibility="internal")
    assert found(client, "?sort=title") == ["ponds"]
    assert found(client, "?visibility=internal") == ["ponds"], "the public is not asked about visibility"
    assert found(as_user(deputy), "?visibility=internal") == ["wells"]
    assert set(found(as_user(gis))) == {"ponds", "wells", "gone"}


def test_an_empty_catalogue_and_an_empty_search_say_different_things(
    world: Any, client: Any, gis: Any, as_user: Callable
) -> None:
    assert "还没有图层" in client.get("/layers/").content.decode()
    assert "上传" in as_user(gis).get("/layers/").content.decode()


def test_a_search_without_answer_leads_back(three: None, client: Any) -> None:
    page = client.get("/layers/?q=没有这个").content.decode()
    assert "没有符合条件的图层" in page
    assert "看全部图层" in page


def test_the_card_shows_the_picture_once_it_is_drawn(ponds: Layer, client: Any) -> None:
    assert "thumbnail.webp" not in client.get("/layers/").content.decode()
    thumbnails.draw_missing(ponds.pk)
    assert "/layers/ponds/thumbnail.webp?v=" in client.get("/layers/").content.decode()


def test_the_picture_is_drawn_from_the_features_in_their_classes_colours(ponds: Layer) -> None:
    style = Style(
        kind="categorized", field="名称", symbol=Symbol(fill_opacity=1, outline_width=3),
        classes=(StyleClass("#ff0000", value="西塘河北段"), StyleClass("#0000ff", value="南塘河")),
    )  # fmt: skip
    ponds.style = style.as_json()
    version = ponds.current_version
    assert version is not None
    image = Image.open(io.BytesIO(thumbnails.draw(ponds, version, all_columns(version)))).convert("RGB")
    assert image.size == (320, 200)
    # Three squares from west to east; the third has no class of its own.
    pixels = [image.getpixel((x, 100)) for x in (40, 160, 280)]
    reds = [red > 180 and blue < 90 for red, _green, blue in pixels]
    blues = [blue > 180 and red < 90 for red, _green, blue in pixels]
    assert (reds, blues) == ([True, False, False], [False, True, False])


def test_what_has_no_rows_has_no_picture(ponds: Layer) -> None:
    Layer.objects.filter(pk=ponds.pk).update(current_version=None)
    assert thumbnails.draw_missing(ponds.pk) == 0
    assert thumbnails.draw_missing(999_999) == 0


def test_the_worker_is_asked_once_for_a_picture(ponds: Layer, client: Any) -> None:
    from jobs.models import Job

    before = Job.objects.count()
    for _turn in range(3):
        client.get("/layers/")
    assert Job.objects.count() <= before + 1
