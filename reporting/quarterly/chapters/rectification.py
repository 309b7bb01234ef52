"""Points of inferior class V and where their rectification stands."""

from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from reporting.quarterly.blocks import Block, Cell, Heading, Paragraph, Table
from reporting.quarterly.chapters.river import inferior_points
from reporting.quarterly.facts import Facts
from reporting.quarterly.lists import of_points_now
from reporting.quarterly.sentences import sentence
from reporting.quarterly.wording import day_words, primary_words, status_words
from river_monitoring.steps.table import TABLE, State


def rectification(facts: Facts) -> list[Block]:
    return [
        Heading(_("劣Ⅴ类水点位治理"), 1, "rectification"),
        _steps_sentence(facts),
        _standing(facts),
        _inferior(facts),
        _overdue(facts),
    ]


def _steps_sentence(facts: Facts) -> Paragraph:
    steps = facts.river.steps
    # Who comes back from a suspension or a refused acceptance is neither listed nor started anew.
    listed = sum(count for (source, to), count in steps.items() if to == State.LISTED and source != State.SUSPENDED)
    relapsed = sum(
        count for (source, to), count in steps.items() if to == State.LISTED and source in TABLE.in_group("delisted")
    )
    delisted = sum(
        count for (source, to), count in steps.items() if to == State.DELISTED and source == State.ACCEPTANCE_ASKED
    )
    values = {
        "listed": listed,
        "relapsed": relapsed,
        "started": steps[State.PLANNED, State.UNDER_WAY],
        "delisted": delisted,
        "overdue": len(facts.river.overdue),
    }
    template = _(
        "本期挂号 %(listed)s 个（其中反弹重新挂号 %(relapsed)s 个），"
        "开工治理 %(started)s 个，验收销号 %(delisted)s 个；"
        "截至成稿日逾期未完成 %(overdue)s 个。"
    )
    return sentence(template, values, {"overdue": of_points_now(overdue="true")})


def _standing(facts: Facts) -> Table:
    rows: list[list[Cell]] = [[str(row["label"]), row["count"]] for row in facts.river.status_counts]
    return Table(
        caption=_("治理进展（截至成稿日）"),
        columns=[_("治理状态"), pgettext("column", "点位数")],
        rows=rows,
        sheet=_("治理进展"),
        numeric=frozenset({1}),
        widths=(70, 30),
        total=[_("合计"), sum(row["count"] for row in facts.river.status_counts)],
        lists=[["", of_points_now(status=row["status"])] for row in facts.river.status_counts],
        total_lists=["", of_points_now()],
    )


def _inferior(facts: Facts) -> Table:
    rows: list[list[Cell]] = [
        [
            item.point.name,
            item.point.area.name,
            item.point.department.short_name,
            primary_words(item.section.evaluation),
            status_words(item.point),
            day_words(item.point),
        ]
        for item in inferior_points(facts)
    ]
    return Table(
        caption=_("本期评价为劣Ⅴ类的点位"),
        columns=[_("点位"), _("镇街"), _("责任部门"), _("主要污染指标（超Ⅲ类倍数）"), _("治理状态"), _("整治期限")],
        rows=rows,
        sheet=_("劣Ⅴ类点位"),
        widths=(22, 12, 12, 25, 11, 18),
        empty=_("本期没有评价为劣Ⅴ类的点位。"),
    )


def _overdue(facts: Facts) -> Table:
    rows: list[list[Cell]] = [
        [
            point.name,
            point.area.name,
            point.department.short_name,
            str(TABLE.label(point.status)),
            date_format(point.due_on) if point.due_on else "–",
            (facts.today - point.due_on).days if point.due_on else "–",
        ]
        for point in facts.river.overdue
    ]
    return Table(
        caption=_("逾期未完成治理的点位（截至成稿日）"),
        columns=[_("点位"), _("镇街"), _("责任部门"), _("治理状态"), _("整治期限"), _("逾期天数")],
        rows=rows,
        sheet=_("逾期"),
        numeric=frozenset({5}),
        widths=(26, 14, 15, 13, 19, 13),
        empty=_("没有逾期的点位。"),
    )
