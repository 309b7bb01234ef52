"""A point in plain words: its verdict, its newest readings, its history."""

from django.utils.translation import gettext as _

from river_monitoring.standard.averages import Span
from river_monitoring.standard.basin import Change, Quality, quality_of
from river_monitoring.standard.evaluation import WaterClass


def condition_of(number: int) -> str:
    """Name the condition that a class stands for (环办[2011]22号)."""
    return quality_in_words(quality_of(WaterClass.of(number))) if number else ""


def quality_in_words(quality: Quality) -> str:
    """Name the state of a river or group in the reader's language."""
    words = {
        Quality.EXCELLENT: _("优"),
        Quality.GOOD: _("良好"),
        Quality.LIGHT: _("轻度污染"),
        Quality.MODERATE: _("中度污染"),
        Quality.HEAVY: _("重度污染"),
        Quality.SHARES_ONLY: _("不足五个断面，只列占比"),
        Quality.UNRATED: _("未评价"),
    }
    return words[quality]


def change_in_words(change: Change) -> str:
    """Name the change between two periods in the reader's language."""
    words = {
        Change.MUCH_BETTER: _("明显好转"),
        Change.BETTER: _("有所好转"),
        Change.NONE: _("无明显变化"),
        Change.WORSE: _("有所下降"),
        Change.MUCH_WORSE: _("明显下降"),
        Change.UNKNOWN: _("无法比较"),
    }
    return words[change]


def span_in_words(span: Span) -> str:
    """``2026年第三季度``."""
    if span.period == "year":
        return _("%(year)s年") % {"year": span.year}
    if span.period == "month":
        return _("%(year)s年%(month)s月") % {"year": span.year, "month": span.number}
    quarter = (_("第一季度"), _("第二季度"), _("第三季度"), _("第四季度"))[span.number - 1]
    return _("%(year)s年%(quarter)s") % {"year": span.year, "quarter": quarter}
