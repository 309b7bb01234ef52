"""A layer's style as SLD 1.0.0 (OGC 02-070), which GeoServer, SuperMap, MapServer and QGIS read."""

from layers.styling.maplibre import AREAS, GEOMETRIES, INKS, LINES, POINTS
from layers.styling.sheets.rules import DASHES, Rule, number, rules_of, scales
from layers.styling.style import Style
from ogc.ows.xml import attribute, text

MARKS = {"circle": "circle", "square": "square", "triangle": "triangle", "star": "star", "cross": "cross"}
"""The marks that the standard names; a diamond is a square on its corner."""


def sld(name: str, title: str, style: Style, geometry_type: str) -> str:
    """Return the document. Sizes are pixels, those of zoom 14."""
    drawn = GEOMETRIES.get(geometry_type, (AREAS, LINES, POINTS))
    rules = "".join(_rule(rule, style, drawn) for rule in rules_of(style))
    return (
        '<?xml version="1.0" encoding="UTF-8"?>\n'
        '<StyledLayerDescriptor version="1.0.0" xmlns="http://www.opengis.net/sld"'
        ' xmlns:ogc="http://www.opengis.net/ogc">'
        f"<NamedLayer><Name>{text(name)}</Name><UserStyle><Name>{text(name)}</Name><Title>{text(title)}</Title>"
        f"<FeatureTypeStyle>{rules}</FeatureTypeStyle>{_labels(style)}</UserStyle></NamedLayer></StyledLayerDescriptor>\n"
    )


def _rule(rule: Rule, style: Style, drawn: tuple[str, ...]) -> str:
    parts = []
    if AREAS in drawn:
        parts.append(_area(rule, style))
    if LINES in drawn:
        parts.append(_line(rule.colour, style.symbol.width, rule.dash, style.opacity))
    if POINTS in drawn:
        parts.append(_point(rule, style))
    return f"<Rule><Title>{text(rule.label)}</Title>{_condition(rule)}{_scales(style)}{''.join(parts)}</Rule>"


def _condition(rule: Rule) -> str:
    if not rule.field:
        return ""
    if rule.is_other:
        return "<ElseFilter/>"
    named = f"<ogc:PropertyName>{text(rule.field)}</ogc:PropertyName>"
    if rule.is_null:
        return f"<ogc:Filter><ogc:PropertyIsNull>{named}</ogc:PropertyIsNull></ogc:Filter>"
    if rule.equals is not None:
        return f"<ogc:Filter>{_compared('EqualTo', named, rule.equals)}</ogc:Filter>"
    bounds = [
        *([_compared("GreaterThanOrEqualTo", named, number(rule.low))] if rule.low is not None else []),
        *([_compared("LessThan", named, number(rule.high))] if rule.high is not None else []),
    ]
    if not bounds:
        is_null = f"<ogc:PropertyIsNull>{named}</ogc:PropertyIsNull>"
        return f"<ogc:Filter><ogc:Not>{is_null}</ogc:Not></ogc:Filter>"
    return f"<ogc:Filter>{f'<ogc:And>{"".join(bounds)}</ogc:And>' if len(bounds) > 1 else bounds[0]}</ogc:Filter>"


def _compared(how: str, named: str, value: str) -> str:
    return f"<ogc:PropertyIs{how}>{named}<ogc:Literal>{text(value)}</ogc:Literal></ogc:PropertyIs{how}>"


def _scales(style: Style) -> str:
    smallest, largest = scales(style)
    low = f"<MinScaleDenominator>{number(smallest)}</MinScaleDenominator>" if smallest else ""
    return low + (f"<MaxScaleDenominator>{number(largest)}</MaxScaleDenominator>" if largest else "")


def _area(rule: Rule, style: Style) -> str:
    symbol = style.symbol
    opacity = round(symbol.fill_opacity * style.opacity, 3)
    outline = symbol.outline or rule.colour
    stroke = _stroke(outline, symbol.outline_width, rule.dash, style.opacity) if symbol.outline_width else ""
    return f"<PolygonSymbolizer>{_fill(rule.colour, opacity)}{stroke}</PolygonSymbolizer>"


def _line(colour: str, width: float, dash: str, opacity: float) -> str:
    return f"<LineSymbolizer>{_stroke(colour, width, dash, opacity)}</LineSymbolizer>"


def _point(rule: Rule, style: Style) -> str:
    symbol = style.symbol
    outline = symbol.outline or "#ffffff"
    stroke = _stroke(outline, symbol.outline_width, "solid", style.opacity) if symbol.outline_width else ""
    shape = f"<WellKnownName>{MARKS.get(rule.shape, 'square')}</WellKnownName>"
    mark = f"<Mark>{shape}{_fill(rule.colour, 1)}{stroke}</Mark>"
    turned = "<Rotation>45</Rotation>" if rule.shape == "diamond" else ""
    size = f"<Opacity>{number(style.opacity)}</Opacity><Size>{number(symbol.size * 2)}</Size>{turned}"
    return f"<PointSymbolizer><Graphic>{mark}{size}</Graphic></PointSymbolizer>"


def _fill(colour: str, opacity: float) -> str:
    return f"<Fill>{_css('fill', colour)}{_css('fill-opacity', number(opacity))}</Fill>"


def _stroke(colour: str, width: float, dash: str, opacity: float) -> str:
    dashes = " ".join(number(round(part * width, 3)) for part in DASHES.get(dash, ()))
    said = {"stroke": colour, "stroke-width": number(width), "stroke-opacity": number(opacity)}
    said |= {"stroke-dasharray": dashes} if dashes else {"stroke-linejoin": "round"}
    return f"<Stroke>{''.join(_css(name, value) for name, value in said.items())}</Stroke>"


def _css(name: str, value: str) -> str:
    return f"<CssParameter name={attribute(name)}>{text(value)}</CssParameter>"


def _labels(style: Style) -> str:
    """Text beside each feature from the scale on at which the map has it; apart, or no feature would meet "else"."""
    if style.labels is None:
        return ""
    ink = INKS["light"]
    font = _css("font-family", "Noto Sans SC") + _css("font-size", number(style.labels.size))
    halo = f"<Halo><Radius>{number(style.labels.halo)}</Radius>{_fill(ink['halo'], 1)}</Halo>"
    named = f"<Label><ogc:PropertyName>{text(style.labels.field)}</ogc:PropertyName></Label>"
    largest = scales(Style(minzoom=max(style.minzoom, style.labels.minzoom)))[1]
    bound = f"<MaxScaleDenominator>{number(largest)}</MaxScaleDenominator>" if largest else ""
    fill = f"<Fill>{_css('fill', ink['label'])}</Fill>"
    symbol = f"<TextSymbolizer>{named}<Font>{font}</Font>{halo}{fill}</TextSymbolizer>"
    return f"<FeatureTypeStyle><Rule>{bound}{symbol}</Rule></FeatureTypeStyle>"
