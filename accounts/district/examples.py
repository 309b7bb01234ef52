"""Examples in forms and messages, out of the district's own record: its coordinates, a place, its telephone code."""

from typing import Any

from django.utils.functional import lazy
from django.utils.translation import gettext as _

from accounts.district.queries import CHINA, current


def words() -> dict[str, str]:
    """Return what patterns may name: `lng` and `lat` (degrees), `place`, `phone` and `prefix`."""
    record = current()
    west, south, east, north = record.box or CHINA
    return {
        "lng": f"{(west + east) / 2:.2f}",
        "lat": f"{(south + north) / 2:.2f}",
        "place": record.example_place or _("示例镇示例村"),
        "phone": f"{record.phone_code}-80000000".lstrip("-"),
        "prefix": record.code_prefix,
    }


def fill(pattern: Any) -> str:
    """Return a pattern with the district's own examples: ``fill(_("例如 %(lng)s 和 %(lat)s"))``."""
    return str(pattern) % words()


fill_lazily = lazy(fill, str)
"""The same for a form's texts, which are written before it is known who reads them."""
