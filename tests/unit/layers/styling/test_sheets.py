"""A style in the languages of other programs: each feature gets the colour there that it has on the map."""

import sqlite3
from dataclasses import replace
from typing import Any
from xml.etree.ElementTree import Element, fromstring

import pytest

from layers.styling.maplibre import by_class
from layers.styling.sheets.qml import qml
from layers.styling.sheets.sld import sld
from layers.styling.style import Labels, Style, StyleClass, Symbol
from tests.data.maplibre_reader import run

SLD, OGC = "{http://www.opengis.net/sld}", "{http://www.opengis.net/ogc}"
KINDS = Style(
    kind="categorized", field="grade",
    classes=(StyleClass("#0072b2", value="一级"), StyleClass("#e69f00", value="12", dash="dashed", shape="star"),
             StyleClass("#117733", value='O\'Neil <&> "塘"'), StyleClass("#aa4499", value="")),
)  # fmt: skip
GRADES = Style(
    kind="graduated", field="depth",
    classes=(StyleClass("#111111", min=0, max=2), StyleClass("#222222", min=2, max=5.5),
             StyleClass("#333333", min=5.5, max=9)),
)  # fmt: skip
ONE = Style(kind="graduated", field="depth", classes=(StyleClass("#444444", min=1, max=2),))
NONE = Style(kind="categorized", field="grade")
VALUES: list[tuple[Style, Any]] = [
    *((KINDS, value) for value in ("一级", 12, '"塘"', 'O\'Neil <&> "塘"', "", "二级", None)),
    *((GRADES, value) for value in (-3, 0, 1.9, 2, 5, 5.5, 9, 40, None)),
    *((ONE, value) for value in (0, 1.5, 7, None)),
    *((NONE, value) for value in ("一级", None)),
    (Style(), None),
]
KIND_OF = {"MultiPolygon": "PolygonSymbolizer", "MultiLineString": "LineSymbolizer", "MultiPoint": "PointSymbolizer"}


def sld_rules(style: Style, geometry_type: str = "MultiPolygon") -> list[Element]:
    root = fromstring(sld("ponds", "小微 <水体>", style, geometry_type))
    assert root.get("version") == "1.0.0"
    return root.findall(f".//{SLD}FeatureTypeStyle")[0].findall(f"{SLD}Rule")


def meets(condition: Element, value: Any) -> bool:
    """What a map server makes of a filter."""
    name = condition.tag.removeprefix(OGC)
    if name in ("Filter", "And"):
        return all(meets(part, value) for part in condition)
    if name == "Not":
        return not meets(condition[0], value)
    if name == "PropertyIsNull":
        return value is None
    literal = condition.findtext(f"{OGC}Literal", "")
    if name == "PropertyIsEqualTo":
        return value is not None and str(value) == literal
    return value is not None and {"PropertyIsGreaterThanOrEqualTo": value >= float(literal),
                                  "PropertyIsLessThan": value < float(literal)}[name]  # fmt: skip


def sld_colour(style: Style, value: Any) -> str:
    rules = sld_rules(style)
    conditions = [rule.find(f"{OGC}Filter") for rule in rules]
    elses = [rule for rule in rules if rule.find(f"{SLD}ElseFilter") is not None]
    hit = [
        rule for rule, condition in zip(rules, conditions, strict=True)
        if rule not in elses and (condition is None or meets(condition, value))
    ]  # fmt: skip
    (rule,) = hit or elses
    return next(css.text or "" for css in rule.iter(f"{SLD}CssParameter") if css.get("name") == "fill")


def qml_colour(style: Style, value: Any) -> str:
    """QGIS' conditions are such that a database understands them too."""
    text = qml(style, "MultiPolygon")
    root = fromstring(text[text.index("<qgis") :])
    base = sqlite3.connect(":memory:")
    base.create_function("to_string", 1, lambda given: None if given is None else str(given))
    base.execute("CREATE TABLE t (grade, depth)")
    base.execute("INSERT INTO t VALUES (?, ?)", [value, value])
    rules = root.findall(".//rule")
    hit = [
        rule for rule in rules
        if rule.get("filter") != "ELSE" and base.execute(f"SELECT 1 FROM t WHERE {rule.get('filter', '1')}").fetchone()
    ] or [rule for rule in rules if rule.get("filter") == "ELSE"]  # fmt: skip
    (rule,) = hit
    (option,) = root.findall(f".//symbol[@name='{rule.get('symbol')}']//Option[@name='color']")
    red, green, blue, _opacity = map(int, option.get("value", "").split(","))
    return f"#{red:02x}{green:02x}{blue:02x}"


@pytest.mark.parametrize(("style", "value"), VALUES)
def test_a_feature_has_the_colour_of_the_map_and_meets_one_rule(style: Style, value: Any) -> None:
    colour = run(by_class(style, lambda item: item.colour), {"grade": value, "depth": value})
    assert (sld_colour(style, value), qml_colour(style, value)) == (colour, colour)


@pytest.mark.parametrize("geometry_type", KIND_OF)
def test_each_kind_of_geometry_has_its_symbols(geometry_type: str) -> None:
    rules = sld_rules(KINDS, geometry_type)
    assert {child.tag.removeprefix(SLD) for rule in rules for child in rule} - {f"{OGC}Filter"} == {
        "Title", "ElseFilter", KIND_OF[geometry_type],
    }  # fmt: skip
    symbols = {"MultiPolygon": "SimpleFill", "MultiLineString": "SimpleLine", "MultiPoint": "SimpleMarker"}
    assert qml(KINDS, geometry_type).count(f'class="{symbols[geometry_type]}"') == len(rules) == 6


def test_a_mixed_layer_is_drawn_by_all_symbols() -> None:
    (rule,) = sld_rules(Style(), "Geometry")
    assert {child.tag.removeprefix(SLD) for child in rule} == {"Title", *KIND_OF.values()}


def test_shapes_dashes_sizes_and_scales_are_said() -> None:
    star = Style(symbol=Symbol(shape="diamond", size=6), minzoom=10, maxzoom=16)
    (rule,) = sld_rules(star, "MultiPoint")
    assert rule.findtext(f".//{SLD}WellKnownName") == "square" and rule.findtext(f".//{SLD}Rotation") == "45"
    assert rule.findtext(f".//{SLD}Size") == "12"
    assert float(rule.findtext(f"{SLD}MaxScaleDenominator", "")) == pytest.approx(272_989, rel=1e-3)
    assert float(rule.findtext(f"{SLD}MinScaleDenominator", "")) == pytest.approx(4_265, rel=1e-3)
    assert 'name="size" type="QString" value="12"' in qml(star, "MultiPoint")
    dashed = Style(symbol=Symbol(dash="dashed", width=2))
    assert any(css.text == "8 4" for css in sld_rules(dashed, "MultiLineString")[0].iter(f"{SLD}CssParameter"))
    assert 'value="8;4"' in qml(dashed, "MultiLineString")


def test_labels_stand_apart_so_that_else_still_means_else() -> None:
    labelled = replace(KINDS, labels=Labels("name"))
    root = fromstring(sld("ponds", "小微水体", labelled, "MultiPolygon"))
    classes, labels = root.findall(f".//{SLD}FeatureTypeStyle")
    assert labels.findtext(f".//{SLD}Label/{OGC}PropertyName") == "name"
    assert classes.find(f".//{SLD}TextSymbolizer") is None
    assert 'fieldName="name"' in qml(labelled, "MultiPolygon")


def test_characters_that_no_xml_holds_are_left_out() -> None:
    odd = replace(KINDS, classes=(StyleClass("#0072b2", value="a\x01\x0bb", label="\x02"),))
    assert "ab" in sld("p", "\x03", odd, "MultiPoint")
    assert fromstring(qml(odd, "MultiPoint").split("\n", 1)[1]).tag == "qgis"
