"""OGC API Features part 4, by the names of its requirements: create, replace, update, delete, locking, and who may."""

import io
import json
from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from accounts.tokens import services as tokens
from geokit.refusal import BadInput
from layers.models import Layer, LayerVersion
from layers.storage import tables
from layers.storage.rows import rows_of
from ogc.conformance import CONFORMS_TO
from tests.integration.layers.conftest import load_file, ponds, secret_ponds  # noqa: F401 - fixtures
from tests.integration.ogc.edits import BOWTIE, GEOJSON, ITEMS, PATCH, SQUARE, ZONE_4549, current, pond, send


def test_the_classes_are_declared(anyone):
    part4 = "http://www.opengis.net/spec/ogcapi-features-4/1.0/"
    kept = {"conf/create-replace-delete", "conf/update", "conf/features", "req/optimistic-locking-etags"}
    assert {part4 + name for name in kept} <= set(anyone.get("/ogc/conformance").json()["conformsTo"])
    assert len(CONFORMS_TO) == len(set(CONFORMS_TO))
    paths = anyone.get("/ogc/api").json()["paths"]
    assert {"get", "post"} <= set(paths["/collections/{collectionId}/items"])
    assert {"get", "put", "patch", "delete"} <= set(paths["/collections/{collectionId}/items/{featureId}"])


def test_options_say_what_this_very_person_may_do(anyone, editor, deputy, as_user, first):
    """/req/core/methods, /req/create-replace-delete/options-op and options-response."""
    allowed = {
        (who, address): client.options(address)["Allow"]
        for who, client in {"anyone": anyone, "deputy": as_user(deputy), "gis": editor}.items()
        for address in (ITEMS, first, "/ogc/collections/areas/items")
    }
    assert {said for (who, _address), said in allowed.items() if who != "gis"} == {"GET, HEAD, OPTIONS"}
    assert allowed["gis", ITEMS] == "GET, HEAD, OPTIONS, POST"
    assert allowed["gis", first] == "GET, HEAD, OPTIONS, PUT, PATCH, DELETE"
    assert allowed["gis", "/ogc/collections/areas/items"] == "GET, HEAD, OPTIONS"
    assert anyone.options("/ogc/collections/nothing/items").status_code == 404


def test_a_feature_is_added_and_found_where_the_answer_says(editor):
    """post-op, post-response (201 and Location), post-response-rid: a new id, the client's is not taken."""
    answer = send(editor, "post", ITEMS, pond() | {"id": 1})
    assert (answer.status_code, answer.content) == (201, b"")
    found = editor.get(answer["Location"])
    assert found["ETag"] == answer["ETag"]
    body = found.json()
    assert body["id"] == 4 and body["properties"]["名称"] == "新塘"
    assert body["geometry"]["type"] == "MultiPolygon"
    assert editor.get(ITEMS).json()["numberMatched"] == 4
    assert editor.get(ITEMS, {"filter": "编号 = 'C9'"}).json()["numberMatched"] == 1


def test_a_feature_is_replaced_as_a_whole(editor, first):
    """put-op, put-body, put-response, put-rid, resource-endpoint; values that are not sent are gone."""
    before = editor.get(first).json()
    answer = send(editor, "put", first, pond("C1") | {"id": 99}, If_Match=editor.get(first)["ETag"])
    after = editor.get(first)
    assert (answer.status_code, answer["ETag"]) == (204, after["ETag"])
    assert after.json()["id"] == before["id"]
    gone = [name for name, value in before["properties"].items() if value is not None and name not in ("编号", "名称")]
    assert gone and all(after.json()["properties"][name] is None for name in gone)


def test_some_values_are_changed_and_the_rest_stays_to_the_last_digit(editor, first):
    """update-patch-op, update-patch-response, rid, update-json-merge-patch (null unsets)."""
    row = rows_of(current()).get(pk=int(first.rsplit("/", 1)[1]))
    before = editor.get(first).json()["properties"]
    answer = send(editor, "patch", first, {"id": 77, "properties": {"名称": None}}, PATCH)
    assert answer.status_code == 204
    after = rows_of(current()).get(pk=row.pk)
    assert after.geom.wkb == row.geom.wkb
    assert editor.get(first).json()["properties"] == before | {"名称": None}
    send(editor, "patch", first, {"geometry": {"type": "Polygon", "coordinates": SQUARE}}, PATCH)
    moved = editor.get(first).json()
    assert moved["geometry"]["coordinates"] == [SQUARE]
    assert moved["properties"] == before | {"名称": None}


def test_a_feature_is_deleted_and_its_id_is_given_to_no_other(editor):
    """delete-op, delete-response, /rec/delete/no-feature."""
    address = send(editor, "post", ITEMS, pond())["Location"]
    assert editor.delete(address).status_code == 204
    assert editor.get(address).status_code == editor.delete(address).status_code == 404
    assert send(editor, "post", ITEMS, pond())["Location"] != address


@pytest.mark.parametrize("method", ["put", "patch", "delete"])
def test_a_write_with_an_old_etag_is_refused(editor, first, method):
    """get-etag-response, put- and patch-etag-response, ifmatch-put-eval, ifmatch-patch-eval."""
    body, media = (pond("C1"), GEOJSON) if method == "put" else ({"properties": {"名称": "乙"}}, PATCH)
    old = editor.get(first)["ETag"]
    assert send(editor, "patch", first, {"properties": {"名称": "甲"}}, PATCH, If_Match=old).status_code == 204
    refused = send(editor, method, first, body, media, If_Match=old)
    assert refused.status_code == 412
    assert refused.json()["code"] == "precondition-failed"
    assert editor.get(first).json()["properties"]["名称"] == "甲"
    weak = f"W/{editor.get(first)['ETag']}"
    assert send(editor, method, first, body, media, If_Match=weak).status_code == 412
    assert send(editor, method, first, body, media, If_Match=editor.get(first)["ETag"]).status_code == 204


def test_what_is_not_there_is_404_and_with_a_condition_412(editor):
    """put-rid-exception."""
    for method, media in (("put", GEOJSON), ("patch", PATCH), ("delete", GEOJSON)):
        for key in ("999", "x", "99999999999999999999999"):
            assert send(editor, method, f"{ITEMS}/{key}", pond(), media).status_code == 404
            assert send(editor, method, f"{ITEMS}/{key}", pond(), media, If_Match="*").status_code == 412
    assert current().mode == "create"


def test_the_tag_answers_who_asks_again(editor, first):
    tag = editor.get(first)["ETag"]
    assert editor.get(first, headers={"If-None-Match": tag}).status_code == 304
    assert editor.get(first, headers={"If-None-Match": '"other"'}).status_code == 200
    assert editor.get(first, {"crs": ZONE_4549[1:-1]})["ETag"] == tag


def test_coordinates_come_in_the_axes_that_the_client_names(editor):
    """content-crs-header, crs-other-crs, default-crs."""
    made = send(editor, "post", ITEMS, pond())["Location"]
    there = editor.get(made, {"crs": ZONE_4549[1:-1]}).json()["geometry"]
    other = send(editor, "post", ITEMS, pond("C10") | {"geometry": there}, Content_Crs=ZONE_4549)["Location"]
    ring, again = (editor.get(address).json()["geometry"]["coordinates"][0][0] for address in (made, other))
    assert [[round(x, 6), round(y, 6)] for x, y in again] == [[round(x, 6), round(y, 6)] for x, y in ring]
    patched = send(editor, "patch", made, {"geometry": there}, PATCH, Content_Crs=ZONE_4549)
    assert patched.status_code == 204
    assert editor.get(made).json()["geometry"]["coordinates"][0][0][0] == pytest.approx(ring[0], abs=1e-6)
    assert send(editor, "post", ITEMS, pond("C11"), Content_Crs="EPSG:2100").json()["code"] == "bad-crs"


@pytest.mark.parametrize(
    ("body", "code"),
    [
        (" ", "bad-feature"),
        ('{"type": "Feature"', "bad-feature"),
        ("[" * 5000, "bad-feature"),
        ("[]", "bad-feature"),
        ({"type": "FeatureCollection", "features": []}, "bad-feature"),
        (pond() | {"geometry": []}, "bad-feature"),
        (pond() | {"properties": []}, "bad-feature"),
        (pond() | {"geometry": None}, "geometry-missing"),
        (pond() | {"geometry": {"type": "Point", "coordinates": [121.4, 29.8]}}, "geometry-type-differs"),
        (pond() | {"geometry": {"type": "GeometryCollection", "geometries": []}}, "geometry-unreadable"),
        (pond() | {"geometry": {"type": "Polygon", "coordinates": []}}, "geometry-empty"),
        (pond() | {"geometry": {"type": "Polygon"}}, "geometry-unreadable"),
        (pond() | {"geometry": {"type": "Polygon", "coordinates": "121 29"}}, "geometry-unreadable"),
        (pond() | {"geometry": {"type": "Polygon", "coordinates": [[["a", "b"]]]}}, "geometry-unreadable"),
        (pond() | {"geometry": {"type": "Polygon", "coordinates": [[[121.4, 29.8]]]}}, "geometry-unreadable"),
        (pond(shape=[SQUARE[0][:-1]]), "geometry-unreadable"),
        (pond(shape=BOWTIE), "geometry-invalid"),
        (pond(shape=[[[500, 29.8], [501, 29.8], [501, 30], [500, 29.8]]]), "coordinates-impossible"),
        (pond(颜色="红"), "field-unknown"),
        (pond(名称=5), "value-invalid"),
        (pond(code=None), "key-missing"),
        (pond(code=""), "key-missing"),
    ],
)  # fmt: skip
def test_what_is_no_feature_of_the_layer_is_refused_and_nothing_is_written(editor, body, code):
    """post-body, schema: each fault with its field."""
    answer = send(editor, "post", ITEMS, body)
    assert (answer.status_code, answer.json()["code"]) == (400, code)
    assert (current().mode, LayerVersion.objects.count()) == ("create", 1)


def test_a_key_is_nobody_elses(editor, first):
    taken = editor.get(first).json()["properties"]["编号"]
    answer = send(editor, "post", ITEMS, pond(taken))
    assert (answer.status_code, answer.json()["code"]) == (400, "key-duplicate")
    assert (current().mode, editor.get(ITEMS).json()["numberMatched"]) == ("create", 3)


def test_another_media_type_and_too_many_bytes_are_refused(editor, first):
    """post-content-type, put-content-type."""
    assert send(editor, "post", ITEMS, pond(), "application/x-www-form-urlencoded").status_code == 415
    assert send(editor, "put", first, pond(), "text/plain").status_code == 415
    assert send(editor, "post", ITEMS, pond(名称="塘" * 700_000)).status_code == 413
    assert send(editor, "post", "/ogc/collections/areas/items", pond()).status_code == 405


def test_kinds_of_values_are_kept(gis, as_user, tmp_path, world, load_file):  # noqa: F811
    row = {"n": 7, "d": 1.5, "b": True, "t": "2026-03-01", "m": "2026-03-01T08:00:00", "w": "字"}
    place = {"type": "Point", "coordinates": [121.4, 29.8]}
    source = {"type": "FeatureCollection", "features": [{"type": "Feature", "geometry": place, "properties": row}]}
    (path := tmp_path / "kinds.geojson").write_text(json.dumps(source))
    load_file(path, slug="kinds", visibility="internal")
    client, items = as_user(gis), "/ogc/collections/kinds/items"
    given = {"n": -3, "d": 2, "b": False, "t": "2026-04-05", "m": "2026-04-05T00:30:00+00:00", "w": "新"}
    feature = {"type": "Feature", "geometry": place, "properties": given}
    made = client.get(send(client, "post", items, feature)["Location"]).json()["properties"]
    assert made == given | {"d": 2.0, "m": "2026-04-05T08:30:00+08:00"}
    for name, wrong in [
        ("n", 1.5), ("n", "3"), ("n", True), ("n", 10**19), ("d", "2"), ("b", 1), ("t", "5.4.2026"),
        ("t", "2026-04-05T00:00"), ("m", "morgen"), ("m", 3), ("w", ["新"]), ("w", {}),
    ]:  # fmt: skip
        answer = send(client, "post", items, feature | {"properties": given | {name: wrong}})
        assert answer.status_code == 400 and answer.json()["errors"][0]["field"] == name, (name, wrong)
    endless = send(client, "post", items, feature | {"properties": given | {"d": 10**400}})  # a number of no kind
    assert (endless.status_code, endless.json()["code"]) == (400, "bad-feature")


def test_while_a_file_is_loaded_nobody_edits(editor, first, monkeypatch):
    monkeypatch.setattr(tables, "lock_layer", lambda layer_id: False)
    answer = send(editor, "patch", first, {"properties": {"名称": "改"}}, PATCH)
    assert (answer.status_code, answer.json()["code"]) == (503, "layer-busy")


def test_a_layer_of_too_many_rows_is_updated_by_a_file(editor, first):
    LayerVersion.objects.update(rows=200_001)
    answer = send(editor, "patch", first, {"properties": {"名称": "改"}}, PATCH)
    assert (answer.status_code, answer.json()["code"]) == (413, "layer-too-large")


def test_only_those_who_keep_the_layer_write_it(editor, as_user, officer, other_officer, deputy, staff, world, first):
    Layer.objects.filter(slug="ponds").update(department=world.water)
    for person, status in [
        (None, 403), (deputy, 403), (other_officer, 403), (officer, 204), (staff, 204),
    ]:  # fmt: skip
        client = as_user(person)
        version = current().state
        answer = send(client, "patch", first, {"properties": {"名称": "改"}}, PATCH)
        assert answer.status_code == status, person
        assert (current().state != version) == (status == 204), person
        if status == 403:
            assert send(client, "put", first, pond()).status_code == 403
            assert send(client, "post", ITEMS, pond()).status_code == 403
            assert client.delete(first).status_code == 403
            assert current().state == version


def test_a_layer_inside_is_missing_for_everybody_else(anyone, as_user, editor, deputy, first):
    Layer.objects.filter(slug="ponds").update(visibility="internal")
    for method, address in (("post", ITEMS), ("put", first), ("patch", first), ("delete", first), ("options", ITEMS)):
        assert send(anyone, method, address, pond()).status_code == 404
    assert send(as_user(deputy), "put", first, pond()).status_code == 403


def test_a_form_of_another_site_writes_nothing(gis, ponds):  # noqa: F811
    client = Client(enforce_csrf_checks=True)
    client.force_login(gis, backend="allauth.account.auth_backends.AuthenticationBackend")
    assert send(client, "post", ITEMS, pond()).status_code == 403
    assert current().mode == "create"


def test_a_token_writes_where_its_scope_says_so(ponds, gis, officer, deputy, world):  # noqa: F811
    def client_of(actor, department, *scopes):
        expires = timezone.localdate() + timedelta(days=9)
        text = tokens.issue(actor, department=department, name="QGIS", scopes=scopes, expires_on=expires)[1]
        return Client(headers={"Authorization": f"Bearer {text}"}), text

    reader, _text = client_of(gis, None, "read", "maps:read")
    assert send(reader, "post", ITEMS, pond()).status_code == 403
    writer, text = client_of(gis, None, "maps:read", "layers:write")
    assert send(writer, "post", ITEMS, pond()).status_code == 201
    assert current().created_by == gis
    program, _text = client_of(officer, world.water, "layers:write")
    assert send(program, "post", ITEMS, pond("C10")).status_code == 403
    Layer.objects.filter(slug="ponds").update(department=world.water)
    assert send(program, "post", ITEMS, pond("C10")).status_code == 201
    assert Client().post(f"/by-token/{text}{ITEMS}", json.dumps(pond("C11")), GEOJSON).status_code == 405
    with pytest.raises(BadInput):
        client_of(deputy, None, "layers:write")
    with pytest.raises(BadInput):
        client_of(gis, None, "points:write")


def test_a_body_that_breaks_off_writes_nothing(editor):
    whole = json.dumps(pond()).encode()
    stream = {"wsgi.input": io.BytesIO(whole[:-20]), "CONTENT_LENGTH": str(len(whole))}
    answer = editor.generic("POST", ITEMS, whole[:-20], GEOJSON, **stream)
    assert answer.status_code == 400
    assert current().mode == "create"
