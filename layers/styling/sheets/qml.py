"""A layer's style as QGIS has it (`.qml`): a renderer by rules, one symbol for each, and labels."""

from layers.styling.maplibre import AREAS, GEOMETRIES, INKS, LINES
from layers.styling.sheets.rules import DASHES, Rule, number, rules_of, scales
from layers.styling.style import Style
from ogc.ows.xml import attribute

VERSION = "3.28.0"
SHAPES = {"circle": "circle", "square": "square", "triangle": "triangle", "diamond": "diamond", "star": "star",
          "cross": "cross_fill"}  # fmt: skip


def qml(style: Style, geometry_type: str) -> str:
    """Return the document. Sizes are pixels, those of zoom 14."""
    kind = (GEOMETRIES.get(geometry_type) or (AREAS,))[0]
    rules = rules_of(style)
    listed = "".join(_rule(rule, index) for index, rule in enumerate(rules))
    symbols = "".join(_symbol(rule, index, style, kind) for index, rule in enumerate(rules))
    return (
        "<!DOCTYPE qgis PUBLIC 'http://mrcc.com/qgis.dtd' 'SYSTEM'>\n"
        f'<qgis version="{VERSION}" styleCategories="Symbology|Labeling|Rendering" {_scales(style)}>'
        '<renderer-v2 type="RuleRenderer" symbollevels="0" forceraster="0" enableorderby="0">'
        f'<rules key="rules">{listed}</rules><symbols>{symbols}</symbols></renderer-v2>{_labels(style)}'
        f"<layerOpacity>{number(style.opacity)}</layerOpacity></qgis>\n"
    )


def _scales(style: Style) -> str:
    """The larger denominator comes first: QGIS calls it the minimum scale."""
    smallest, largest = scales(style)
    flag = "1" if smallest or largest else "0"
    bounds = f'minScale="{number(largest or 1e10)}" maxScale="{number(smallest or 0)}"'
    return f'hasScaleBasedVisibilityFlag="{flag}" {bounds}'


def _rule(rule: Rule, index: int) -> str:
    condition = _condition(rule)
    chosen = f" filter={attribute(condition)}" if condition else ""
    return f'<rule key="rule{index}" symbol="{index}" label={attribute(rule.label)}{chosen}/>'


def _condition(rule: Rule) -> str:
    """Return the rule in the language of QGIS; ELSE holds what no other rule does."""
    if not rule.field or rule.is_other:
        return "ELSE" if rule.is_other else ""
    named = '"' + rule.field.replace('"', '""') + '"'
    if rule.is_null:
        return f"{named} IS NULL"
    if rule.equals is not None:
        return f"to_string({named}) = '" + rule.equals.replace("\\", "\\\\").replace("'", "''") + "'"
    bounds = [
        *([f"{named} >= {number(rule.low)}"] if rule.low is not None else []),
        *([f"{named} < {number(rule.high)}"] if rule.high is not None else []),
    ]
    return " AND ".join(bounds) or f"{named} IS NOT NULL"


def _symbol(rule: Rule, index: int, style: Style, kind: str) -> str:
    if kind == AREAS:
        name, layer, options = "fill", "SimpleFill", _area(rule, style)
    elif kind == LINES:
        name, layer, options = "line", "SimpleLine", _line(rule, style)
    else:
        name, layer, options = "marker", "SimpleMarker", _marker(rule, style)
    said = "".join(f'<Option name="{key}" type="QString" value={attribute(value)}/>' for key, value in options.items())
    older = "".join(f'<prop k="{key}" v={attribute(value)}/>' for key, value in options.items())
    return (
        f'<symbol name="{index}" type="{name}" alpha="1" clip_to_extent="1" force_rhr="0">'
        f'<layer class="{layer}" enabled="1" locked="0" pass="0"><Option type="Map">{said}</Option>{older}</layer>'
        "</symbol>"
    )


def _area(rule: Rule, style: Style) -> dict[str, str]:
    symbol = style.symbol
    return {
        "color": _colour(rule.colour, symbol.fill_opacity),
        "style": "solid",
        "outline_color": _colour(symbol.outline or rule.colour),
        "outline_width": number(symbol.outline_width),
        "outline_width_unit": "Pixel",
        "outline_style": _pen(rule.dash) if symbol.outline_width else "no",
    }


def _line(rule: Rule, style: Style) -> dict[str, str]:
    width = style.symbol.width
    dashes = ";".join(number(round(part * width, 3)) for part in DASHES.get(rule.dash, ()))
    own = {"use_custom_dash": "1", "customdash": dashes, "customdash_unit": "Pixel"} if dashes else {}
    return {
        "line_color": _colour(rule.colour), "line_width": number(width), "line_width_unit": "Pixel",
        "line_style": "solid", "joinstyle": "round", "capstyle": "flat" if dashes else "round", **own,
    }  # fmt: skip


def _marker(rule: Rule, style: Style) -> dict[str, str]:
    symbol = style.symbol
    return {
        "name": SHAPES.get(rule.shape, "circle"), "color": _colour(rule.colour), "size": number(symbol.size * 2),
        "size_unit": "Pixel", "outline_color": _colour(symbol.outline or "#ffffff"),
        "outline_width": number(symbol.outline_width), "outline_width_unit": "Pixel",
        "outline_style": "solid" if symbol.outline_width else "no",
    }  # fmt: skip


def _pen(dash: str) -> str:
    return {"dashed": "dash", "dotted": "dot", "dashdot": "dash dot"}.get(dash, "solid")


def _colour(text: str, opacity: float = 1) -> str:
    red, green, blue = (int(text[at : at + 2], 16) for at in (1, 3, 5))
    return f"{red},{green},{blue},{round(opacity * 255)}"


def _labels(style: Style) -> str:
    if style.labels is None:
        return '<labeling type="simple"/>'
    ink, labels = INKS["light"], style.labels
    font = f'fontFamily="Noto Sans SC" fontSize="{number(labels.size)}" fontSizeUnit="Pixel"'
    halo = (
        f'<text-buffer bufferDraw="{1 if labels.halo else 0}" bufferSize="{number(labels.halo)}"'
        f' bufferSizeUnits="Pixel" bufferColor="{_colour(ink["halo"])}"/>'
    )
    largest = number(scales(Style(minzoom=labels.minzoom))[1] or 0)
    return (
        f'<labeling type="simple"><settings><text-style fieldName={attribute(labels.field)} isExpression="0" {font}'
        f' textColor="{_colour(ink["label"])}">{halo}</text-style>'
        f'<rendering drawLabels="1" scaleVisibility="{1 if labels.minzoom else 0}" scaleMin="{largest}" scaleMax="0"/>'
        "</settings></labeling>"
    )
