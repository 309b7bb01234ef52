"""What happened in the quarter, on one page."""

from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from accounts.indicators import Ratio
from projects.models import Project
from projects.plan.services import UNDER_WAY
from reporting.quarterly.blocks import Block, Figures, Heading, Paragraph, Share
from reporting.quarterly.chapters.attention import attention
from reporting.quarterly.charts import share_bars
from reporting.quarterly.facts import Facts
from reporting.quarterly.lists import BEING_BUILT, of_matters, of_overdue_matters, of_points, of_projects
from reporting.quarterly.sentences import followed, sentence
from reporting.quarterly.wording import change_from, in_brackets, is_year, span_before
from river_monitoring.assessment.coverage import unrated_in_words
from river_monitoring.standard.basin import Shares
from river_monitoring.statistics.periods import share_trend
from river_monitoring.statistics.wording import trend_numbers_in_words
from river_monitoring.wording.quality import quality_in_words, span_in_words


def overview(facts: Facts) -> list[Block]:
    """Key numbers and three sentences."""
    return [
        Heading(_("总体情况"), 1, "overview"),
        Figures(_key_numbers(facts), _key_lists(facts)),
        water_sentence(facts),
        _projects_sentence(facts),
        _suggestions_sentence(facts),
        share_bars(_history(facts), _history_caption(facts)),
        Heading(_("需要关注"), 2),
        *attention(facts),
    ]


def _history(facts: Facts) -> list[tuple[str, Shares, str]]:
    return [
        (span_in_words(each.span), each.shares, _("%(count)s 个点位") % {"count": each.shares.rated})
        for each in facts.river.history
    ]


def _history_caption(facts: Facts) -> str:
    words = _("近 %(count)s 年水质类别构成") if is_year(facts.span) else _("近 %(count)s 个季度水质类别构成")
    return words % {"count": len(facts.river.history)}


def _changes(facts: Facts) -> str:
    """Against the quarter before and the year before; a year has the year before only."""
    total = facts.river.towns.total
    change = change_from(total.change, span_before(facts.span))
    if is_year(facts.span):
        return change
    return _("%(change)s，%(year)s") % {"change": change, "year": change_from(total.change_from_year, _("上年同期"))}


def _key_numbers(facts: Facts) -> list[tuple[str, str, str, str]]:
    total, suggestions = facts.river.towns.total, facts.suggestions
    points = _("共 %(count)s 个已评价点位") % {"count": total.rated}
    judged = _("共 %(count)s 个能判断是否达标的点位") % {"count": total.target_judged}
    rated = [total.shares.good, total.shares.inferior] if total.rated else [None, None]
    good, inferior = ("–" if share is None else f"{share:.1f}" for share in rated)
    under_way = [project for project in facts.projects if project.status in UNDER_WAY]
    on_time = sum(project.light == Project.Light.GREEN for project in under_way)
    matters = pgettext("unit", "件")
    return [
        (good, "%", _("Ⅰ至Ⅲ类占比"), points),
        (inferior, "%", _("劣Ⅴ类占比"), points),
        (str(total.target_met), _("个"), _("达到目标类别"), judged),
        (str(on_time), matters, _("民生实事项目按期"), _("共 %(count)s 件在办") % {"count": len(under_way)}),
        (str(suggestions.replied), matters, _("本期首次答复"), _in_time(suggestions.in_time)),
        (str(suggestions.overdue), matters, _("建议逾期未答复"), _("截至成稿日")),
    ]


def _key_lists(facts: Facts) -> list[tuple[str, str]]:
    """Of each key number the list that it counts, and the list of what it is of."""
    points, year = of_points(facts.span), facts.span.year
    return [
        (points["good"], points["rated"]),
        (points["inferior"], points["rated"]),
        (points["met"], points["judged"]),
        (of_projects(year, figure=BEING_BUILT, light=Project.Light.GREEN), of_projects(year, figure=BEING_BUILT)),
        ("", ""),
        (of_overdue_matters(), ""),
    ]


def _in_time(ratio: Ratio) -> str:
    return _("本期提出的应答复 %(due)s 件，按期 %(count)s 件") % {"due": ratio.whole, "count": ratio.part}


def water_sentence(facts: Facts) -> Paragraph:
    """The state of the district's waters, against the quarter before and the year before, and the trend."""
    total = facts.river.towns.total
    if not total.rated:
        return Paragraph(_("%(span)s没有可评价的水样。") % {"span": span_in_words(facts.span)})
    values = {
        "span": span_in_words(facts.span),
        "points": total.points,
        "rated": total.rated,
        "good": f"{total.shares.good:.1f}",
        "inferior": f"{total.shares.inferior:.1f}",
        "quality": quality_in_words(total.state.quality),
        "changes": _changes(facts),
        "met": Share(total.target_met, total.target_judged),
        "met_count": total.target_met,
    }
    template = _(
        "%(span)s，全区 %(points)s 个监测点位中 %(rated)s 个参与评价，Ⅰ至Ⅲ类占 %(good)s%%，劣Ⅴ类占 %(inferior)s%%，"
        "水质状况为%(quality)s，%(changes)s。达到目标类别的 %(met_count)s 个，占 %(met)s。"
    )
    unrated = unrated_in_words(total.coverage)
    unrated_words = unrated + _("。") if unrated else ""
    trend = trend_numbers_in_words(share_trend(facts.river.history))
    rated = sum(1 for each in facts.river.history if each.shares.rated)
    quarters, years = _("近 %(count)s 个季度Ⅰ至Ⅲ类占比%(trend)s"), _("近 %(count)s 年Ⅰ至Ⅲ类占比%(trend)s")
    trend_words = (years if is_year(facts.span) else quarters) % {"count": rated, "trend": trend.sentence}
    numbers = in_brackets(trend.numbers) if trend.numbers else ""
    points = of_points(facts.span)
    lists = {
        "points": points["all"],
        "rated": points["rated"],
        "good": points["good"],
        "inferior": points["inferior"],
        "met": points["met"],
        "met_count": points["met"],
    }
    return followed(sentence(template, values, lists), unrated_words + trend_words + numbers + _("。"))


def _projects_sentence(facts: Facts) -> Paragraph:
    year = facts.span.year
    if not facts.projects:
        return Paragraph(_("%(year)s年没有公开的民生实事项目。") % {"year": year})
    under_way = [project for project in facts.projects if project.status in UNDER_WAY]
    lights = {light: sum(project.light == light for project in under_way) for light in Project.Light}
    values = {
        "year": year,
        "count": len(facts.projects),
        "under_way": len(under_way),
        "green": lights[Project.Light.GREEN],
        "yellow": lights[Project.Light.YELLOW],
        "red": lights[Project.Light.RED],
    }
    of_lights = {light.value: of_projects(year, figure=BEING_BUILT, light=light) for light in Project.Light}
    lists = {"count": of_projects(year), "under_way": of_projects(year, figure=BEING_BUILT), **of_lights}
    template = _(
        "%(year)s年民生实事项目共 %(count)s 件，在办 %(under_way)s 件，"
        "其中按期 %(green)s 件、滞后 %(yellow)s 件、严重滞后 %(red)s 件。"
    )
    return sentence(template, values, lists)


def _suggestions_sentence(facts: Facts) -> Paragraph:
    found = facts.suggestions
    values = {
        "submitted": found.submitted,
        "replied": found.replied,
        "due": found.in_time.whole,
        "in_time": found.in_time.part,
        "closed": found.closed,
        "overdue": found.overdue,
    }
    lists = {
        "submitted": of_matters(facts.span),
        "due": of_matters(facts.span, "due"),
        "in_time": of_matters(facts.span, "in-time"),
        "overdue": of_overdue_matters(),
    }
    template = _(
        "本期收到代表建议 %(submitted)s 件，首次答复 %(replied)s 件，办结 %(closed)s 件；"
        "本期提出的截至成稿日应答复 %(due)s 件，其中按期答复 %(in_time)s 件；全部建议中逾期未答复 %(overdue)s 件。"
    )
    return sentence(template, values, lists)
