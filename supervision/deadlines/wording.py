"""How the last day of a clock was found, in words for the page."""

from django.utils.formats import date_format
from django.utils.translation import gettext as _

from supervision.deadlines.clocks import Ending


def in_words(ending: Ending) -> str:
    """Say why the day is not the one that the period alone gives, and where the calendar is not official; else ""."""
    words = []
    if ending.day != ending.nominal:
        days = {"from": date_format(ending.nominal, "MONTH_DAY_FORMAT"), "to": date_format(ending.day)}
        words.append(_("%(from)s为休息日，顺延至%(to)s（民法典第二百零三条）。") % days)
    words += [_("%(year)s年的放假安排尚未公布，只按周末计算。") % {"year": year} for year in ending.guessed]
    return "".join(words)
