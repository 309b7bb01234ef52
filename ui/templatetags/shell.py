"""The frame around every page: navigation, icons, legend."""

from typing import Any

from django import template
from django.urls import NoReverseMatch, reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from accounts.models import Role
from accounts.permissions import ANONYMOUS, role_of
from ui import tokens
from ui.icons import ICONS

register = template.Library()

# url name, label, icon; a namespace keeps the place lit on the pages below it.
PLACES = (
    ("map", _("地图"), "map"),
    ("river:list", _("河道"), "river"),
    ("projects:list", _("项目"), "project"),
    ("stations:list", _("联络站"), "station"),
    ("layers:list", _("数据"), "layers"),
    ("work", _("工作"), "inbox"),
    ("numbers", _("统计"), "numbers"),
)
SIGNED_IN_ONLY = {"work"}
REPORTERS = {ANONYMOUS, Role.DEPUTY, Role.STAFF, Role.ADMIN}


@register.simple_tag
def icon(name: str) -> SafeString:
    """Draw one line icon; decorative, so hidden from screen readers."""
    drawing = mark_safe(ICONS[name])  # noqa: S308  constant of our own
    return format_html(
        '<svg class="icon" viewBox="0 0 24 24" aria-hidden="true" focusable="false">{}</svg>',
        drawing,
    )


def _address(name: str) -> str | None:
    try:
        return reverse(name)
    except NoReverseMatch:
        return None


def _is_current(name: str, match: Any) -> bool:
    if match is None:
        return False
    namespace, _colon, _rest = name.rpartition(":")
    return match.namespace == namespace if namespace else match.view_name == name


@register.simple_tag(takes_context=True)
def places(context: dict) -> list[dict]:
    """List the places of the site that this person has, the current one marked."""
    request = context.get("request")
    role = role_of(getattr(request, "user", None))
    match = getattr(request, "resolver_match", None)
    found = []
    for name, label, icon_name in PLACES:
        address = _address(name)
        if address is None or (name in SIGNED_IN_ONLY and role == ANONYMOUS):
            continue
        found.append({"url": address, "label": label, "icon": icon_name, "current": _is_current(name, match)})
    return found


@register.simple_tag(takes_context=True)
def report_url(context: dict) -> str:
    """Return where to report what one sees, for those who may; the public is asked to sign in."""
    role = role_of(getattr(context.get("request"), "user", None))
    return (_address("supervision:report") or "") if role in REPORTERS else ""


@register.simple_tag
def water_classes() -> list[dict]:
    """List the water classes for legends, best first, unrated last."""
    return tokens.in_words(tokens.WATER_CLASSES)


@register.simple_tag
def rings() -> list[dict]:
    """List the rings that tell where a rectification stands, for legends."""
    return tokens.in_words(tokens.RINGS)


@register.simple_tag
def lights() -> list[dict]:
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
