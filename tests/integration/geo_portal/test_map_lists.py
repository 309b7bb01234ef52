"""The legend and the web's feature list come from the vector layers themselves."""

import json
import re

import pytest

from geo_portal.map_lists import legend_entries, web_features, web_path, web_text
from geo_portal.styles import StyleRequest, build_style, sprite
from geo_portal.tilesets import BASE, DRAWN, FIXED
from tiles.layer.map_use import CASEWORK, OVERVIEW
from ui.tokens import SIGNS, sign_svg

NAMES = {layer.name: layer for layer in FIXED}


def test_the_web_builds_with_the_list_of_now():
    assert web_path().read_text(encoding="utf-8") == web_text(), "run `manage.py web_tilesets`"


def test_every_drawn_layer_is_in_the_web_list_once_by_itself_or_as_a_companion():
    listed = [name for item in json.loads(web_text()) for name in (item["source"], *item.get("companions", []))]
    assert sorted(listed) == sorted(layer.name for layer in DRAWN)


def test_every_drawn_layer_is_drawn_in_the_style():
    wanted = StyleRequest(name="district", origin="http://x", visible=set(NAMES), district_codes=["330203"])
    drawn = {layer.get("source-layer") for layer in build_style(wanted)["layers"]}
    assert {layer.name for layer in (*BASE, *DRAWN)} <= drawn


def test_addresses_and_hints_name_properties_that_the_tile_carries():
    for item in web_features():
        carried = {"id", *NAMES[item["source"]].carried()}
        for text in (item.get("page", ""), *item.get("hint", [])):
            assert {part.partition("}")[0] for part in text.split("{")[1:]} <= carried, text
        assert set(item.get("tileFilters", {})) <= carried


def test_pages_are_named_by_a_word_of_the_webs_or_from_the_root():
    for item in web_features():
        assert item["shownOn"], f"{item['source']} would never be shown"
        assert all(place in (OVERVIEW, CASEWORK) or place.startswith("^/") for place in item["shownOn"])


def test_the_legend_has_a_sign_and_a_label_for_each_entry_in_a_fixed_order():
    entries, declared = legend_entries(), [entry for layer in DRAWN for entry in layer.map_use.legend]
    assert len(entries) == len(declared) == len({entry.position for entry in declared})
    assert entries[0]["tileset"] == "monitoring_points", "the map is about water first"
    assert [entry["label"] for entry in entries] == [e.label for e in sorted(declared, key=lambda e: e.position)]
    assert all(str(entry["label"]) and "<" in entry["sign"] for entry in entries)


def test_a_page_with_a_map_shows_the_generated_legend(client, db):
    page = client.get("/map/").content.decode()
    for entry in legend_entries():
        assert f'data-legend-for="{entry["tileset"]}"' in page
        assert entry["sign"] in page
    assert re.search(r'data-legend-for="outfalls"\s+data-legend-minzoom="11"', page)


@pytest.mark.parametrize("name", SIGNS)
def test_a_sign_can_be_drawn(name):
    assert sign_svg(name).startswith("<")


def test_a_sign_of_a_shape_and_a_colour_is_drawn_in_legend_and_sprite(monkeypatch):
    monkeypatch.setitem(SIGNS, "gauge", {"shape": "diamond", "fill": "#123456"})
    assert 'fill="#123456"' in sign_svg("gauge")
    assert "gauge" in sprite.sprite_index(1)
