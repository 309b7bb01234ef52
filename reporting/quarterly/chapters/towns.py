"""A part for each town: in words, then its map and its points with the numbers of the map.

What is said of projects and suggestions stands before the map: after the table it would stand alone on a page.
"""

from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from accounts.models import Area
from reporting.quarterly.blocks import Block, Cell, Heading, Paragraph, Share, Table
from reporting.quarterly.facts import Facts
from reporting.quarterly.lists import of_points, of_projects
from reporting.quarterly.maps import town_map
from reporting.quarterly.sentences import followed, sentence
from reporting.quarterly.wording import (
    change_from,
    class_words,
    day_words,
    good_of,
    item_words,
    primary_words,
    span_before,
    status_words,
)
from river_monitoring.assessment.coverage import reasons_in_words, unrated_in_words
from river_monitoring.statistics.period_table import GroupRow
from river_monitoring.statistics.periods import PointPeriod
from river_monitoring.wording.quality import quality_in_words


def towns(facts: Facts) -> list[Block]:
    rows = {row.code: row for row in facts.river.towns.rows}
    blocks: list[Block] = [
        Heading(_("分镇街情况"), 1, "towns"),
        Paragraph(_("每个镇街一节；图上的数字是表中点位的序号。"), is_note=True),
    ]
    for town in facts.towns:
        blocks += _town(facts, town, rows.get(town.code))
    return blocks


def _town(facts: Facts, town: Area, row: GroupRow | None) -> list[Block]:
    items = sorted(facts.river.of_area(town), key=lambda item: (-item.number, item.point.code))
    return [
        Heading(town.name, 2, f"town-{town.code}"),
        _water(facts, row),
        _matters(facts, town),
        town_map(town, facts.towns, facts.reaches, items, _("%(town)s监测点位") % {"town": town.name}),
        _points(town, items),
    ]


def _water(facts: Facts, row: GroupRow | None) -> Paragraph:
    if row is None or not row.points:
        return Paragraph(_("没有监测点位。"))
    points = of_points(facts.span, "town", row.code)
    if not row.rated:
        words = _("%(points)s 个监测点位，本期都没有可评价的水样：%(reasons)s。")
        values = {"points": row.points, "reasons": reasons_in_words(row.coverage)}
        return sentence(words, values, {"points": points["all"]})
    rank = _("在全区列第 %(rank)s 位") % {"rank": row.rank} if row.rank else _("已评价点位少，不排名次")
    good = good_of(row)
    inferior = sum(row.shares.counts.get(found, 0) for found in row.shares.counts if found.number == 6)
    values = {
        "points": row.points,
        "rated": row.rated,
        "good": good,
        "good_share": Share(good, row.rated),
        "inferior": inferior,
        "quality": quality_in_words(row.state.quality),
        "change": change_from(row.change, span_before(facts.span)),
        "met": row.target_met,
        "rank": rank,
    }
    lists = {
        "points": points["all"],
        "rated": points["rated"],
        "good": points["good"],
        "good_share": points["good"],
        "inferior": points["inferior"],
        "met": points["met"],
    }
    template = _(
        "%(points)s 个监测点位中 %(rated)s 个参与评价：Ⅰ至Ⅲ类 %(good)s 个（%(good_share)s），劣Ⅴ类 %(inferior)s 个，"
        "达到目标 %(met)s 个；水质状况%(quality)s，%(change)s；%(rank)s。"
    )
    unrated = unrated_in_words(row.coverage)
    return followed(sentence(template, values, lists), unrated + _("。") if unrated else "")


def _points(town: Area, items: list[PointPeriod]) -> Table:
    rows: list[list[Cell]] = [
        [
            place,
            item.point.name,
            item_words(item),
            class_words(item.assessment.target),
            primary_words(item.section.evaluation),
            status_words(item.point),
            day_words(item.point),
        ]
        for place, item in enumerate(items, start=1)
    ]
    return Table(
        caption=_("%(town)s各点位本期评价") % {"town": town.name},
        columns=[
            _("序号"), _("点位"), pgettext("water", "类别"), pgettext("water", "目标"),
            _("主要污染指标（超Ⅲ类倍数）"), _("治理状态"), _("整治期限"),
        ],
        rows=rows,
        sheet="",
        numeric=frozenset({0}),
        widths=(6, 23, 9, 9, 25, 11, 17),
        empty=_("没有监测点位。"),
    )  # fmt: skip


def _matters(facts: Facts, town: Area) -> Paragraph:
    projects = [project for project in facts.projects if project.area_id == town.pk]
    behind = [project for project in projects if project.light in ("yellow", "red")]
    values = {
        "projects": len(projects),
        "behind": len(behind),
        "suggestions": facts.town_suggestions.get(town.pk, 0),
        "names": _("（%(names)s）") % {"names": _("、").join(project.name for project in behind)} if behind else "",
    }
    year = facts.span.year
    lists = {
        "projects": of_projects(year, area=town.code),
        "behind": of_projects(year, figure="behind", area=town.code),
    }
    template = _(
        "民生实事项目 %(projects)s 件，其中滞后 %(behind)s 件%(names)s；"
        "本期由辖区内发现转成的代表建议 %(suggestions)s 件。"
    )
    return sentence(template, values, lists)
