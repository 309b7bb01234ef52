"""Values of monitoring points and of features of loaded layers: who says and reads them, on boards and tiles."""

import re
from datetime import UTC, date, datetime
from decimal import Decimal
from io import BytesIO

import mapbox_vector_tile
import openpyxl
import pytest
from django.core.cache import cache
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.loads.registry import declared
from accounts.loads.services import load_rows, undo
from accounts.models import ApiToken
from accounts.tokens.services import issue
from geo_portal.setup.reading import read_file
from geokit.refusal import BadInput, NotPermitted
from layers.importing.import_report import Report
from layers.importing.options import LoadOptions
from layers.importing.vector_loading import load
from layers.models import Layer
from layers.storage.versions import undo_layer
from reporting.boards.services import save_board
from reporting.indicators.models import Indicator
from reporting.indicators.services import save_indicator
from reporting.observations.features import renew
from reporting.observations.from_points import measure_points
from reporting.observations.models import EarlierValue, Observation, ObservedFeature, Way
from reporting.observations.recording import Given, record_value
from river_monitoring.assessment.models import PointMonth
from tests.data.gis_files import PONDS, gbk_ponds, pond_squares
from tests.data.indicators import make_indicator, put
from tests.data.published import make_public

MAY = date(2026, 5, 1)
MAP = [{"kind": kind, "indicators": ["depth"]} for kind in ("map", "bars", "table", "line", "multiples", "figure")]
TILE = "/tiles/board_ponds/10/857/422.mvt"


def load_ponds(folder, **more):
    options = {name: more.pop(name) for name in ("mode",) if name in more}
    path = gbk_ponds(folder, **more)
    load(LoadOptions(path=path, file_name=path.name, slug="ponds", title="小微水体", key="编号", **options), Report())
    return Layer.objects.select_related("current_version").get(slug="ponds")


@pytest.fixture
def ponds(world, tmp_path):
    return load_ponds(tmp_path)


@pytest.fixture
def depth(world, ponds):
    return make_indicator("depth", title="水深", unit="m", level="feature", layer=ponds, department=world.water)


def board_of_ponds(staff, **more):
    return save_board(staff, "ponds", title="小微水体", readers="public", period_kind="month", blocks=MAP, **more)


def test_a_feature_and_a_point_are_named_by_their_code_and_a_correction_stays_in_its_cell(
    world, staff, officer, other_officer, depth, nh3n, points
):
    row = put(officer, depth, "0012", 1.5)
    assert (row.area, row.feature.name, row.feature.area) == (None, "西塘河北段", world.west_town)
    put(officer, depth, "0012", 1.7, reason="尺子读错")
    assert EarlierValue.objects.get().value == Decimal("1.5")
    assert put(other_officer, nh3n, "HS-2", 0.8).place.code == "HS-2"
    for actor, indicator, code, fault in (
        (staff, depth, "9999", "unknown"), (staff, nh3n, "0012", "unknown"), (staff, depth, "12\x00", "unknown"),
        (staff, nh3n, world.west_town.code, "unknown"),
    ):  # fmt: skip
        with pytest.raises(BadInput) as refused:
            put(actor, indicator, code, 1)
        assert refused.value.errors[0].code == fault
    with pytest.raises(NotPermitted):
        put(other_officer, depth, "0013", 1)
    wrong = Given(depth, world.west_town, MAY, Decimal(1))
    with pytest.raises(BadInput) as refused:
        record_value(staff, wrong, Way.PAGE)
    assert refused.value.errors[0].code == "wrong-level"
    with pytest.raises(BadInput):
        put(officer, depth, "0013", 1, date(2199, 1, 1))
    assert ObservedFeature.objects.count() == 2  # who was refused left none behind


def test_an_indicator_of_features_has_a_layer_with_a_key_and_mixes_with_no_other(staff, ponds, depth):
    facts = {"title": "面积", "period_kind": "month", "level": "feature"}
    for more, fault in (
        ({}, "bad-layer"), ({"layer": ponds, "level": "town"}, "bad-layer"),
        ({"layer": ponds, "way": "room", "figure": "at-target"}, "wrong-level"),
        ({"level": "point", "way": "formula", "formula": "depth * 2", "unit": "m"}, "period-misfit"),
    ):  # fmt: skip
        with pytest.raises(BadInput) as refused:
            save_indicator(staff, "size", facts | more)
        assert refused.value.code == fault, more
    Layer.objects.update(key_column="")
    ponds.refresh_from_db()
    with pytest.raises(BadInput) as refused:
        save_indicator(staff, "size", facts | {"layer": ponds})
    assert refused.value.code == "layer-without-key"


def test_an_indicator_with_values_keeps_its_layer_whatever_another_is_called(staff, officer, ponds, depth):
    put(officer, depth, "0012", 1.5)
    twin = Layer.objects.get(pk=ponds.pk)
    twin.pk, twin.slug, twin.current_version = None, "ponds-2", None
    twin.save()
    facts = {"title": "水深", "unit": "m", "period_kind": "month", "level": "feature", "layer": twin}
    with pytest.raises(BadInput) as refused:
        save_indicator(staff, "depth", facts)
    assert refused.value.code == "has-values"


def test_a_formula_over_features_is_computed_for_each_of_them(staff, ponds, depth):
    facts = {"title": "两倍", "period_kind": "month", "level": "feature", "layer": ponds, "unit": "m"}
    save_indicator(staff, "twice", facts | {"way": "formula", "formula": "depth * 2"})
    put(staff, depth, "0012", 2)
    put(staff, depth, "0013", 3)
    rows = Observation.objects.filter(indicator__code="twice").values_list("feature__code", "value")
    assert dict(rows) == {"0012": 4, "0013": 6}


def test_a_sheet_with_points_and_features_is_previewed_loaded_and_taken_back(staff, depth, nh3n, points, tmp_path):
    cells = ("depth,0012", 1.5), ("nh3n,HS-1", 0.4), ("nh3n,东镇断面", 0.6), ("depth,77", 1)
    text = "\n".join(["指标,区域,期间,数值", *(f"{cell},2026-05,{value}" for cell, value in cells)])
    dataset = declared()["observations"]
    path = tmp_path / "values.csv"
    path.write_text(text, "utf-8")
    file = read_file(dataset, path.name, path)
    preview = load_rows(staff, dataset, file, dry_run=True)
    assert (preview.counts["stored"], preview.counts["refused"]) == (3, 1)
    assert not Observation.objects.exists()
    answer = load_rows(staff, dataset, file)
    assert sorted(row.place.code for row in Observation.objects.all()) == ["0012", "HS-1", "HS-2"]
    undo(staff, answer.load.pk)
    assert not Observation.objects.filter(value__isnull=False).exists()


def test_a_token_says_values_of_points_and_features_and_reads_them(
    world, client, as_user, officer, depth, nh3n, points
):
    _token, text = issue(
        officer, department=world.water, name="水利", scopes=[ApiToken.Scope.INDICATORS], expires_on=date(2027, 6, 1)
    )
    common = {"period": "2026-05", "value": "1.5"}
    rows = [{"indicator": "depth", "place": code} | common for code in ("0012", "0014", "4711")]
    rows += [{"indicator": "nh3n", "place": "HS-1"} | common, {"indicator": "depth"} | common]
    head = {"Authorization": f"Bearer {text}"}
    answer = client.post("/api/v1/observations/", rows[:4], "application/json", headers=head)
    assert [row["outcome"] for row in answer.json()["rows"]] == ["stored", "stored", "refused", "refused"]
    assert client.post("/api/v1/observations/", rows[4:], "application/json", headers=head).status_code == 400
    found = as_user(officer).get("/api/v1/observations/?indicator=depth").json()["results"]
    assert {(row["area"], row["place"]) for row in found} == {(None, "0012"), (None, "0014")}


def test_the_values_of_an_internal_layer_are_in_no_page_file_tile_or_list_of_others(
    client, as_user, staff, depth, ponds
):
    put(staff, depth, "0012", 1.5)
    board_of_ponds(staff)
    for reader, seen in ((None, False), (staff, True)):
        asker = as_user(reader)
        page = asker.get("/boards/ponds/").content.decode()
        assert ("西塘河北段" in page, "水深" in page) == (seen, seen)
        book = openpyxl.load_workbook(BytesIO(asker.get("/boards/ponds/board.xlsx").content))
        assert ("水深" in book.sheetnames) == seen
        assert "西塘河北段" not in asker.get("/boards/ponds/embed/").content.decode()
        assert asker.get(TILE).status_code == (200 if seen else 404)
        assert asker.get("/boards/indicators/depth/").status_code == (200 if seen else 404)
        assert asker.get("/boards/indicators/depth/values.csv").status_code == (200 if seen else 404)
        assert asker.get("/api/v1/observations/").json()["count"] == seen
        assert asker.get("/api/v1/indicators/depth/").status_code == (200 if seen else 404)
    make_public("ponds")
    cache.clear()
    assert "西塘河北段" in client.get("/boards/ponds/").content.decode()
    assert client.get(TILE).status_code == 200


def test_what_was_not_published_of_a_features_name_and_key_stays_inside(client, as_user, staff, depth, ponds):
    put(staff, depth, "0012", 1.5)
    board_of_ponds(staff)
    make_public("ponds")
    Layer.objects.update(public_fields=["面积"])
    cache.clear()
    addresses = (
        "/boards/ponds/", "/boards/ponds/embed/", "/boards/indicators/depth/", "/boards/indicators/depth/values.csv",
        "/api/v1/observations/", TILE,
    )  # fmt: skip
    for address in addresses:
        answer = client.get(address)
        assert answer.status_code == 200, address
        text = answer.content.decode(errors="ignore")
        assert "西塘河北段" not in text and "0012" not in re.sub(r"[\d.]{6,}", "", text), address
    assert "西塘河北段" in as_user(staff).get("/boards/ponds/").content.decode()


@pytest.mark.django_db(transaction=True)
def test_tiles_have_each_point_with_its_value_and_class_now_and_in_an_earlier_month(client, staff, nh3n, points):
    save_board(staff, "ponds", title="水", readers="public", period_kind="month",
               blocks=[{"kind": "map", "indicators": ["nh3n"]}])  # fmt: skip
    for code, month, value in (("HS-1", 4, 0.2), ("HS-1", 5, 2.5), ("HS-2", 5, 0.9)):
        put(staff, nh3n, code, value, date(2026, month, 1))

    def seen(address):
        (layer,) = mapbox_vector_tile.decode(client.get(address).content).values()
        return {row["properties"]["code"]: row["properties"] for row in layer["features"]}

    now, before = seen(TILE), seen(f"{TILE}?at=2026-04")
    assert (now["HS-1"]["value"], now["HS-2"]["value"], before["HS-1"]["value"]) == (2.5, 0.9, 0.2)
    assert "value" not in before["HS-2"]
    assert before["HS-1"]["class"] < now["HS-2"]["class"] < now["HS-1"]["class"]
    put(staff, nh3n, "HS-2", 3.5, reason="更正")
    assert seen(TILE)["HS-2"]["value"] == 3.5


def test_an_area_narrows_a_board_to_the_points_that_lie_in_it(world, client, staff, nh3n, points):
    blocks = [{"kind": kind, "indicators": ["nh3n"]} for kind in ("figure", "bars", "map")]
    save_board(staff, "ponds", title="水", readers="public", period_kind="month", blocks=blocks)
    put(staff, nh3n, "HS-1", 0.25)
    put(staff, nh3n, "HS-2", 0.75)
    page = client.get("/boards/ponds/").content.decode()
    assert "0.50<span" in page.replace("\n", "") and "<circle" in page
    town = client.get(f"/boards/ponds/?area={world.west_town.code}").content.decode()
    assert "0.25<span" in town.replace("\n", "") and "东镇断面" not in town
    feature = ObservedFeature.objects.get(code="HS-1")
    assert f"/boards/indicators/nh3n/?feature={feature.pk}" in page
    rows = client.get(f"/boards/indicators/nh3n/?feature={feature.pk}").content.decode()
    assert "0.25" in rows and "0.75" not in rows
    for odd in ("x", "9" * 30, "-1"):
        assert client.get("/boards/indicators/nh3n/", {"feature": odd}).status_code == 200


def test_a_new_version_of_the_layer_renews_names_and_places_and_what_is_gone_takes_no_values(
    staff, depth, tmp_path, ponds
):
    put(staff, depth, "0012", 1.5)
    put(staff, depth, "0013", 1.5)
    rows = [PONDS[0] | {"名称": "西塘河"}, PONDS[2]]
    shapes = [shape for number, shape in enumerate(pond_squares()) if number != 1]
    load_ponds(tmp_path / "again", rows=rows, geometries=shapes, mode="replace")
    assert dict(ObservedFeature.objects.values_list("name", "is_gone")) == {"西塘河": False, "南塘河": True}
    with pytest.raises(BadInput) as refused:
        put(staff, depth, "0013", 1.6, date(2026, 6, 1))
    assert refused.value.errors[0].code == "unknown"
    assert Observation.objects.filter(feature__code="0013", value=1.5).exists()
    undo_layer("ponds", user=staff)
    assert not ObservedFeature.objects.filter(is_gone=True).exists()
    assert renew() == 0


def test_the_page_takes_the_value_of_a_feature_by_its_key(as_user, officer, other_officer, depth):
    form = {"area": "0012", "period": "2026-05", "value": "1.5"}
    assert as_user(other_officer).post("/boards/indicators/depth/", form).status_code == 403
    answer = as_user(officer).post("/boards/indicators/depth/", form | {"area": "no"})
    assert answer.status_code == 400 and "没有编码为“no”的" in answer.content.decode()
    assert as_user(officer).post("/boards/indicators/depth/", form).status_code == 302
    assert Observation.objects.get().feature.code == "0012"
    assert Indicator.objects.get().observations.count() == 1


def test_means_of_samples_are_taken_over_by_point_and_month_and_no_other_way(staff, nh3n, points):
    facts = {"title": "氨氮均值", "unit": "mg/L", "level": "point", "way": "station", "period_kind": "month"}
    for more, fault in (
        ({"figure": "gold"}, "unknown"), ({"figure": "nh3n", "level": "town"}, "wrong-level"),
        ({"figure": "nh3n", "period_kind": "week"}, "period-misfit"),
    ):  # fmt: skip
        with pytest.raises(BadInput) as refused:
            save_indicator(staff, "mean", facts | more)
        assert refused.value.code == fault
    mean = save_indicator(staff, "mean", facts | {"figure": "nh3n"})
    for point, value in zip(points, ("0.25", "1.75"), strict=True):
        PointMonth.objects.create(
            point=point, month=MAY, water_class=0, is_complete=False, is_at_least=False, samples=2, worst_class=0,
            newest_at=datetime(2026, 5, 9, tzinfo=UTC), standard="s", rule="r", means={"nh3n": [value, 2, 0, None, 0]},
        )  # fmt: skip
    with CaptureQueriesContext(connection) as queries:
        assert measure_points(date(2028, 6, 3)) == 2  # without values yet, all that is kept
    into = f'INSERT INTO "{Observation._meta.db_table}"'
    assert sum(query["sql"].startswith(into) for query in queries) == 1
    assert measure_points(date(2026, 6, 3)) == 0
    PointMonth.objects.update(month=date(2024, 2, 1))
    assert measure_points(date(2028, 6, 3), back=1) == 0  # no further back than asked
    rows = Observation.objects.filter(indicator=mean).values_list("feature__code", "value", "whole")
    assert set(rows) == {("HS-1", Decimal("0.25"), 2), ("HS-2", Decimal("1.75"), 2)}
    with pytest.raises(BadInput) as refused:
        put(staff, mean, "HS-1", 0.1)
    assert refused.value.errors[0].code == "computed"
