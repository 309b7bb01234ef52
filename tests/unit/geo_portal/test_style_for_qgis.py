"""The style for QGIS: the same looks where nothing is pointed at, in words that its converter knows."""

import json

import pytest

from geo_portal.styles import THEMES, StyleRequest, build_style
from geo_portal.styles.for_qgis import fold, for_qgis
from layers.styling.maplibre import style_layers
from layers.styling.style import parse
from ogc.pictures.expressions import Feature, worth

POINTED_AT = ("-halo", "-lit", "-selected")
UNKNOWN = ("feature-state", "typeof", "boolean", "to-boolean", "coalesce", "*")
GRADED = {"version": 1, "kind": "graduated", "field": "area", "method": "manual", "classes": [
    {"min": 0, "max": 5, "colour": "#ff0000", "label": "小"}, {"min": 5, "max": 9, "colour": "#00ff00", "label": "大"},
]}  # fmt: skip
NAMED = {"version": 1, "kind": "categorized", "field": "status", "classes": [
    {"value": "listed", "colour": "#ff0000", "label": "列入"}, {"value": "6", "colour": "#00ff00", "label": "六"},
]}  # fmt: skip
RATED = {"class": 6, "status": "listed", "count": 3, "area": 7.5, "at_least": True}
OTHERS = {"status": 6, "grade": "city", "light": "red", "point_count": 7}
FEATURES = [
    Feature(properties, kind, zoom)
    for properties in ({}, RATED, {"class": 0, "count": 1}, OTHERS)
    for kind in ("Point", "LineString", "Polygon")
    for zoom in (6, 12.5, 16)
]  # fmt: skip


@pytest.fixture(params=THEMES)
def style(request):
    names = ["monitoring_points", "monitoring_point_clusters", "projects", "stations", "findings", "areas", "rivers"]
    made = build_style(StyleRequest(request.param, "https://site", names, "330203"))
    loaded = [
        {**layer, "id": f"{layer['id']}-{kind}-{own['kind']}"}
        for kind in ("MultiPolygon", "MultiPoint")
        for own in (GRADED, NAMED)
        for layer in style_layers("own", parse(own), kind, "light")
    ]
    return {**made, "layers": [*made["layers"], *loaded]}


def test_no_word_is_left_that_the_converter_does_not_know(style):
    said = json.dumps([{**layer, "metadata": {}} for layer in for_qgis(style)["layers"]])
    assert [word for word in UNKNOWN if f'"{word}"' in said] == []
    assert '"shape-' not in said


def goes_evenly_by_a_value(expression):
    """What is in steps afterwards."""
    words = [found for found in inside(expression) if isinstance(found, list)]
    return any(word[:1] == ["log10"] or (word[:1] == ["interpolate"] and word[2] != ["zoom"]) for word in words)


def inside(expression):
    """An expression and each one within it."""
    yield expression
    for part in expression if isinstance(expression, list) else []:
        yield from inside(part)


def test_a_match_is_of_a_property_and_an_even_way_by_the_zoom(style):
    """Of anything else the converter makes a comparison with nothing, and says so of the latter only."""
    values = [
        value
        for layer in for_qgis(style)["layers"]
        for value in [*layer.get("paint", {}).values(), *layer.get("layout", {}).values(), layer.get("filter")]
    ]
    words = [found for found in inside(values) if isinstance(found, list) and found]
    assert {found[1][0] for found in words if found[0] == "match"} == {"get"}
    assert {found[2][0] for found in words if found[0] == "interpolate"} == {"zoom"}


def test_what_is_said_in_fewer_words_is_worth_the_same(style):
    before = {layer["id"]: layer for layer in style["layers"]}
    compared = 0
    for layer in for_qgis(style)["layers"]:
        if layer["type"] != before[layer["id"]]["type"]:
            continue
        for part in ("paint", "layout"):
            said = before[layer["id"]].get(part, {})
            for name, value in layer.get(part, {}).items():
                if name in ("text-anchor", "text-offset") and "text-variable-anchor" in said:
                    continue  # of several places the first
                for feature in FEATURES:
                    old = worth(said[name], feature)
                    loose = 0.3 if goes_evenly_by_a_value(said[name]) else 1e-4
                    expected = pytest.approx(old, rel=loose) if isinstance(old, int | float) else old
                    assert worth(value, feature) == expected, (layer["id"], name, feature.properties, feature.zoom)
                    compared += 1
    assert compared > 1_000


def test_what_shows_only_when_pointed_at_is_left_out_and_nothing_else(style):
    left_out = {layer["id"] for layer in style["layers"]} - {layer["id"] for layer in for_qgis(style)["layers"]}
    assert "monitoring_points-halo" in left_out
    shown = [name for name in left_out if not name.startswith("own:halo") and not name.endswith(POINTED_AT)]
    assert shown == []


def test_a_name_stands_at_the_first_of_its_places(style):
    (label,) = [layer for layer in for_qgis(style)["layers"] if layer["id"] == "monitoring_points-label"]
    assert (label["layout"]["text-anchor"], label["layout"]["text-offset"]) == ("top", [0, 2])
    assert "text-variable-anchor" not in str(for_qgis(style)["layers"])


def test_the_class_of_a_water_point_is_a_sign_by_name(style):
    (points,) = [layer for layer in for_qgis(style)["layers"] if layer["id"] == "monitoring_points"]
    name, found, *pairs = points["layout"]["icon-image"]
    assert (name, found, pairs[-1]) == ("match", ["get", "class"], "water-0")
    assert dict(zip(pairs[:-1:2], pairs[1:-1:2], strict=True))[6] == "water-6"


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        (["case", ["boolean", ["feature-state", "a"], False], 1, 2], 2),
        (["case", ["has", "a"], 1, True, 2, 3], ["case", ["has", "a"], 1, 2]),
        (["*", 2, ["case", ["feature-state", "a"], 9, 1]], 2),
        (["*", ["get", "a"], 1], ["get", "a"]),
        (["any", False, ["has", "a"]], ["has", "a"]),
        (["all", True, True], True),
        (["==", ["typeof", ["get", "a"]], "null"], ["!", ["has", "a"]]),
        (
            ["coalesce", ["get", "a"], ["get", "b"], 3],
            ["case", ["has", "a"], ["get", "a"], ["has", "b"], ["get", "b"], 3],
        ),
        (["match", ["coalesce", ["get", "a"], 0], 1, "x", "y"], ["match", ["get", "a"], 1, "x", "y"]),
        (
            ["match", ["coalesce", ["get", "a"], 1], 1, "x", "y"],
            ["case", ["has", "a"], ["match", ["get", "a"], 1, "x", "y"], "x"],
        ),
        (["match", ["to-string", ["get", "a"]], "6", 1, 2], ["case", ["==", ["to-string", ["get", "a"]], "6"], 1, 2]),
        (["==", ["coalesce", ["get", "a"], 0], 6], ["==", ["get", "a"], 6]),
        (["==", ["coalesce", ["get", "a"], 6], 6], ["any", ["!", ["has", "a"]], ["==", ["get", "a"], 6]]),
        (["*", 3, ["match", ["get", "a"], "p", 2, 1]], ["match", ["get", "a"], "p", 6, 3]),
        (["*", 2, ["step", ["get", "a"], 1, 5, 2]], ["step", ["get", "a"], 2, 5, 4]),
        (
            ["interpolate", ["linear"], ["get", "a"], 0, 0, 4, 8],
            ["step", ["get", "a"], 0, 0, 1, 1, 3, 2, 5, 3, 7, 4, 8],
        ),
        (["literal", ["case", 1]], ["literal", ["case", 1]]),
        ([0, 1], [0, 1]),
    ],
)
def test_folding(given, expected):
    assert fold(given) == expected
