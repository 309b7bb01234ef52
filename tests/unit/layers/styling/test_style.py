"""The JSON of a style: what is read is what was written, and what is wrong is named."""

from typing import Any

import pytest

from geokit.refusal import BadInput
from layers.models import Layer
from layers.storage.columns import Column
from layers.styling.maplibre import INKS
from layers.styling.palettes import LABELS, for_kind, licences, palettes
from layers.styling.style import Labels, Style, StyleClass, Symbol, default_style, fitting, parse, style_of
from ui import tokens

GRADES = Style(
    kind="graduated", field="depth", method="natural", palette="ylgnbu",
    classes=(StyleClass("#ffffcc", min=0, max=2.5), StyleClass("#253494", "深", shape="star", min=2.5, max=9)),
    labels=Labels("name"), minzoom=9, opacity=0.8,
)  # fmt: skip
KINDS = Style(
    kind="categorized", field="grade", palette="okabe-ito",
    classes=(StyleClass("#0072b2", value="一级"), StyleClass("#e69f00", dash="dashed", value="")),
    symbol=Symbol(outline="#000000", dash="dotted"),
)  # fmt: skip
COLUMNS = [Column("深度", "depth", "double"), Column("级别", "grade", "text"), Column("名称", "name", "text")]


@pytest.mark.parametrize("style", [Style(), GRADES, KINDS])
def test_a_style_is_read_as_it_was_written(style: Style) -> None:
    assert parse(style.as_json()) == style


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"version": 2}, "version"),
        ({"kind": "heatmap"}, "kind"),
        ({"symbol": {"colour": "red"}}, "symbol.colour"),
        ({"symbol": {"colour": "#12345"}}, "symbol.colour"),
        ({"symbol": {"size": 400}}, "symbol.size"),
        ({"symbol": {"size": "5"}}, "symbol.size"),
        ({"symbol": {"size": float("nan")}}, "symbol.size"),
        ({"symbol": {"shape": "skull"}}, "symbol.shape"),
        ({"symbol": []}, "symbol."),
        ({"opacity": 1.2}, "opacity"),
        ({"opacity": True}, "opacity"),
        ({"minzoom": 12, "maxzoom": 12}, "maxzoom"),
        ({"palette": "rainbow"}, "palette"),
        ({"labels": {"field": "name", "size": 2}}, "labels.size"),
        ({"field": ""}, "field"),
        ({"classes": "all"}, "classes"),
        ({"classes": [{"colour": "#000000", "value": "a"}] * 2}, "classes"),
        ({"classes": [{"colour": "#000000"}]}, "classes"),
        ({"classes": [{"colour": "#000000", "value": str(n)} for n in range(41)]}, "classes"),
    ],
)
def test_what_is_wrong_is_refused_by_its_path(change: dict[str, Any], field: str) -> None:
    with pytest.raises(BadInput) as caught:
        parse({**KINDS.as_json(), **change})
    assert caught.value.code == "style-invalid"
    assert [error.field for error in caught.value.errors] == [field]


@pytest.mark.parametrize("bounds", [[(0, 2), (3, 4)], [(2, 1)], [(0, 0), (0, 1)], [(0, None)]])
def test_grades_must_ascend_and_meet(bounds: list[tuple[float, float | None]]) -> None:
    classes = [{"colour": "#000000", "min": low, "max": high} for low, high in bounds]
    with pytest.raises(BadInput) as caught:
        parse({**GRADES.as_json(), "classes": classes})
    assert caught.value.errors[0].field == "classes"


def test_the_last_grade_may_hold_the_maximum_alone() -> None:
    classes = [{"colour": "#000000", "min": 0, "max": 5}, {"colour": "#000000", "min": 5, "max": 5}]
    assert parse({**GRADES.as_json(), "classes": classes}).inner == [5]


def test_a_style_does_without_what_the_reader_may_not_read() -> None:
    assert fitting(GRADES, COLUMNS) == GRADES
    hidden = fitting(GRADES, COLUMNS[1:2])
    assert (hidden.kind, hidden.classes, hidden.labels, hidden.fields) == ("single", (), None, set())
    assert fitting(GRADES, [Column("深度", "depth", "text"), COLUMNS[2]]).kind == "single"


def test_a_stored_style_that_makes_no_sense_is_drawn_plainly() -> None:
    layer = Layer(pk=3, geometry_type="MultiPoint", style={"version": 1, "kind": "nonsense"})
    assert style_of(layer, COLUMNS) == default_style(layer)
    assert default_style(layer).symbol.outline == "#ffffff"


def test_every_palette_has_words_a_licence_and_enough_colours() -> None:
    assert set(LABELS) == set(palettes())
    for palette in palettes().values():
        assert palette.licence in licences()
        for count in range(1, 13):
            colours = palette.colours(count)
            assert len(colours) == count
            assert colours[::-1] == palette.colours(count, reverse=True)
    assert for_kind("graduated")[0].kind == "sequential"
    assert for_kind("categorized")[0].name == "okabe-ito"


def luminance(colour: str) -> float:
    def linear(part: int) -> float:
        share = part / 255
        return share / 12.92 if share <= 0.04045 else ((share + 0.055) / 1.055) ** 2.4

    red, green, blue = (linear(int(colour[i : i + 2], 16)) for i in (1, 3, 5))
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def test_ordered_palettes_run_from_light_to_dark() -> None:
    for palette in palettes().values():
        if palette.kind == "sequential":
            for colours in palette.sets.values():
                lights = [luminance(colour) for colour in colours]
                assert lights == sorted(lights, reverse=True), palette.name


def test_labels_have_the_base_maps_own_inks() -> None:
    for theme, inks in INKS.items():
        assert inks == {name: tokens.map_colours(theme)[name] for name in inks}
