"""A bounding box as addresses carry it: ``west,south,east,north`` in WGS 84 degrees."""

from math import isfinite

from geokit.refusal import BadInput, FieldError
from geokit.wording import gettext as _

BBox = tuple[float, float, float, float]
"""West, south, east, north in degrees (EPSG:4326)."""


def parse_bbox(text: str, field: str = "in_bbox") -> BBox:
    """Read `text` as west, south, east, north; raise :class:`BadInput` that says what is wrong.

    >>> parse_bbox("121.5,29.8,121.6,29.9")
    (121.5, 29.8, 121.6, 29.9)
    """
    try:
        numbers = [float(part) for part in text.split(",")]
    except ValueError:
        numbers = []
    if len(numbers) != 4 or not all(isfinite(number) for number in numbers):
        raise _bad(field, _("范围“%s”不是四个数字。请写成 西,南,东,北，例如 121.5,29.8,121.6,29.9。") % text[:60])
    west, south, east, north = numbers
    if not (-180 <= west < east <= 180 and -90 <= south < north <= 90):
        raise _bad(field, _("范围“%s”不成立：西须小于东，南须小于北，且都在经纬度范围内。") % text[:60])
    return west, south, east, north


def _bad(field: str, message: str) -> BadInput:
    return BadInput(message, code="bad-bbox", errors=[FieldError(field, "bad-bbox", message)])
