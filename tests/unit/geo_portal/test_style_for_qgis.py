"""The style for QGIS: the same looks where nothing is pointed at, in words that its converter knows."""

import json

import pytest

from geo_portal.styles import THEMES, StyleRequest, build_style
from geo_portal.styles.for_qgis import fold, for_qgis
from layers.styling.maplibre import style_layers
from layers.styling.style import parse
from ogc.pictures.expressions import Feature, worth

UNKNOWN = ("feature-state", "typeof", "boolean", "to-boolean")
GRADED = {"version": 1, "kind": "graduated", "field": "area", "method": "manual", "classes": [
    {"min": 0, "max": 5, "colour": "#ff0000", "label": "小"}, {"min": 5, "max": 9, "colour": "#00ff00", "label": "大"},
]}  # fmt: skip
RATED = {"class": 6, "status": "listed", "count": 3, "area": 7.5, "at_least": True}
FEATURES = [
    Feature(properties, kind, zoom)
    for properties in ({}, RATED, {"class": 0, "count": 1})
    for kind in ("Point", "LineString", "Polygon")
    for zoom in (6, 12.5, 16)
]  # fmt: skip


@pytest.fixture(params=THEMES)
def style(request):
    names = ["monitoring_points", "monitoring_point_clusters", "projects", "stations", "findings", "areas", "rivers"]
    made = build_style(StyleRequest(request.param, "https://site", names, "330203"))
    loaded = [
        layer for kind in ("MultiPolygon", "MultiPoint") for layer in style_layers("own", parse(GRADED), kind, "light")
    ]
    return {**made, "layers": [*made["layers"], *loaded]}


def test_no_word_is_left_that_the_converter_does_not_know(style):
    said = json.dumps(for_qgis(style)["layers"])
    assert [word for word in UNKNOWN if f'"{word}"' in said] == []
    assert '"shape-' not in said


def test_what_is_said_in_fewer_words_is_worth_the_same(style):
    before = {layer["id"]: layer for layer in style["layers"]}
    compared = 0
    for layer in for_qgis(style)["layers"]:
        if layer["type"] != before[layer["id"]]["type"]:
            continue
        for part in ("paint", "layout"):
            for name, value in layer.get(part, {}).items():
                for feature in FEATURES:
                    old = worth(before[layer["id"]][part][name], feature)
                    assert worth(value, feature) == old, (layer["id"], name, feature.properties, feature.zoom)
                    compared += 1
    assert compared > 1_000


def test_what_shows_only_when_pointed_at_is_left_out_and_nothing_else(style):
    left_out = {layer["id"] for layer in style["layers"]} - {layer["id"] for layer in for_qgis(style)["layers"]}
    assert "monitoring_points-halo" in left_out
    assert all(name.endswith(("-halo", ":halo", "-lit", "-selected")) for name in left_out), left_out


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
        (["literal", ["case", 1]], ["literal", ["case", 1]]),
        ([0, 1], [0, 1]),
    ],
)
def test_folding(given, expected):
    assert fold(given) == expected
