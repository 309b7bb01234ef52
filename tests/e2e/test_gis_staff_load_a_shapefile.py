"""GIS staff load a zipped GBK shapefile in EPSG:4549, in the browser and by command; no restart, it is on the map."""

import json
import urllib.error
import urllib.request

import geopandas
import mapbox_vector_tile
import numpy as np
import pytest
import shapely
from playwright.sync_api import expect

from tests.e2e.drawing import gbk_shapefile, publish_layer

NAMES = ["污水主管一", "雨水支管二", "截污干管三"]
DRAWN = """([slug, count]) => {
    const map = window.__map;
    if (!map || !map.getSource(slug) || !map.areTilesLoaded()) return false;
    const layers = map.getStyle().layers.filter((layer) => layer.source === slug).map((layer) => layer.id);
    const ids = new Set(map.queryRenderedFeatures({ layers }).map((feature) => feature.id));
    return ids.size === count;
}"""


TILE = "/tiles/{}/10/857/422.mvt"
"""The tile that covers the test's squares."""


def tile_names(tile, field):
    (layer,) = mapbox_vector_tile.decode(tile).values()
    return {feature["properties"][field] for feature in layer["features"]}


def public_tile(site, slug):
    with urllib.request.urlopen(site.url + TILE.format(slug)) as response:
        return response.read()


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
    page.get_by_role("button", name="确认导入").click()
    expect(panel).to_contain_text("已经在地图上")

    panel.get_by_role("link", name="在地图上看").click()
    page.wait_for_url("**/layers/pipes-e2e/**")
    page.wait_for_function(DRAWN, arg=["pipes-e2e", len(NAMES)])
    assert tile_names(page.request.get(TILE.format("pipes-e2e")).body(), "名称") == set(NAMES)

    page.goto("/layers/pipes-e2e/")
    page.get_by_role("button", name="撤销").first.click()
    expect(page.locator("#panel")).to_contain_text("撤销")


KINDS = """() => {
    const map = window.__map;
    if (!map || !map.getSource("preview") || !map.isSourceLoaded("preview")) return null;
    const kinds = map.querySourceFeatures("preview").map((feature) => feature.properties.kind ?? "row");
    return kinds.length ? [...new Set(kinds)].sort().join() : null;
}"""


def upload(page, path, layer=""):
    """Choose a file on the import page and wait for its preview."""
    page.goto(f"/layers/import/?layer={layer}")
    page.locator("input[name=file]").set_input_files(path)
    page.get_by_role("button", name="上传并检查").click()
    expect(page.locator("#import-form")).to_be_visible()


def test_an_update_shows_its_difference_before_it_counts(page, sign_in, site, sql, tmp_path):
    first = gbk_shapefile(tmp_path / "井盖.zip", NAMES)
    done = site.manage("load_layer", str(first), "--slug", "covers-e2e", "--title", "井盖", "--key", "编码")
    assert done.returncode == 0, done.stderr
    sign_in("gis")
    upload(
        page, gbk_shapefile(tmp_path / "井盖新.zip", ["污水主管一", "改了名字", "截污干管三", "第四个"]), "covers-e2e"
    )
    panel = page.locator("#panel")
    expect(panel.locator("#difference-title")).to_be_visible()
    expect(page.locator("select[name=key]")).to_have_value("编码")
    panel.get_by_role("link", name="逐行查看差异").click()
    expect(panel.locator("tbody tr")).to_have_count(2)
    expect(panel.locator("tbody")).to_contain_text("雨水支管二 → 改了名字")
    page.wait_for_function(f"() => ({KINDS})() === 'before,changed,new'")
    zoom = page.evaluate("() => window.__map.getZoom()")
    panel.get_by_role("button", name="看地图").first.click()
    page.wait_for_function("(before) => window.__map.getZoom() > before", arg=zoom)
    panel.get_by_role("link", name="新增").click()
    expect(panel.locator("tbody tr")).to_have_count(1)
    assert sql("SELECT count(*) FROM layers_layerversion v JOIN layers_layer l ON l.id = v.layer_id"
               " WHERE l.slug = 'covers-e2e'") == [(1,)]  # fmt: skip

    panel.get_by_role("link", name="检查结果", exact=True).click()
    page.get_by_role("button", name="确认导入").click()
    expect(panel).to_contain_text("已经在地图上")
    assert tile_names(page.request.get(TILE.format("covers-e2e")).body(), "名称") == {
        "污水主管一",
        "改了名字",
        "截污干管三",
        "第四个",
    }


def test_what_was_detected_can_be_overridden(page, sign_in, sql, tmp_path):
    sign_in("gis")
    upload(page, gbk_shapefile(tmp_path / "覆盖.zip", NAMES))
    panel = page.locator("#panel")
    panel.get_by_text("个字段：类型、别名、取舍").click()
    panel.get_by_label("名称：别名").fill("管线名称")
    panel.get_by_label("编码：不导入").check()
    page.locator("input[name=crs]").press_sequentially("2000 117E")
    typed = panel.locator("#crs-candidates")
    expect(typed).to_contain_text("离本区约")
    typed.get_by_role("button", name="在地图上看").first.click()
    page.wait_for_function(f"() => (({KINDS})() ?? '').includes('elsewhere')")
    page.locator("input[name=crs]").fill("")
    page.locator("select[name=datum]").select_option("gcj02")
    page.locator("select[name=axis]").select_option("as-is")
    page.get_by_role("button", name="按此重新检查").click()
    expect(panel.locator("dl.kv").first).to_contain_text("GCJ-02（已换算）")
    expect(panel.locator("#sample-title + .table-wrap thead")).to_contain_text("管线名称")
    expect(panel.locator("#sample-title + .table-wrap thead")).not_to_contain_text("编码")
    page.locator("input[name=slug]").fill("overridden-e2e")
    page.get_by_role("button", name="确认导入").click()
    expect(panel).to_contain_text("已经在地图上")
    ((fields,),) = sql(
        "SELECT v.fields FROM layers_layerversion v JOIN layers_layer l ON l.id = v.layer_id"
        " WHERE l.slug = 'overridden-e2e'"
    )
    assert [(item["name"], item["alias"]) for item in fields] == [("名称", "管线名称")]


def test_a_running_import_is_cancelled_and_leaves_nothing(page, sign_in, sql, tmp_path):
    count = 400_000
    places = np.random.default_rng(1).uniform((121.2, 29.7), (121.5, 29.9), (count, 2))
    frame = geopandas.GeoDataFrame({"n": np.arange(count)}, geometry=shapely.points(places), crs=4326)
    frame.to_file(tmp_path / "many.fgb", driver="FlatGeobuf", engine="pyogrio")
    sign_in("gis")
    upload(page, tmp_path / "many.fgb")
    page.locator("input[name=slug]").fill("many-e2e")
    page.get_by_role("button", name="确认导入").click()
    expect(page.locator("#import-status")).to_contain_text("行")
    page.reload()
    page.get_by_role("button", name="取消导入").click()
    expect(page.locator("#panel")).to_contain_text("没有改动任何数据")
    assert sql("SELECT count(*) FROM layers_layer WHERE slug = 'many-e2e'") == [(0,)]
    page.get_by_role("button", name="用同一个文件重新检查").click()
    expect(page.locator("#import-form, #import-status")).to_be_visible()


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
    with pytest.raises(urllib.error.HTTPError, match="404"):
        public_tile(site, "pipes-cli")
    publish_layer(site, "pipes-cli")
    assert tile_names(public_tile(site, "pipes-cli"), "名称") == set(NAMES)


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
