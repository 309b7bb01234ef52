"""Trends and changes in the reader's language."""

from dataclasses import dataclass

from django.utils.translation import gettext as _

from river_monitoring.rank_trend import FEWEST, RankTrend
from river_monitoring.series import Step
from river_monitoring.standards import Parameter


@dataclass(frozen=True)
class TrendWords:
    """A trend as the page says it: the sentence, the numbers that it rests on, and whether it is for the better."""

    sentence: str
    numbers: str
    better: bool | None


def trend_in_words(trend: RankTrend, parameter: Parameter) -> TrendWords:
    """Say whether a series rises or falls, with N, rs and the critical value; or that there is too little of it."""
    if trend.direction == "too-few":
        few = _("数据太少，不判断趋势") + _("（%(count)s 期，至少要 %(fewest)s 期）")
        return TrendWords(few % {"count": trend.count, "fewest": FEWEST}, "", None)
    values = {"count": trend.count, "critical": f"{trend.critical:.3f}"}
    if trend.coefficient is None:
        return TrendWords(_("数值没有变化"), _("N=%(count)s") % values, None)
    level = "0.01" if trend.strong else "0.05"
    pattern = _("N=%(count)s，rs=%(rs)s，临界值 Wp=%(critical)s（0.05）")
    numbers = pattern % {**values, "rs": f"{trend.coefficient:.3f}".replace("-", "−")}
    if trend.direction == "none":
        return TrendWords(_("无显著趋势"), numbers, None)
    words = _("显著上升（%(level)s 水平）") if trend.direction == "rising" else _("显著下降（%(level)s 水平）")
    if parameter.direction == "range" or parameter.judged == "never":
        return TrendWords(words % {"level": level}, numbers, None)
    better = (trend.direction == "rising") == (parameter.direction == "min")
    return TrendWords(words % {"level": level}, numbers, better)


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
