"""Styles as MapLibre draws them: a small reader of expressions decides each feature's class as a client would."""

from typing import Any

import pytest

from layers.models import Layer
from layers.styling.legend import entries
from layers.styling.maplibre import all_classes, by_class, style_layers
from layers.styling.style import Labels, Style, StyleClass, Symbol

KINDS = Style(
    kind="categorized", field="grade",
    classes=(StyleClass("#0072b2", value="一级"), StyleClass("#e69f00", value="12", dash="dashed", shape="star")),
)  # fmt: skip
GRADES = Style(
    kind="graduated", field="depth",
    classes=(StyleClass("#111111", min=0, max=2), StyleClass("#222222", min=2, max=5),
             StyleClass("#333333", min=5, max=9)),
)  # fmt: skip


def text_of(value: Any) -> str:
    """`to-string` of the style specification."""
    if value is None:
        return ""
    return str(value).lower() if isinstance(value, bool) else str(value)


def run(expression: Any, properties: dict[str, Any]) -> Any:
    """The part of MapLibre's expression language that styles here are written in."""
    if not isinstance(expression, list):
        return expression
    name, *rest = expression
    if name == "get":
        return properties.get(rest[0])
    if name == "to-string":
        return text_of(run(rest[0], properties))
    if name == "to-number":
        return float(run(rest[0], properties))
    if name == "typeof":
        value = run(rest[0], properties)
        return "null" if value is None else "number" if isinstance(value, int | float) else "string"
    if name == "==":
        return run(rest[0], properties) == run(rest[1], properties)
    if name == "case":
        *pairs, other = rest
        for index in range(0, len(pairs), 2):
            if run(pairs[index], properties):
                return run(pairs[index + 1], properties)
        return run(other, properties)
    if name == "match":
        value = run(rest[0], properties)
        *pairs, other = rest[1:]
        return next((pairs[i + 1] for i in range(0, len(pairs), 2) if pairs[i] == value), other)
    if name == "step":
        value, found = run(rest[0], properties), rest[1]
        for index in range(2, len(rest), 2):
            if value >= rest[index]:
                found = rest[index + 1]
        return found
    raise AssertionError(f"the reader does not know {name}")


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


def test_lines_of_each_dash_are_a_layer_and_together_they_draw_everything_once() -> None:
    layers = style_layers("pipes", KINDS, "MultiLineString", "light")
    assert {layer["id"] for layer in layers} == {"pipes:line", "pipes:line-dashed", "pipes:line-dotted"}
    for value in ("一级", 12, "二级", None):
        drawn = [layer for layer in layers if run(layer["filter"][2], {"grade": value})]
        assert len(drawn) == 1, value
    assert "line-dasharray" not in layers[0]["paint"]


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
    fill, outline = style_layers("zones", style, "MultiPolygon", "light")
    assert fill["paint"]["fill-opacity"][-1] == 0.25
    assert outline["paint"]["line-color"] == "#123456"
    assert len(style_layers("zones", Style(symbol=Symbol(outline_width=0)), "MultiPolygon", "light")) == 1


def test_zoom_range_and_labels() -> None:
    style = Style(minzoom=9, maxzoom=17, labels=Labels("name", minzoom=13))
    layers = style_layers("taps", style, "MultiPoint", "light")
    assert [(layer["minzoom"], layer["maxzoom"]) for layer in layers] == [(9, 17), (9, 17), (9, 17), (13, 17)]
    assert layers[-1]["layout"]["text-field"] == ["to-string", ["get", "name"]]


def test_a_layer_of_unknown_geometry_is_drawn_as_whatever_comes() -> None:
    types = [layer["type"] for layer in style_layers("mix", Style(), "Geometry", "light")]
    assert types == ["fill", "line", "line", "circle", "circle", "circle"]


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
