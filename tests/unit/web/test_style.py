"""Map styles: complete in themselves, true to the asker, one set of names."""

import json

import numpy as np
import pytest

from geo_portal.styles import THEMES, StyleRequest, build_style
from geo_portal.styles.distance_fields import field, outline
from geo_portal.styles.sprite import sprite_index
from layers.map_style import LoadedLayer
from layers.styling.maplibre import style_layers
from layers.styling.style import SHAPES, Style
from tiles.glyphs.fonts import known_font
from ui import tokens

ORIGIN = "https://map.example"
ALL = {"areas", "reaches", "places", "monitoring_points", "projects", "stations", "findings"}


def _style(name: str = "district", visible: set[str] = ALL, **rest) -> dict:
    return build_style(StyleRequest(name, ORIGIN, visible, "330203", **rest))


def _addresses(style: dict) -> list[str]:
    sources = style["sources"].values()
    return [style["sprite"], *(tile for source in sources for tile in source.get("tiles", [source.get("url")]))]


@pytest.mark.parametrize("name", THEMES)
def test_every_address_in_a_style_is_absolute_so_that_it_works_by_itself(name: str) -> None:
    assert all(address.startswith(ORIGIN + "/") for address in _addresses(_style(name)))


@pytest.mark.parametrize("name", THEMES)
def test_every_layer_has_its_source_and_an_id_of_its_own(name: str) -> None:
    style = _style(name)
    ids = [layer["id"] for layer in style["layers"]]
    assert len(ids) == len(set(ids))
    assert {layer["source"] for layer in style["layers"] if "source" in layer} <= set(style["sources"])


def test_the_public_gets_no_source_of_findings() -> None:
    style = _style(visible=ALL - {"findings"})
    assert "findings" not in style["sources"]
    assert not [layer for layer in style["layers"] if layer.get("source") == "findings"]


def test_who_may_see_findings_gets_them() -> None:
    assert "findings" in _style()["sources"]


def test_without_relief_the_style_has_no_relief() -> None:
    assert "hillshade" not in _style(has_hillshade=False)["sources"]
    assert "hillshade" in _style()["sources"]


def test_pictures_from_above_are_there_to_be_switched_on_and_lie_beneath_the_waters() -> None:
    style = _style(base={"kind": "tianditu", "key": "k"})
    order = [layer["id"] for layer in style["layers"]]
    assert order.index("outside") < order.index("satellite") < order.index("reaches")
    (satellite,) = [layer for layer in style["layers"] if layer["id"] == "satellite"]
    assert satellite["layout"]["visibility"] == "none"
    assert "T=img_w" in style["sources"]["satellite"]["tiles"][0]
    assert "shifted" not in style["metadata"]


def test_only_tiles_in_gcj02_are_said_to_be_shifted() -> None:
    base = {"kind": "xyz", "url": "https://a.example/{z}/{x}/{y}", "satellite": "https://b.example/{z}/{x}/{y}"}
    assert "shifted" not in _style(base=base)["metadata"]
    shifted = _style(base={**base, "datum": "gcj02"})["metadata"]["shifted"]
    assert shifted == {"outside": "gcj02", "satellite": "gcj02"}
    assert "shifted" not in _style(base={"kind": "tianditu", "key": "k", "datum": "gcj02"})["metadata"]


def test_an_unknown_style_is_refused() -> None:
    with pytest.raises(KeyError):
        _style("satellite")


def test_every_symbol_that_a_style_names_is_in_the_sprite() -> None:
    text = json.dumps(_style())
    drawn = sprite_index(1)
    rings = [f"ring-{ring['name']}" for ring in tokens.RINGS]
    lights = [f"project-{light['value']}" for light in tokens.LIGHTS]
    classes = [f"water-{entry['value']}" for entry in tokens.WATER_CLASSES]
    assert set(classes) <= set(drawn)
    for name in [*rings, *lights, "station", "finding", "overdue", "project-none"]:
        assert f'"{name}"' in text
        assert name in drawn


def test_a_style_takes_its_fonts_from_its_own_server() -> None:
    style = _style()
    assert style["glyphs"].startswith(style["sprite"].removesuffix("/styles/sprite") + "/fonts/")
    stacks = {
        tuple(layer["layout"]["text-font"]) for layer in style["layers"] if "text-field" in layer.get("layout", {})
    }
    assert all(known_font(",".join(stack)) for stack in stacks)


def test_tianditu_replaces_our_ground_and_carries_its_review_number() -> None:
    base = {"kind": "tianditu", "key": "abc", "review_number": "GS(2024)0650号"}
    style = _style(base=base)
    assert "abc" in style["sources"]["outside"]["tiles"][0]
    assert "审图号：GS(2024)0650号" in style["sources"]["outside"]["attribution"]
    assert "land" not in [layer["id"] for layer in style["layers"]]


@pytest.mark.parametrize("kind", ["tianditu", "xyz", "pmtiles"])
def test_the_source_of_a_base_map_is_text(kind: str) -> None:
    base = {"kind": kind, "key": "abc", "url": "https://x/", "attribution": "<img src=x>", "review_number": "<b>1</b>"}
    said = _style(base=base)["sources"]["outside"]["attribution"]
    assert "<" not in said and said.startswith("&lt;img src=x&gt;")


@pytest.mark.parametrize(
    "base",
    [{}, {"kind": "tianditu", "key": ""}, {"kind": "xyz", "url": ""}, {"kind": "globe", "url": "https://x/"}],
    ids=["none", "no key", "no address", "unknown kind"],
)
def test_a_base_map_that_is_not_fully_set_leaves_ours(base: dict) -> None:
    style = _style(base=base)
    assert "outside" not in style["sources"]
    assert "land" in [layer["id"] for layer in style["layers"]]


def test_xyz_and_pmtiles_are_named_in_the_style() -> None:
    xyz = _style(base={"kind": "xyz", "url": "https://tiles.example/{z}/{x}/{y}.png"})
    assert xyz["sources"]["outside"]["tiles"] == ["https://tiles.example/{z}/{x}/{y}.png"]
    pmtiles = _style(base={"kind": "pmtiles", "url": "https://tiles.example/city.pmtiles"})
    assert pmtiles["sources"]["outside"]["url"] == "pmtiles://https://tiles.example/city.pmtiles"


@pytest.mark.parametrize("name", THEMES)
def test_a_vector_base_map_lies_beneath_our_waters_and_its_names_beneath_ours(name: str) -> None:
    style = _style(name, base={"kind": "pmtiles", "url": "https://tiles.example/city.pmtiles"})
    layers = {layer["id"]: layer for layer in style["layers"]}
    ids = list(layers)
    outside = [ids.index(one) for one, layer in layers.items() if layer.get("source") == "outside"]
    names = [place for place in outside if layers[ids[place]]["type"] == "symbol"]
    assert max(set(outside) - set(names)) < ids.index("hillshade") < ids.index("reaches") < min(names)
    assert max(names) < min(ids.index("village-label"), ids.index("monitoring_points-label"))
    assert {"roads", "pois", "places"} == {layers[ids[place]]["source-layer"] for place in names}


def test_greater_roads_lie_above_lesser_ones_and_bridges_above_all_of_them() -> None:
    ids = [layer["id"] for layer in _style(base={"kind": "pmtiles", "url": "/city.pmtiles"})["layers"]]
    roads = [f"outside-{rank}{edge}{end}" for end in ("", "-bridge") for edge in ("-edge", "") for rank in
             ("minor", "major", "highway")]  # fmt: skip
    assert [one for one in ids if one in roads] == roads
    assert ids.index("outside-water") < ids.index("outside-paths") < ids.index(roads[0])


def test_the_signs_of_loaded_layers_are_distance_fields_in_the_sprite() -> None:
    index = sprite_index(2)
    for shape in SHAPES:
        assert index[f"shape-{shape}"]["sdf"] is True
        alpha = np.asarray(field(shape, 2))[..., 3] / 255
        side = alpha.shape[0]
        inside = alpha > 0.75
        expected = outline(shape).area * 4
        assert inside.sum() == pytest.approx(expected, rel=0.06), "the edge lies at three quarters"
        assert alpha[side // 2, side // 2] > 0.75
        assert alpha[0, 0] < 0.3, "room for an outline all around"


def test_names_are_placed_after_the_symbols_of_every_kind() -> None:
    """A client places the top layer first; a name above a symbol takes its room and lies across it."""
    ids = [layer["id"] for layer in _style()["layers"]]
    kinds = ("monitoring_points", "projects", "stations")
    names, signs = [ids.index(f"{kind}-label") for kind in kinds], [ids.index(kind) for kind in kinds]
    assert max(names) < min(signs)


def test_loaded_layers_lie_under_the_platforms_symbols_and_never_replace_its_sources() -> None:
    drawn = style_layers("base", Style(), "MultiPoint", "light")
    loaded = [LoadedLayer("base", "想冒充底图", "d", {"type": "vector", "tiles": []}, drawn),
              LoadedLayer("taps", "龙头", "e", {"type": "vector", "tiles": []},
                          style_layers("taps", Style(), "MultiPoint", "light"))]  # fmt: skip
    style = _style(loaded=loaded)
    assert style["sources"]["base"]["tiles"]
    ids = [layer["id"] for layer in style["layers"]]
    assert ids.index("taps:point") < ids.index("stations")
    assert style["metadata"]["loaded"][1] == {"id": "taps", "title": "龙头", "digest": "e"}


@pytest.mark.parametrize("name", THEMES)
def test_a_style_asks_only_for_what_the_web_build_keeps_of_maplibre(name: str) -> None:
    """web/maplibre-plugin.ts leaves the rest out."""
    style = _style(name, base={"kind": "pmtiles", "url": "https://tiles.example/city.pmtiles"})
    assert {layer["type"] for layer in style["layers"]} <= {"background", "fill", "line", "circle", "symbol", "raster"}
    assert {source["type"] for source in style["sources"].values()} <= {"vector", "raster", "geojson", "image"}
    assert not {"distance", "within"} & set(json.dumps(style).replace('"', " ").split())
