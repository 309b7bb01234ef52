"""Styles as MapLibre draws them."""

from dataclasses import replace
from typing import Any

import pytest

from layers.models import Layer
from layers.styling.legend import entries
from layers.styling.maplibre import all_classes, by_class, style_layers
from layers.styling.style import Labels, Style, StyleClass, Symbol
from tests.data.maplibre_reader import run

KINDS = Style(
    kind="categorized", field="grade",
    classes=(StyleClass("#0072b2", value="一级"), StyleClass("#e69f00", value="12", dash="dashed", shape="star")),
)  # fmt: skip
GRADES = Style(
    kind="graduated", field="depth",
    classes=(StyleClass("#111111", min=0, max=2), StyleClass("#222222", min=2, max=5),
             StyleClass("#333333", min=5, max=9)),
)  # fmt: skip


@pytest.mark.parametrize(
    ("value", "colour"),
    [("一级", "#0072b2"), (12, "#e69f00"), ("二级", KINDS.other.colour), ("", KINDS.other.colour),
     (None, KINDS.no_data.colour)],
)  # fmt: skip
def test_each_category_has_its_colour_and_the_rest_have_theirs(value: Any, colour: str) -> None:
    assert run(by_class(KINDS, lambda item: item.colour), {"grade": value}) == colour


@pytest.mark.parametrize(
    ("value", "colour"),
    [(-3, "#111111"), (1.9, "#111111"), (2, "#222222"), (5, "#333333"), (40, "#333333"),
     (None, GRADES.no_data.colour), ("n/a", GRADES.no_data.colour)],
)  # fmt: skip
def test_each_number_has_its_grade(value: Any, colour: str) -> None:
    assert run(by_class(GRADES, lambda item: item.colour), {"depth": value}) == colour


def test_no_classes_at_all_is_still_drawn() -> None:
    empty = Style(kind="categorized", field="grade")
    assert run(by_class(empty, lambda item: item.colour), {"grade": "x"}) == empty.other.colour


LINES = ("pipes:line", "pipes:line-dashed", "pipes:line-dotted")


def test_lines_of_each_dash_are_a_layer_and_together_they_draw_everything_once() -> None:
    layers = style_layers("pipes", KINDS, "MultiLineString", "light")
    assert {layer["id"] for layer in layers} == {"pipes:covered", *LINES}
    for value in ("一级", 12, "二级", None):
        drawn = [layer["id"] for layer in layers if run(layer["filter"], {"grade": value}, "LineString")]
        assert len(drawn) == 1, value
    assert "line-dasharray" not in layers[1]["paint"]


def test_points_are_circles_until_a_class_has_another_shape() -> None:
    plain = style_layers("taps", GRADES, "MultiPoint", "light")
    assert [layer["id"] for layer in plain] == ["taps:cells", "taps:halo", "taps:point"]
    assert plain[-1]["type"] == "circle"
    shaped = style_layers("taps", KINDS, "MultiPoint", "dark")[-1]
    assert shaped["type"] == "symbol"
    assert run(shaped["layout"]["icon-image"], {"grade": 12}) == "shape-star"
    assert run(shaped["layout"]["icon-image"], {"grade": "一级"}) == "shape-circle"


def test_areas_have_a_fill_beneath_their_outline() -> None:
    style = Style(symbol=Symbol(outline="#123456", fill_opacity=0.5), opacity=0.5)
    _covered, fill, outline = style_layers("zones", style, "MultiPolygon", "light")
    assert fill["paint"]["fill-opacity"][-1] == 0.25
    assert outline["paint"]["line-color"] == "#123456"


def test_an_area_without_outlines_has_a_hair_of_its_own_colour_so_that_the_smallest_is_seen() -> None:
    style = Style(symbol=Symbol(colour="#123456", outline_width=0, fill_opacity=0.5))
    _covered, _fill, edge = style_layers("zones", style, "MultiPolygon", "light")
    assert (edge["paint"]["line-color"], edge["paint"]["line-opacity"]) == ("#123456", 0.5)
    assert edge["paint"]["line-width"] > 0.5


@pytest.mark.parametrize("geometry_type", ["MultiPolygon", "MultiLineString", "Geometry"])
@pytest.mark.parametrize(("value", "colour"), [("一级", "#0072b2"), ("二级", KINDS.other.colour)])
def test_what_is_left_out_is_a_square_in_the_colour_of_its_largest_class(
    geometry_type: str, value: str, colour: str
) -> None:
    square = {"left_out": 9, "covered_share": 0.02, "grade": value}
    layers = style_layers("zones", replace(KINDS, labels=Labels("grade")), geometry_type, "light")
    (drawn,) = [layer for layer in layers if run(layer.get("filter", True), square, "Polygon")]
    assert drawn["id"] == "zones:covered"
    assert run(drawn["paint"]["fill-color"], square) == colour
    assert run(drawn["paint"]["fill-color"], {"left_out": 9}) not in {item.colour for item in all_classes(KINDS)}


def test_a_cell_is_denser_the_more_of_it_is_covered_and_never_invisible() -> None:
    covered = style_layers("zones", Style(), "MultiPolygon", "light")[0]
    shares = (0.001, 0.05, 0.3, 1)
    dense = [run(covered["paint"]["fill-opacity"], {"covered_share": share}) for share in shares]
    assert dense == sorted(dense)
    assert dense[0] >= 0.25


def test_zoom_range_and_labels() -> None:
    style = Style(minzoom=9, maxzoom=17, labels=Labels("name", minzoom=13))
    layers = style_layers("taps", style, "MultiPoint", "light")
    assert [(layer["minzoom"], layer["maxzoom"]) for layer in layers] == [(9, 17), (9, 17), (9, 17), (13, 17)]
    assert layers[-1]["layout"]["text-field"] == ["to-string", ["get", "name"]]


def test_a_layer_of_unknown_geometry_is_drawn_as_whatever_comes() -> None:
    types = [layer["type"] for layer in style_layers("mix", Style(), "Geometry", "light")]
    assert types == ["fill", "fill", "line", "line", "circle", "circle", "circle"]


def test_the_legend_always_says_what_is_left_over_and_what_is_missing() -> None:
    layer = Layer(title="管线", geometry_type="MultiLineString")
    listed = entries(layer, KINDS, [5, 2, 1, 3])
    assert [(entry.label, entry.count) for entry in listed] == [("一级", 5), ("12", 2), ("其他", 1), ("无数据", 3)]
    assert [entry.dash for entry in listed] == ["solid", "dashed", "dotted", "dotted"]
    assert entries(layer, GRADES)[-1].label == "无数据"
    assert entries(layer, GRADES)[1].label == "2 至 5"
    assert len(all_classes(GRADES)) == len(entries(layer, GRADES)) == 4


def test_cells_of_many_points_are_in_no_class() -> None:
    cells, _halo, points = style_layers("taps", KINDS, "MultiPoint", "light")
    assert cells["paint"]["circle-color"] not in {item.colour for item in all_classes(KINDS)}
    assert cells["filter"][2][0] == ">" and points["filter"][2][0] == "==", "a feature is in one of the two"
    assert cells["filter"][2][1:] == points["filter"][2][1:]
