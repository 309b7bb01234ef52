"""A quarter as people name it, and its days."""

import re
from datetime import date

from django.utils import timezone
from django.utils.translation import gettext as _

from geokit.refusal import BadInput
from river_monitoring.standard.averages import Span, span_of

NAMED = re.compile(r"(?P<year>\d{4})-?[Qq](?P<number>[1-4])", re.ASCII)
FIRST_YEAR = 2000


def read_quarter(text: str, today: date | None = None) -> Span:
    """Read ``2026Q3`` or ``2026-Q3``. Raises BadInput for anything else, and for a quarter that has not begun."""
    found = NAMED.fullmatch(text.strip())
    if not found or int(found["year"]) < FIRST_YEAR:
        message = _("季度“%s”读不懂，应为 2026Q3。") % text[:20]
        raise BadInput(message, code="bad-quarter")
    quarter = Span(int(found["year"]), int(found["number"]), "quarter")
    if quarter.first_day > (today or timezone.localdate()):
        raise BadInput(_("%s 还没有开始，不能出报告。") % quarter, code="quarter-not-begun")
    return quarter


def offered_quarters(today: date | None = None, count: int = 8) -> list[Span]:
    """The quarter that runs and those before it, newest first."""
    quarters = [span_of(today or timezone.localdate(), "quarter")]
    while len(quarters) < count:
        quarters.append(quarters[-1].before)
    return quarters
