"""QGIS and GDAL's own commands, as a colleague at a bureau has them, against the interfaces over a socket."""

import json
from datetime import timedelta
from pathlib import Path

import pytest
from django.utils import timezone

from accounts.tokens import services as tokens
from layers.models import Layer
from layers.styling.services import save_style
from layers.styling.style import Style, StyleClass
from tests.integration.layers.conftest import load_file, ponds, secret_ponds  # noqa: F401 - fixtures
from tests.integration.ogc.desktop import ask_qgis, command, needs_gdal, needs_qgis
from tests.integration.ogc.test_clients import make_points

pytestmark = pytest.mark.django_db(transaction=True)
BY_NAME = Style(kind="categorized", field="名称", classes=(StyleClass("#123456", value="南塘河"),))
BY_SIZE = Style(kind="graduated", field="户数", method="manual", classes=(
    StyleClass("#aa0000", min=0, max=100), StyleClass("#00aa00", min=100, max=9_999),
))  # fmt: skip
WATER = {each["value"]: each["fill"] for each in json.loads(Path("ui/tokens.json").read_text())["classes"]}
NEAR = [121.315, 29.8, 121.335, 29.9]
OLD_EXTENT = "Layer extent reported by the server is not correct"
"""QGIS keeps the first answer about a layer for the whole run, so a feature added outside is noted once."""


@pytest.fixture
def styled(ponds, gis):  # noqa: F811
    return save_style(ponds, BY_NAME, ponds.revision, gis)


@pytest.fixture
def issue(world):
    def make(actor, *scopes):
        day = timezone.localdate() + timedelta(days=30)
        return tokens.issue(actor, department=None, name="QGIS", scopes=scopes, expires_on=day)[1]

    return make


def box_around(layer):
    west, south, east, north = layer.current_version.bbox
    return [west - 0.002, south - 0.002, east + 0.002, north + 0.002]


@needs_qgis
@pytest.mark.interop("QGIS", "WFS 2.0", "rows, count, box, filter, axis order")
@pytest.mark.interop("QGIS", "OGC API Features", "the same, with and without a last slash")
def test_qgis_reads_features(live_server, world):
    make_points(world)
    asked = {"column": "code", "box": NEAR, "condition": '"class" = 3'}
    ogc = f"{live_server.url}/ogc"
    answers, noted = ask_qgis(
        ["read", {"provider": "WFS", "address": f"{ogc}/wfs", "name": "gp:monitoring_points", **asked}],
        ["read", {"provider": "OAPIF", "address": f"{ogc}/", "name": "monitoring_points", **asked}],
        ["read", {"provider": "OAPIF", "address": ogc, "name": "monitoring_points", **asked}],
    )
    for found in answers:
        assert (found["valid"], found["count"]) == (True, 5)
        assert found["whole"] == ["P-0", "P-1", "P-2", "P-3", "P-4"]
        assert (found["near"], found["chosen"]) == (["P-0", "P-1"], [True, ["P-3"]])
        assert found["places"][0] == [121.32, 29.85]
    assert [found["crs"] for found in answers] == ["EPSG:4326", "OGC:CRS84", "OGC:CRS84"]
    assert noted == []


@needs_qgis
@pytest.mark.interop("QGIS", "WMS 1.3 and 1.1.1", "maps in degrees (CGCS2000 too) and metres")
@pytest.mark.interop("QGIS", "WMTS 1.0", "by REST and by KVP, Mercator and CGCS2000")
def test_qgis_draws_pictures(live_server, styled):
    ogc, box = f"{live_server.url}/ogc", box_around(styled)
    maps = [
        {"address": f"{ogc}/wms", "crs": crs, "more": f"styles&version={version}"}
        for version in ("1.3.0", "1.1.1")
        for crs in ("EPSG:4326", "EPSG:4490", "EPSG:3857")
    ]
    grids = [
        {"address": address, "crs": crs, "more": f"styles=default&tileMatrixSet={grid}"}
        for address in (f"{ogc}/wmts/1.0.0/WMTSCapabilities.xml", f"{ogc}/wmts?SERVICE=WMTS&REQUEST=GetCapabilities")
        for crs, grid in (("EPSG:3857", "WebMercatorQuad"), ("EPSG:4490", "CGCS2000"))
    ]
    asked = [("wms", each) for each in maps] + [("wmts", each) for each in grids]
    answers, noted = ask_qgis(
        *(["picture", {"service": service, "name": "ponds", "box": box, **each}] for service, each in asked)
    )
    for found in answers:
        assert (found["valid"], found["said"], found["errors"]) == (True, "", [])
        assert found["share"] == pytest.approx(answers[0]["share"], abs=0.01) and found["share"] > 0.02
        assert found["colours"].get("#ccd0d3", 0) > 1_000, "ponds of other names"
        assert found["colours"].get("#94a3b3", 0) > 500, "the pond of the class by name"
    assert noted == []


@needs_qgis
@pytest.mark.interop("QGIS", "vector tiles in the style ?for=qgis", "no warning; water classes and loaded layers seen")
def test_qgis_draws_vector_tiles_in_their_style(live_server, anyone, world, styled):
    make_points(world)
    site = live_server.url
    style = f"{site}/styles/district.json?for=qgis"
    address = f"{site}/tiles/monitoring_points,ponds/{{z}}/{{x}}/{{y}}.mvt"
    listed = [f"{site}/ogc/styles/{each['id']}" for each in anyone.get("/ogc/styles").json()["styles"]]
    answers, noted = ask_qgis(
        ["converted", {"address": style}],
        ["converted", {"address": style.replace("district", "district-dark")}],
        ["tiles", {"address": address, "style": style, "box": [121.318, 29.8485, 121.352, 29.8515]}],
        *(["converted", {"address": each}] for each in listed),
    )
    assert [each["warnings"] + each["of nothing"] for each in answers[3:]] == [[]] * len(listed)
    for converted in answers[:2]:
        assert (converted["warnings"], converted["of nothing"]) == ([], [])
        assert {"monitoring_points", "monitoring_points-label", "ponds:fill", "reaches"} <= set(converted["drawn"])
    drawn = answers[2]
    assert (drawn["valid"], drawn["styled"], drawn["errors"]) == (True, ["", True], [])
    seen = drawn["colours"]
    for kind, colour in {"Ⅰ": WATER[1], "Ⅱ": WATER[2], "Ⅲ": WATER[3]}.items():
        assert seen.get(colour, 0) > 60, (kind, "its sign is not seen")
    assert seen.get("#86949f", 0) > 1_000 and seen.get("#bdc1bf", 0) > 1_000
    assert noted == []


@needs_qgis
@pytest.mark.interop("QGIS", "vector tiles in the style ?for=qgis", "a layer by classes of numbers")
def test_qgis_draws_classes_of_numbers(live_server, ponds, gis):  # noqa: F811
    save_style(ponds, BY_SIZE, ponds.revision, gis)
    site = live_server.url
    style, address = f"{site}/styles/district.json?for=qgis", f"{site}/tiles/ponds/{{z}}/{{x}}/{{y}}.mvt"
    answers, _noted = ask_qgis(
        ["converted", {"address": style}], ["tiles", {"address": address, "style": style, "box": box_around(ponds)}]
    )
    assert (answers[0]["warnings"], answers[0]["of nothing"]) == ([], [])
    colours = {name for name, count in answers[1]["colours"].items() if count > 300}
    assert len(colours) >= 3, colours


@needs_qgis
@pytest.mark.interop("QGIS", "a new style of a layer", "seen by who has drawn it in the old one")
def test_qgis_shows_a_new_style_to_who_looked_before(live_server, styled, gis, tmp_path):
    site = live_server.url
    style, address = f"{site}/styles/district.json?for=qgis", f"{site}/tiles/ponds/{{z}}/{{x}}/{{y}}.mvt"
    ogc = f"{site}/ogc"
    asked = (
        ["tiles", {"address": address, "style": style, "box": box_around(styled)}],
        ["picture", {"service": "wms", "name": "ponds", "box": box_around(styled), "address": f"{ogc}/wms",
                     "crs": "EPSG:3857", "more": "styles&version=1.3.0"}],
    )  # fmt: skip
    before, _noted = ask_qgis(*asked, kept=tmp_path)
    save_style(styled, BY_SIZE, styled.revision, gis)
    after, _noted = ask_qgis(*asked, kept=tmp_path)
    anew, _noted = ask_qgis(*asked)
    for was, now, clean in zip(before, after, anew, strict=True):
        assert now["colours"] == clean["colours"] != was["colours"]


@needs_qgis
@pytest.mark.interop("QGIS", "QML and SLD of a layer", "load without a message; the map is the same in both")
def test_qgis_loads_sheets(live_server, styled):
    ogc, box = f"{live_server.url}/ogc", box_around(styled)
    answers, noted = ask_qgis(*(
        ["sheet", {
            "address": f"{ogc}/styles/ponds?f={language}", "features": ogc, "name": "ponds", "language": language,
            "box": box,
        }]
        for language in ("qml", "sld")
    ))  # fmt: skip
    for found in answers:
        assert (found["said"], found["loaded"]) == ("", True)
        assert found["rules"] == [["南塘河", "#123456"], ["其他", "#8d979d"], ["无数据", "#c9ced1"]]
        assert found["share"] == pytest.approx(answers[0]["share"], abs=0.002) and found["share"] > 0.02
    assert noted == []


@needs_qgis
@pytest.mark.interop("QGIS", "an internal layer", "by API Header, by Basic, by an address with a token; nobody without")
def test_qgis_opens_an_internal_layer_by_token(live_server, secret_ponds, deputy, issue):  # noqa: F811
    text = issue(deputy, "maps:read")
    site = live_server.url
    asked = {"address": f"{site}/ogc/", "by_token": f"{site}/by-token/{text}/ogc", "name": "ponds"}
    answers, noted = ask_qgis(
        ["read_internal", {**asked, "method": "APIHeader", "values": {"Authorization": f"Bearer {text}"}}],
        ["read_internal", {**asked, "method": "Basic", "values": {"username": "anybody", "password": text}}],
    )
    assert answers == [[-1, 3, 3]] * 2
    assert noted and all("failed" in each and text not in each for each in noted), "of nobody alone"


@needs_qgis
@pytest.mark.interop("QGIS", "OGC API Features part 4", "adds, renames, reshapes, removes; refused by scope")
def test_qgis_edits_a_layer(live_server, ponds, gis, issue):  # noqa: F811
    asked = {"address": f"{live_server.url}/ogc", "name": "ponds"}
    writes = {"Authorization": f"Bearer {issue(gis, 'maps:read', 'layers:write')}"}
    reads = {"Authorization": f"Bearer {issue(gis, 'maps:read')}"}
    (steps, refused), noted = ask_qgis(
        ["edit", {**asked, "column": "编号", "other": "名称", "values": writes}],
        ["edit_without_scope", {**asked, "values": reads}],
    )
    assert [step[:2] for step in steps] == [[True, []]] * 4
    assert [step[2] for step in steps] == [["新塘", 0.0001], ["改名", 0.0001], ["改名", 0.00005], None]
    assert refused == [False, 3]
    assert Layer.objects.get(slug="ponds").versions.count() == 2, "one sitting, one version"
    assert [each for each in noted if "Forbidden" not in each and OLD_EXTENT not in each] == []


@needs_gdal
@pytest.mark.interop("GDAL's commands", "OGC API Features, WFS 2.0", "ogrinfo: fields, count; internal by token")
def test_ogrinfo_lists_fields_and_rows(live_server, secret_ponds, deputy, issue):  # noqa: F811
    ogc = f"{live_server.url}/ogc"
    signed_in = {"GDAL_HTTP_USERPWD": f"anybody:{issue(deputy, 'maps:read')}"}
    for source, name in ((f"OAPIF:{ogc}", "ponds"), (f"WFS:{ogc}/wfs?version=2.0.0", "gp:ponds")):
        listed = json.loads(command("ogrinfo", "-json", source))
        assert name not in [layer["name"] for layer in listed["layers"]]
        found = json.loads(command("ogrinfo", "-json", source, name, **signed_in))
        (layer,) = found["layers"]
        assert layer["featureCount"] == 3
        assert {"编号", "名称", "面积", "户数"} <= {field["name"] for field in layer["fields"]}


@needs_gdal
@pytest.mark.interop("GDAL's commands", "WMTS 1.0, WMS 1.3", "gdal_translate: a window as a picture")
def test_gdal_translate_cuts_a_window(live_server, styled, tmp_path):
    west, south, east, north = box_around(styled)
    ogc = f"{live_server.url}/ogc"
    sources = {
        "wmts": f"WMTS:{ogc}/wmts/1.0.0/WMTSCapabilities.xml,layer=ponds,tilematrixset=CGCS2000",
        "wms": f"WMS:{ogc}/wms?SERVICE=WMS&VERSION=1.3.0&REQUEST=GetMap&LAYERS=ponds&STYLES=&CRS=CRS:84"
        f"&BBOX={west},{south},{east},{north}&FORMAT=image/png&TRANSPARENT=TRUE",
    }
    corners = [str(number) for number in (west, north, east, south)]
    for name, source in sources.items():
        path = tmp_path / f"{name}.png"
        cut = ["gdal_translate", "-q", "-of", "PNG", "-projwin", *corners, "-outsize", "400", "0", source, str(path)]
        command(*cut, GDAL_DEFAULT_WMS_CACHE_PATH=str(tmp_path))  # else tiles of former runs at this address count
        told = json.loads(command("gdalinfo", "-json", "-hist", str(path)))
        first = told["bands"][0]["histogram"]["buckets"]
        assert sum(1 for count in first if count) > 2, (name, "the picture is empty")
