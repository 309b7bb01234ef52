"""Livelihood projects, and deputies' suggestions."""

from collections import Counter
from collections.abc import Callable, Sequence

from django.utils.formats import date_format
from django.utils.translation import gettext as _

from accounts.indicators import Ratio
from projects.models import Project
from projects.plan.services import UNDER_WAY
from reporting.quarterly.blocks import Block, Cell, Heading, Paragraph, Share, Table
from reporting.quarterly.facts import Facts, SuggestionFacts
from reporting.quarterly.lists import BEING_BUILT, of_matters, of_overdue_matters, of_projects
from river_monitoring.standard.averages import Span


def livelihood(facts: Facts) -> list[Block]:
    """This year's projects as they stand: by light, then one by one, the latest behind first."""
    title = Heading(_("民生实事项目"), 1, "projects")
    if not facts.projects:
        return [title, Paragraph(_("%(year)s年没有公开的民生实事项目。") % {"year": facts.span.year})]
    note = _("进度按里程碑权重计算；亮灯表示与计划相比的快慢，只对在办项目。")
    return [title, Paragraph(note, is_note=True), _by_lead(facts), _projects(facts)]


def _by_lead(facts: Facts) -> Table:
    under_way = [project for project in facts.projects if project.status in UNDER_WAY]
    counts = Counter((project.lead.name, project.light) for project in under_way)
    leads = sorted({project.lead.name for project in under_way}, key=lambda name: (-_of_lead(counts, name), name))
    lights = (Project.Light.GREEN, Project.Light.YELLOW, Project.Light.RED, Project.Light.NONE)
    rows: list[list[Cell]] = [
        [name, _of_lead(counts, name), *(counts[name, light] for light in lights)] for name in leads
    ]
    codes = {name: {project.lead.code for project in under_way if project.lead.name == name} for name in leads}
    year = facts.span.year
    total: list[Cell] = [_("合计"), len(under_way), *(sum(counts[name, light] for name in leads) for light in lights)]
    return Table(
        caption=_("各牵头单位在办项目亮灯情况"),
        columns=[_("牵头单位"), _("在办"), *(str(light.label) for light in lights)],
        rows=rows,
        sheet=_("项目亮灯"),
        numeric=frozenset({1, 2, 3, 4, 5}),
        widths=(40, 12, 12, 12, 12, 12),
        total=total,
        lists=[_of_leads(year, codes[name], lights) for name in leads],
        total_lists=["", *_by_light(year, lights)],
        empty=_("没有在办项目。"),
    )


def _of_leads(year: int, codes: set[str], lights: Sequence[str]) -> list[str]:
    """The lists of a row; none where departments of several districts are called the same, as no list has them all."""
    return ["", *_by_light(year, lights, lead=codes.pop())] if len(codes) == 1 else []


def _by_light(year: int, lights: Sequence[str], **narrowed: str) -> list[str]:
    """Projects under way, and those of each light."""
    return [of_projects(year, figure=BEING_BUILT, light=light, **narrowed) for light in ("", *lights)]


def _of_lead(counts: Counter, name: str) -> int:
    return sum(count for (lead, _light), count in counts.items() if lead == name)


def _projects(facts: Facts) -> Table:
    order = {Project.Light.RED: 0, Project.Light.YELLOW: 1, Project.Light.GREEN: 2, Project.Light.NONE: 3}
    ranked = sorted(facts.projects, key=lambda project: (order.get(Project.Light(project.light), 4), project.code))
    rows: list[list[Cell]] = [
        [
            project.name,
            project.area.name,
            project.lead.name,
            project.get_status_display(),
            Share(project.progress, 100),
            project.get_light_display() if project.status in UNDER_WAY else "–",
            date_format(project.ends_on),
        ]
        for project in ranked
    ]
    return Table(
        caption=_("%(year)s年民生实事项目进展（截至成稿日）") % {"year": facts.span.year},
        columns=[_("项目"), _("镇街"), _("牵头单位"), _("阶段"), _("进度"), _("亮灯"), _("计划完成")],
        rows=rows,
        sheet=_("项目"),
        numeric=frozenset({4}),
        widths=(27, 11, 17, 9, 9, 11, 17),
    )


def suggestions(facts: Facts) -> list[Block]:
    found = facts.suggestions
    note = _(
        "只列件数，不涉及提出人。首次答复在期限内为按期。"
        "按期率只算本期提出的建议，分母为其中截至成稿日应答复的件数（已答复，或已超期未答复）。"
    )
    return [
        Heading(_("代表建议办理"), 1, "suggestions"),
        Paragraph(note, is_note=True),
        _departments(facts.span, found),
        _counted(
            _("本期建议的类别"),
            _("类别"),
            found.categories,
            _("建议类别"),
            lambda category: of_matters(facts.span, category=category),
        ),
        _counted(_("本期答复的办理结果"), _("办理结果"), found.results, _("办理结果")),
        _counted(_("本期代表对办理结果的评价"), _("评价"), found.ratings, _("评价")),
    ]


def _departments(span: Span, found: SuggestionFacts) -> Table:
    rows: list[list[Cell]] = [
        [each.name, each.assigned, each.replied, *_ratios(each.ratios), each.overdue] for each in found.departments
    ]
    measured = [str(words) for each in found.indicators for words in (each.denominator, each.numerator, each.title)]
    return Table(
        caption=_("各承办单位办理情况"),
        lists=[_department_lists(span, found, each.code) for each in found.departments],
        columns=[_("承办单位"), _("本期交办"), _("首次答复"), *measured, _("逾期未答复（截至成稿日）")],
        rows=rows,
        sheet=_("建议办理"),
        numeric=frozenset(range(1, 4 + len(measured))),
        widths=(30, 11, 11, *[48 // len(measured)] * len(measured), 18),
        empty=_("本期没有交办、答复或逾期的建议。"),
    )


def _department_lists(span: Span, found: SuggestionFacts, code: str) -> list[str]:
    """The matters that each figure of a department counts; what was done in the quarter has no list of matters."""
    lists: list[str] = ["", "", ""]
    for each in found.indicators:
        named = (each.whole_list, each.part_list)
        whole, part = (of_matters(span, figure, department=code) if figure else "" for figure in named)
        lists += [whole, part, part]
    return [*lists, of_overdue_matters(code)]


def _ratios(ratios: Sequence[Ratio]) -> list[Cell]:
    """Whole, part, and the share where there are enough to speak of one."""
    found: list[Cell] = []
    for ratio in ratios:
        found += [ratio.whole, ratio.part, "–" if ratio.share is None else Share(ratio.part, ratio.whole)]
    return found


def _counted(
    caption: str,
    name: str,
    counts: Sequence[tuple[str, str, int]],
    sheet: str,
    list_of: Callable[[str], str] = lambda value: "",
) -> Table:
    """How often each choice occurs; `list_of` has the list of a choice, where there is one."""
    whole = sum(count for _value, _label, count in counts)
    rows: list[list[Cell]] = [[label, count, Share(count, whole)] for _value, label, count in counts]
    return Table(
        caption=caption,
        columns=[name, _("件数"), _("占比")],
        rows=rows,
        lists=[["", list_of(value), list_of(value)] for value, _label, _count in counts],
        sheet=sheet,
        numeric=frozenset({1, 2}),
        widths=(60, 20, 20),
        empty=_("本期没有。"),
    )
