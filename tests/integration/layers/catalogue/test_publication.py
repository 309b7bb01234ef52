"""Publishing a layer: what must be said first, and that hidden columns are nowhere for the public."""

import csv
import io
import json
from collections.abc import Callable
from typing import Any

import mapbox_vector_tile
import pytest
from django.db import IntegrityError, transaction

from layers.catalogue import thumbnails
from layers.models import Layer
from layers.styling.services import save_style
from layers.styling.style import Labels, Style, StyleClass
from ledger.models import AuditEntry

pytestmark = pytest.mark.django_db
TILE = "/tiles/ponds/10/857/422.mvt"
HIDDEN, OPEN = "户数", "名称"


@pytest.fixture
def facts(world: Any) -> dict[str, Any]:
    """Everything that must be said before publication."""
    return {
        "source": "区水利局普查", "data_date": "2026-03-05", "licence": "政府数据开放", "review_number": "浙S(2026)1号",
        "department": world.water.pk, "public_fields": ["编号", "名称", "面积"], "confirmed": "on",
    }  # fmt: skip


@pytest.fixture
def gis_client(gis: Any, as_user: Callable) -> Any:
    return as_user(gis)


@pytest.fixture
def partly_public(ponds: Layer) -> Layer:
    """Published without the number of households; styled and labelled by it, which the public must not notice."""
    classes = (StyleClass("#111111", min=0, max=5), StyleClass("#222222", min=5, max=12))
    style = Style(kind="graduated", field=HIDDEN, classes=classes, labels=Labels(HIDDEN))
    Layer.objects.filter(pk=ponds.pk).update(public_fields=["编号", "名称", "面积"], style=style.as_json())
    ponds.refresh_from_db()
    return ponds


def properties(answer: Any) -> list[dict[str, Any]]:
    return [item["properties"] for item in mapbox_vector_tile.decode(answer.content)["ponds"]["features"]]


@pytest.mark.parametrize("lost", ["source", "data_date", "licence", "review_number", "department", "public_fields"])
def test_the_database_holds_no_public_layer_without_its_facts(ponds: Layer, lost: str) -> None:
    nothing = {"data_date": None, "department": None, "public_fields": None}.get(lost, "")
    with pytest.raises(IntegrityError, match="layer_public_only_with_its_facts"), transaction.atomic():
        Layer.objects.filter(pk=ponds.pk).update(**{lost: nothing})


@pytest.mark.parametrize("lost", ["source", "data_date", "licence", "review_number", "department"])
def test_what_is_public_keeps_what_was_said_of_it(
    gis_client: Any, ponds: Layer, facts: dict[str, Any], lost: str
) -> None:
    given = {"title": "水体", "visibility": "public", **facts}
    del given[lost]
    answer = gis_client.post("/layers/ponds/edit/", given)
    assert answer.status_code == 400
    assert answer.context["form"].errors.get_json_data()[lost][0]["code"] == "required"
    ponds.refresh_from_db()
    assert getattr(ponds, lost)


def test_the_administration_opens_no_layer(admin_user: Any, as_user: Callable, secret_ponds: Layer) -> None:
    address = f"/admin/layers/layer/{secret_ponds.pk}/change/"
    answer = as_user(admin_user).post(address, {"title": "水体", "slug": "ponds", "visibility": "public"})
    assert answer.status_code == 403
    secret_ponds.refresh_from_db()
    assert secret_ponds.visibility == "internal"


def test_publication_asks_for_every_fact_and_the_confirmation(
    gis_client: Any, secret_ponds: Layer, facts: dict[str, Any]
) -> None:
    page = gis_client.get("/layers/ponds/publish/").content.decode()
    assert "西塘河北段" in page, "samples show what a field holds"
    for missing in ("source", "data_date", "licence", "review_number", "department", "confirmed"):
        given = {**facts, "revision": secret_ponds.revision}
        del given[missing]
        answer = gis_client.post("/layers/ponds/publish/", given)
        assert answer.status_code == (400 if missing == "confirmed" else 422), missing
        assert answer.context["form"].errors[missing]
        secret_ponds.refresh_from_db()
        assert secret_ponds.visibility == "internal"
    answer = gis_client.post("/layers/ponds/publish/", {**facts, "revision": secret_ponds.revision})
    assert answer.status_code == 302
    secret_ponds.refresh_from_db()
    assert (secret_ponds.visibility, secret_ponds.public_fields) == ("public", ["编号", "名称", "面积"])
    assert AuditEntry.objects.filter(verb="layer.publish", object_id=str(secret_ponds.pk)).exists()


def test_a_form_from_before_somebody_elses_change_is_refused_once(
    gis_client: Any, secret_ponds: Layer, facts: dict[str, Any]
) -> None:
    Layer.objects.filter(pk=secret_ponds.pk).update(revision=5)
    answer = gis_client.post("/layers/ponds/publish/", {**facts, "revision": 1})
    assert answer.status_code == 409
    assert 'name="revision" value="5"' in answer.content.decode()
    secret_ponds.refresh_from_db()
    assert secret_ponds.visibility == "internal"
    said = {"title": "塘", "visibility": "internal", "revision": 1}
    answer = gis_client.post("/layers/ponds/edit/", said)
    assert answer.status_code == 409 and 'name="revision" value="5"' in answer.content.decode()
    assert gis_client.post("/layers/ponds/edit/", said | {"revision": 5}).status_code == 302
    secret_ponds.refresh_from_db()
    assert (secret_ponds.title, secret_ponds.revision) == ("塘", 6)


def test_an_unknown_field_is_not_published(gis_client: Any, secret_ponds: Layer, facts: dict[str, Any]) -> None:
    given = {**facts, "public_fields": ["手机号"], "revision": secret_ponds.revision}
    assert gis_client.post("/layers/ponds/publish/", given).status_code == 400


def test_the_edit_form_takes_a_layer_inside_but_does_not_open_it(gis_client: Any, secret_ponds: Layer) -> None:
    answer = gis_client.post("/layers/ponds/edit/", {"title": "水体", "visibility": "public"})
    assert answer.status_code == 400
    secret_ponds.refresh_from_db()
    assert secret_ponds.visibility == "internal"


def test_withdrawing_takes_the_layer_from_the_public(gis_client: Any, ponds: Layer, client: Any) -> None:
    assert client.get("/layers/ponds/").status_code == 200
    gis_client.post("/layers/ponds/withdraw/", {"revision": "99"})
    assert client.get("/layers/ponds/").status_code == 200, "a stale form changes nothing"
    gis_client.post("/layers/ponds/withdraw/", {"revision": ponds.revision})
    assert client.get("/layers/ponds/").status_code == 404
    assert client.get(TILE).status_code == 404


def test_a_hidden_column_is_in_no_tile_page_api_table_or_export_of_the_public(
    partly_public: Layer, client: Any
) -> None:
    assert all(HIDDEN not in item and OPEN in item for item in properties(client.get(TILE)))
    assert HIDDEN not in client.get("/tiles/ponds.json").json()["vector_layers"][0]["fields"]
    listed = client.get("/api/v1/layers/ponds/features/").json()["features"]
    assert all(HIDDEN not in item["properties"] for item in listed)
    for address in (
        "/api/v1/layers/ponds/", "/api/v1/layers/ponds/features/1/", "/api/v1/layers/ponds/style/",
        "/api/v1/layers/ponds/legend/", "/layers/ponds/", "/layers/ponds/table/", "/layers/ponds/features/1/",
        "/layers/ponds/legend/", "/layers/ponds/export.geojson", "/styles/district.json",
    ):  # fmt: skip
        answer = client.get(address)
        assert answer.status_code == 200, address
        body = b"".join(answer.streaming_content) if answer.streaming else answer.content
        assert HIDDEN not in body.decode(), address
        assert json.dumps(HIDDEN)[1:-1] not in body.decode(), address


@pytest.mark.parametrize("query", [f"{HIDDEN}=12", f"{HIDDEN}__min=3", f"{HIDDEN}__null=1", f"ordering={HIDDEN}"])
def test_a_hidden_column_can_neither_be_filtered_nor_sorted_by(partly_public: Layer, client: Any, query: str) -> None:
    answer = client.get(f"/api/v1/layers/ponds/features/?{query}")
    assert (answer.status_code, answer.json()["code"]) == (400, "field-unknown")
    table = client.get(f"/layers/ponds/table/?{query}")
    assert table.status_code == 400 or HIDDEN not in str(table.context["question"].conditions)


def test_who_is_signed_in_sees_everything_and_no_shared_cache_keeps_it(
    partly_public: Layer, client: Any, deputy: Any, as_user: Callable
) -> None:
    signed_in = as_user(deputy)
    answer = signed_in.get(TILE)
    assert {item.get(HIDDEN) for item in properties(answer)} == {12, 3, None}
    assert "private" in answer["Cache-Control"]
    assert "public" in client.get(TILE)["Cache-Control"]
    assert signed_in.get("/api/v1/layers/ponds/style/").json()["style"]["kind"] == "graduated"
    assert client.get("/api/v1/layers/ponds/style/").json()["style"]["kind"] == "single"


def test_the_next_tile_knows_what_has_just_been_hidden(
    gis_client: Any, ponds: Layer, client: Any, facts: dict[str, Any]
) -> None:
    before = client.get(TILE)
    assert all(HIDDEN in item or item[OPEN] == "南塘河" for item in properties(before))
    gis_client.post("/layers/ponds/publish/", {**facts, "revision": ponds.revision})
    after = client.get(TILE, headers={"If-None-Match": before["ETag"]})
    assert after.status_code == 200
    assert all(HIDDEN not in item for item in properties(after))


def test_a_new_versions_new_field_stays_inside(
    partly_public: Layer, client: Any, tmp_path: Any, load_file: Callable
) -> None:
    from tests.data.gis_files import square, write_file

    rows = [{"编号": "0012", "名称": "甲", "手机号": "13900000000"}]
    load_file(write_file(tmp_path / "b.gpkg", [square(121.32, 29.85)], rows), slug="ponds", mode="replace")
    (feature,) = client.get("/api/v1/layers/ponds/features/").json()["features"]
    assert set(feature["properties"]) == {"编号", "名称"}


def test_the_public_export_holds_public_columns_only(partly_public: Layer, client: Any) -> None:
    text = b"".join(client.get("/layers/ponds/export.csv").streaming_content).decode("utf-8-sig")
    assert next(csv.reader(io.StringIO(text))) == ["编号", "名称", "面积", "wkt"]


def test_pictures_are_drawn_for_each_audience_and_served_to_nobody_else(
    partly_public: Layer, client: Any, deputy: Any, as_user: Callable
) -> None:
    assert client.get("/layers/ponds/thumbnail.webp").status_code == 404, "the worker has not been yet"
    assert thumbnails.draw_missing(partly_public.pk) == 2
    assert thumbnails.draw_missing(partly_public.pk) == 0
    public, inner = client.get("/layers/ponds/thumbnail.webp"), as_user(deputy).get("/layers/ponds/thumbnail.webp")
    assert public["Content-Type"] == "image/webp"
    assert public["Cache-Control"].startswith("public")
    assert inner["Cache-Control"].startswith("private")
    shown = [b"".join(answer.streaming_content) for answer in (public, inner)]
    assert shown[0] != shown[1], "the public's picture knows nothing of the hidden column"

    Layer.objects.filter(pk=partly_public.pk).update(visibility="internal")
    assert client.get("/layers/ponds/thumbnail.webp").status_code == 404


def test_a_new_style_makes_a_new_picture_and_drops_the_old(ponds: Layer, gis: Any) -> None:
    thumbnails.draw_missing(ponds.pk)
    before = thumbnails.path_of(ponds, signed_in=False)
    save_style(ponds, Style(opacity=0.5), ponds.revision, gis)
    assert thumbnails.draw_missing(ponds.pk) == 1
    ponds.refresh_from_db()
    after = thumbnails.path_of(ponds, signed_in=False)
    assert before is not None and not before.exists()
    assert after is not None and after.exists()
