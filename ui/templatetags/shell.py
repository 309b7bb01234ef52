"""Signs of every page: icons, water classes, rings and lights, colours of the map on paper."""

from typing import Any

from django import template
from django.template import Context
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext

from ui import tokens
from ui.icons import ICONS

register = template.Library()


@register.simple_tag
def icon(name: str) -> SafeString:
    """Draw one line icon; decorative, so hidden from screen readers."""
    drawing = mark_safe(ICONS[name])  # noqa: S308  constant of our own
    return format_html(
        '<svg class="icon" viewBox="0 0 24 24" aria-hidden="true" focusable="false">{}</svg>',
        drawing,
    )


@register.simple_tag
def water_classes() -> list[tokens.Entry]:
    """List the water classes for legends, best first, unrated last."""
    return tokens.in_words(tokens.WATER_CLASSES)


@register.simple_tag
def rings() -> list[tokens.Entry]:
    """List the rings that tell where a rectification stands, for legends."""
    return tokens.rings_in_words()


@register.simple_tag
def lights() -> list[tokens.Entry]:
    """List the lights of a project's progress, for legends."""
    return tokens.in_words(tokens.LIGHTS)


@register.filter
def class_label(value: int | None) -> str:
    """Name a water class by its number: ``6`` -> 劣Ⅴ类, ``0`` or nothing -> 未评价."""
    return gettext(tokens.water_class(value or 0)["label"])


@register.filter
def class_fill(value: int | None) -> str:
    """Return the colour of a water class: ``6`` -> red."""
    return str(tokens.water_class(value or 0)["fill"])


@register.filter
def class_numeral(value: int | None) -> str:
    """Return the short sign of a water class: ``6`` -> 劣Ⅴ."""
    return str(tokens.water_class(value or 0)["numeral"])


@register.filter
def class_outline(value: int | None) -> str:
    """Return the corners of a water class's shape around 0, 0, for an SVG polygon; empty for the dashed ring."""
    corners = tokens.SHAPES.get(tokens.water_class(value or 0)["shape"], [])
    return " ".join(f"{x:g},{y:g}" for x, y in corners)


@register.simple_tag
def map_colour(name: str) -> str:
    """Return a colour of the light base map, for maps on paper."""
    return str(tokens.map_colours("light")[name])


@register.filter
def class_ink(value: int | None) -> str:
    """Return the colour of text on a water class's own colour."""
    return str(tokens.water_class(value or 0)["ink"])


@register.filter
def media(tags: str, query: str) -> SafeString:
    """Have the `link`s that a library writes hold for the media `query` alone; it gives them none."""
    return mark_safe(tags.replace("<link ", f'<link data-map-file media="{query}" '))  # noqa: S308  the library's own


@register.simple_tag(takes_context=True)
def map_picture(context: Context) -> Any:
    """Draw what stands in the map's place until it is there: the page's own picture, or that of the thing it is about.

    A page that htmx puts into the panel of another brings none: the map is there already.
    """
    if getattr(context["request"], "htmx", False):
        return ""
    thing = context.get("map_thing")
    return context["picture_of"](thing) if thing is not None else context.get("first_picture", "")
