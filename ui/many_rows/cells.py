"""Text of cells read and written: days as the site and as spreadsheets write them, whole numbers, amounts of money."""

import re
from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from functools import lru_cache

from django.utils.formats import date_format
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from geokit.refusal import refuse

_DAY = re.compile(r"(\d{4})\s*[-/.年]\s*(\d{1,2})\s*[-/.月]\s*(\d{1,2})\s*日?", re.ASCII)
"""As the site writes a day, and as spreadsheets do."""


A_DAY = date(2026, 3, 5)
"""By which is shown how a day is written."""


def day_text(when: date | None) -> str:
    """A day as every page of the site writes it."""
    return _day_text(when, get_language()) if when else ""


@lru_cache(maxsize=4096)
def _day_text(when: date, _language: str | None) -> str:
    return date_format(when)


def day(key: str, text: str) -> date | None:
    """Read a day; None for an empty cell. Raises BadInput at `key`."""
    if not text.strip():
        return None
    found = _DAY.fullmatch(text.strip())
    try:
        if found is None:  # as the English pages write it
            return datetime.strptime(text.strip(), "%d %b %Y").date()
        return date(*map(int, found.groups()))
    except ValueError:
        shown = day_text(A_DAY)
        message = _("日期“%(text)s”读不懂，请写成 %(shown)s 的样子。") % {"text": text, "shown": shown}
        raise refuse(key, "unreadable-date", message) from None


def whole(key: str, text: str) -> int:
    """Read a whole number, with or without a per cent sign. Raises BadInput at `key`."""
    try:
        return int(text.strip().rstrip("%％"))
    except ValueError:
        raise refuse(key, "unreadable-number", _("“%s”不是整数。") % text) from None


def amount_wan(key: str, text: str) -> Decimal | None:
    """Read money in units of ten thousand yuan; None for an empty cell. Raises BadInput at `key`."""
    if not text.strip():
        return None
    try:
        found = Decimal(text.strip().replace(",", ""))
    except InvalidOperation:
        raise refuse(key, "unreadable-number", _("“%s”不是数字。") % text) from None
    if not found.is_finite() or abs(found) >= 10**8:
        raise refuse(key, "out-of-range", _("金额 %s 不可能，单位是万元。") % text)
    return found.quantize(Decimal("0.01"))
