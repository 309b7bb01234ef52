"""Trends and changes in the reader's language."""

from dataclasses import dataclass, replace

from django.utils.translation import gettext as _

from river_monitoring.standard.evaluation import Parameter
from river_monitoring.standard.rank_trend import FEWEST, RankTrend
from river_monitoring.standard.trophic import Level
from river_monitoring.statistics.series import Step


@dataclass(frozen=True)
class TrendWords:
    """A trend in words: the sentence, the numbers that it rests on, and whether it is for the better."""

    sentence: str
    numbers: str
    better: bool | None


def trend_in_words(trend: RankTrend, parameter: Parameter) -> TrendWords:
    """Return whether a parameter rises or falls, with N, rs and critical value, or that there are too few values."""
    words = trend_numbers_in_words(trend)
    if trend.direction not in ("rising", "falling") or parameter.direction == "range" or parameter.judged == "never":
        return words
    return replace(words, better=(trend.direction == "rising") == (parameter.direction == "min"))


def trend_numbers_in_words(trend: RankTrend) -> TrendWords:
    """The same of any series, without a judgement of better and worse."""
    if trend.direction == "too-few":
        few = _("数据太少，不判断趋势") + _("（%(count)s 期，至少要 %(fewest)s 期）")
        return TrendWords(few % {"count": trend.count, "fewest": FEWEST}, "", None)
    if trend.coefficient is None:
        return TrendWords(_("数值没有变化"), _("N=%(count)s") % {"count": trend.count}, None)
    rs = f"{trend.coefficient:.3f}".replace("-", "−")
    pattern = _("N=%(count)s，rs=%(rs)s，临界值 Wp=%(critical)s（0.05）")
    numbers = pattern % {"count": trend.count, "rs": rs, "critical": f"{trend.critical:.3f}"}
    if trend.direction == "none":
        return TrendWords(_("无显著趋势"), numbers, None)
    words = _("显著上升（%(level)s 水平）") if trend.direction == "rising" else _("显著下降（%(level)s 水平）")
    return TrendWords(words % {"level": "0.01" if trend.strong else "0.05"}, numbers, None)


def level_in_words(level: Level) -> str:
    """Name a trophic level."""
    words: dict[Level, str] = {
        "oligotrophic": _("贫营养"),
        "mesotrophic": _("中营养"),
        "light": _("轻度富营养"),
        "moderate": _("中度富营养"),
        "hyper": _("重度富营养"),
    }
    return words[level]


def step_in_words(step: Step) -> str:
    """``下降 12.3%（好转）``."""
    size = f"{abs(step.percent):.1f}%"
    if size == "0.0%":
        return _("持平")
    change = _("上升 %(size)s") if step.percent > 0 else _("下降 %(size)s")
    words = change % {"size": size}
    if step.better is None:
        return words
    return words + (_("（好转）") if step.better else _("（变差）"))
