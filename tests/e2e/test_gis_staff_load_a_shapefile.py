"""GIS staff load a zipped GBK shapefile in EPSG:4549, in the browser and by command; no restart, it is on the map."""

import json
import urllib.request

import mapbox_vector_tile
import pytest
from playwright.sync_api import expect

from tests.e2e.drawing import gbk_shapefile

NAMES = ["污水主管一", "雨水支管二", "截污干管三"]
DRAWN = """([slug, count]) => {
    const map = window.__map;
    if (!map || !map.getSource(slug) || !map.areTilesLoaded()) return false;
    const layers = map.getStyle().layers.filter((layer) => layer.source === slug).map((layer) => layer.id);
    const ids = new Set(map.queryRenderedFeatures({ layers }).map((feature) => feature.id));
    return ids.size === count;
}"""


def tile_names(site, slug, field):
    """Decode the tile that covers the test's squares."""
    with urllib.request.urlopen(f"{site.url}/tiles/{slug}/10/857/422.mvt") as response:
        (layer,) = mapbox_vector_tile.decode(response.read()).values()
    return {feature["properties"][field] for feature in layer["features"]}


def test_in_the_browser_from_upload_to_the_map(page, sign_in, site, tmp_path):
    archive = gbk_shapefile(tmp_path / "管网普查.zip", NAMES)
    sign_in("gis")
    page.goto("/layers/import/")
    page.locator("input[name=file]").set_input_files(archive)
    page.get_by_role("button", name="上传并检查").click()

    panel = page.locator("#panel")
    expect(panel.get_by_role("heading", name="检查结果")).to_be_visible()
    expect(panel).to_contain_text("EPSG:4549")
    expect(panel.locator("dl.kv").first).to_contain_text("GB")
    for name in NAMES:
        expect(panel.locator("table").first).to_contain_text(name)

    page.locator("input[name=title]").fill("管网普查")
    page.locator("input[name=slug]").fill("pipes-e2e")
    page.locator("input[name=visibility][value=public]").check()
    page.get_by_role("button", name="确认导入").click()
    expect(panel).to_contain_text("已经在地图上")

    panel.get_by_role("link", name="在地图上看").click()
    page.wait_for_url("**/layers/pipes-e2e/**")
    page.wait_for_function(DRAWN, arg=["pipes-e2e", len(NAMES)])
    assert tile_names(site, "pipes-e2e", "名称") == set(NAMES)

    page.goto("/layers/pipes-e2e/")
    page.get_by_role("button", name="撤销").first.click()
    expect(page.locator("#panel")).to_contain_text("撤销")


def test_on_the_command_line_and_at_once_in_the_tiles(site, tmp_path):
    archive = gbk_shapefile(tmp_path / "pipes.zip", NAMES)
    done = site.manage(
        "load_layer", str(archive), "--slug", "pipes-cli", "--title", "管网", "--visibility", "public", "--json"
    )
    assert done.returncode == 0, done.stderr
    report = json.loads(done.stdout)
    assert report["status"] == "loaded"
    assert report["source"]["crs"] == "EPSG:4549"
    assert (report["rows_read"], report["rows_loaded"], report["rows_rejected"]) == (3, 3, 0)
    assert report["bbox"] == pytest.approx([121.42, 29.84, 121.448, 29.848], abs=1e-6)
    assert tile_names(site, "pipes-cli", "名称") == set(NAMES)


def test_a_corrupt_zip_is_refused_in_one_line_and_nothing_changes(site, sql, tmp_path):
    broken = tmp_path / "broken.zip"
    broken.write_bytes(b"PK\x03\x04 and then nothing sensible")
    before = sql("SELECT count(*) FROM layers_layer")
    done = site.manage("load_layer", str(broken), "--slug", "broken")
    assert done.returncode == 2
    assert len(done.stderr.strip().splitlines()) == 1
    assert sql("SELECT count(*) FROM layers_layer") == before


def test_a_deputy_finds_no_import_page(page, sign_in):
    sign_in("deputy")
    response = page.goto("/layers/import/")
    assert response is not None
    assert response.status == 404
