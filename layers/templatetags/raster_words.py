"""Numbers and facts of rasters in the reader's words."""

from typing import Any

from django import template
from django.utils.formats import number_format

from layers.rasters.raster_layers import raster_legend
from layers.storage.models import Layer, LayerVersion

register = template.Library()


@register.filter
def amount(value: float | None) -> str:
    """A measured value with four digits that count, a dash for none."""
    if value is None:
        return "—"
    size = abs(value)
    decimals = 0 if size >= 1000 or float(value).is_integer() else 1 if size >= 100 else 2 if size >= 1 else 4
    return number_format(value, decimals, use_l10n=True, force_grouping=size >= 10_000)


@register.filter
def share(value: float | None) -> str:
    """A share from 0 to 1 in per cent; never 100 % while something is missing."""
    if value is None:
        return "—"
    percent = 100 * value
    if 99.95 <= percent < 100:
        return ">99.9%"
    return f"{number_format(percent, 0 if percent in (0, 100) else 1)}%"


@register.simple_tag
def raster_page(layer: Layer, version: LayerVersion) -> dict[str, Any]:
    """What the page of a raster shows besides what every layer's page does."""
    west, south, east, north = version.bbox or (0.0, 0.0, 0.0, 0.0)
    return {
        "legend": raster_legend(layer, version),
        "raster": version.raster,
        "lng": f"{(west + east) / 2:.5f}",
        "lat": f"{(south + north) / 2:.5f}",
    }
