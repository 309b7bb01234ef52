"""What this room holds of a district, as rows: livelihood projects in any stage, each with its milestones."""

import re
from collections.abc import Callable, Sequence
from datetime import date
from decimal import Decimal
from typing import Any

from django.db.models import Prefetch, QuerySet
from django.utils.translation import gettext, gettext_noop
from django.utils.translation import gettext_lazy as _

from accounts.areas.outlines import Outlines
from accounts.areas.position import nearest_town, town_at
from accounts.district import examples
from accounts.loads import Column, Dataset, GivenRow, Shape
from accounts.loads.cells import (
    day_cell,
    needed_shape,
    number_cell,
    parse_number,
    parse_whole,
    shape_cell,
)
from accounts.loads.removal import remove_unused
from accounts.loads.together import by_code, departments_of, read_and_written, towns_of
from accounts.models import Area, User
from accounts.permissions import Asker
from geokit.refusal import BadInput, refuse
from ledger.actors import account_of
from projects.plan.editing import MilestoneRow, edit_project, plan_milestones
from projects.plan.models import Milestone, Project
from projects.plan.stage_table import STAGES
from projects.stages.entry import EnteredMilestone
from projects.stages.together import GivenProject, enter_project, enter_projects
from ui.sheet_rows import choice_value, optional_text, parse_day, required_text
from ui.sheets import SheetRow

STEP = re.compile(
    r"^(?P<title>.{1,80}?)\s+(?P<weight>\d{1,3})%\s+(?P<due>\d{4}-\d\d-\d\d)(?:\s+(?P<done>\d{4}-\d\d-\d\d))?$"
)
EXAMPLE_STEPS = "完成设计 20% 2026-03-31 2026-03-20；完成施工 60% 2026-10-31；竣工验收 20% 2026-12-15"
MOST_STEPS = 40
REASON = gettext_noop("启用平台时录入")

COLUMNS = (
    Column("code", _("编号"), examples.fill_lazily("%(prefix)s2026-01"), needed=True, aliases=("项目编号",)),
    Column("name", _("名称"), _("示例镇社区食堂"), needed=True, aliases=("项目名称",)),
    Column("year", _("年度"), "2026", needed=True),
    Column("category", _("类别"), _("养老服务"), choices=tuple(Project.Category.choices), needed=True),
    Column("status", _("阶段"), _("实施"), choices=tuple(STAGES.choices()), help=_("新增时必填；以后在项目页上变更。")),
    Column("lead", _("牵头单位"), "water", needed=True, help=_("部门的代码、名称或简称。"), aliases=("责任单位",)),
    Column("area", _("镇街"), "", help=_("镇街的代码或名称；有镇街界线的，不写就按位置确定。")),
    Column("address", _("地址"), ""),
    Column("summary", _("内容"), ""),
    Column("goal", _("目标任务"), ""),
    Column("budget_wan", _("计划投资（万元）"), "320", aliases=("计划投资",)),
    Column("starts_on", _("计划开工"), "2026-01-05", needed=True),
    Column("ends_on", _("计划完成"), "2026-12-20", needed=True),
    Column(
        "milestones",
        _("节点"),
        EXAMPLE_STEPS,
        help=_("标题、权重、计划日期、完成日期（完成了的才写），用分号隔开，权重合计 100%。"),
    ),
    Column(
        "lng", _("经度"), examples.fill_lazily("%(lng)s"), help=_("WGS 84，度。"), aliases=("lon", "longitude", "x")
    ),
    Column("lat", _("纬度"), examples.fill_lazily("%(lat)s"), help=_("WGS 84，度。"), aliases=("latitude", "y")),
)
HEADS = {column.name: column.head for column in COLUMNS}
EDITED = (
    "name",
    "year",
    "category",
    "lead",
    "area",
    "address",
    "summary",
    "goal",
    "budget_wan",
    "starts_on",
    "ends_on",
)


def _projects() -> QuerySet[Project]:
    rows = Project.objects.select_related("lead", "area").defer("area__geom", "area__point")
    return rows.prefetch_related(Prefetch("milestones", Milestone.objects.order_by("order")))


def find_project(row: SheetRow) -> Project | None:
    return _projects().filter(code=row["code"]).first()


def write_project(actor: Asker, row: GivenRow) -> Project:
    account: User = account_of(actor)
    known, names = find_project(row), _Names([row])
    if known is not None:
        return _edit(account, known, row, _facts(row, names), parse_steps(row))
    new = _new(row, names, lambda place: town_at(place) or nearest_town(place))
    return enter_project(account, new, gettext(REASON))


def write_projects(actor: Asker, rows: Sequence[GivenRow]) -> list[Any]:
    """New projects together; of one that is there each change is a matter of its own."""
    account, names, outlines = account_of(actor), _Names(rows), Outlines()
    known = {project.code: project for project in _projects().filter(code__in={row["code"] for row in rows})}
    new = [row for row in rows if row["code"] not in known]
    written = iter(
        read_and_written(
            new,
            lambda row: _new(row, names, lambda place: outlines.town_at(place) or nearest_town(place)),
            lambda given: enter_projects(account, given, gettext(REASON)),
        )
    )
    return [_unchanged(row, known[row["code"]], names) if row["code"] in known else next(written) for row in rows]


def _unchanged(row: GivenRow, project: Project, names: "_Names") -> Project | None:
    """The project, where a row says nothing new of it; None where it does, or cannot be read."""
    try:
        facts, steps = _facts(row, names), parse_steps(row)
        status = choice_value(row, "status", STAGES.choices(), HEADS) if row["status"] else project.status
    except BadInput:
        return None
    is_same = all(getattr(project, name) == value for name, value in facts.items()) and status == project.status
    stays = row.shape is None or row.shape.equals_exact(project.geom, 1e-7)
    return project if is_same and stays and steps in (None, entered_steps(project)) else None


class _Names:
    """The departments and towns that rows of a file name, read at once."""

    def __init__(self, rows: Sequence[SheetRow]) -> None:
        self.leads, self.towns = departments_of(rows, "lead"), towns_of(rows)


def _new(row: GivenRow, names: _Names, town_of_place: Callable[[Any], Area | None]) -> GivenProject:
    """A project that is not there yet as a row says it. Raises BadInput."""
    facts, steps, place = _facts(row, names), parse_steps(row), needed_shape(row)
    facts["area"] = facts.get("area") or town_of_place(place.point_on_surface)
    if not row["status"]:
        raise refuse("status", "required", gettext("没有写项目现在的阶段。"))
    facts["status"] = choice_value(row, "status", STAGES.choices(), HEADS)
    code = required_text(row, "code", HEADS, 30)
    return GivenProject(code, {**facts, "geom": place}, steps or ())


def _edit(
    actor: User, project: Project, row: GivenRow, facts: dict[str, Any], steps: list[EnteredMilestone] | None
) -> Project:
    if row["status"] and choice_value(row, "status", STAGES.choices(), HEADS) != project.status:
        raise refuse("status", "not-here", gettext("项目阶段的变更要有依据，请在项目页上变更。"))
    if row.shape is not None and not row.shape.equals_exact(project.geom, 1e-7):
        raise refuse("lng", "not-here", gettext("项目的位置请在项目页上修改。"))
    wanted = {name: facts[name] for name in EDITED if name in facts and facts[name] != getattr(project, name)}
    if wanted:
        project = edit_project(project.pk, actor, wanted, project.version)
    if steps is not None and steps != entered_steps(project):
        rows = [MilestoneRow(step.title, step.weight, step.due_on, _pk_of(project, step)) for step in steps]
        project.refresh_from_db()
        plan_milestones(project.pk, actor, rows, project.version)
        if entered_steps(project) != steps:
            raise refuse("milestones", "not-here", gettext("节点的完成请在项目页上登记。"))
    found = find_project(row)
    assert found is not None  # noqa: S101 - it was just written
    return found


def _pk_of(project: Project, step: EnteredMilestone) -> int | None:
    return project.milestones.filter(title=step.title).values_list("pk", flat=True).first()


def _facts(row: GivenRow, names: _Names) -> dict[str, Any]:
    facts: dict[str, Any] = {
        "name": required_text(row, "name", HEADS, 120),
        "year": parse_whole(row, "year", HEADS, least=2000, most=2100),
        "category": choice_value(row, "category", Project.Category.choices, HEADS),
        "lead": names.leads.of(row, "lead"),
        "starts_on": parse_day(row, "starts_on"),
        "ends_on": parse_day(row, "ends_on"),
    }
    if facts["lead"] is None:
        raise refuse("lead", "required", gettext("没有写牵头单位。"))
    if facts["ends_on"] < facts["starts_on"]:
        raise refuse("ends_on", "ends-too-early", gettext("计划完成不能早于计划开工。"))
    for column, most in (("address", 120), ("summary", 2000), ("goal", 200)):
        if column in row:
            facts[column] = optional_text(row, column, HEADS, most)
    if row["budget_wan"]:
        facts["budget_wan"] = parse_number(row, "budget_wan", HEADS, least=0, most=1e9).quantize(Decimal("0.01"))
    if (town := names.towns.of(row, "area")) is not None:
        facts["area"] = town
    return facts


def parse_steps(row: SheetRow) -> list[EnteredMilestone] | None:
    """Return the milestones of a cell; None where the sheet has none. Raises BadInput naming the part."""
    parts = [part.strip() for part in re.split(r"[；;\n]", row["milestones"]) if part.strip()]
    if len(parts) > MOST_STEPS:
        raise refuse("milestones", "too-many", gettext("一个项目最多 %d 个节点。") % MOST_STEPS)
    return [_step(part) for part in parts] if parts else None


def _step(part: str) -> EnteredMilestone:
    try:
        found = STEP.match(part.replace("％", "%"))
        if found is None:
            raise ValueError(part)
        done = date.fromisoformat(found["done"]) if found["done"] else None
        return EnteredMilestone(found["title"], int(found["weight"]), date.fromisoformat(found["due"]), done)
    except ValueError:
        words = gettext("节点“%(part)s”读不懂，请写成：%(example)s")
        named = {"part": part[:60], "example": EXAMPLE_STEPS.split("；")[0]}
        raise refuse("milestones", "unreadable", words % named) from None


def entered_steps(project: Project) -> list[EnteredMilestone]:
    """Return the milestones that are there, as they would be entered."""
    steps = sorted(project.milestones.all(), key=lambda step: step.order)
    return [EnteredMilestone(step.title, step.weight, step.due_on, step.done_on) for step in steps]


def _in_words(step: EnteredMilestone) -> str:
    return f"{step.title} {step.weight}% {step.due_on.isoformat()} {day_cell(step.done_on)}".strip()


def project_cells(project: Project) -> dict[str, str]:
    return {
        "code": project.code,
        "name": project.name,
        "year": str(project.year),
        "category": project.category,
        "status": project.status,
        "lead": project.lead.code,
        "area": project.area.code,
        "address": project.address,
        "summary": project.summary,
        "goal": project.goal,
        "budget_wan": number_cell(project.budget_wan),
        "starts_on": day_cell(project.starts_on),
        "ends_on": day_cell(project.ends_on),
        "milestones": "；".join(_in_words(step) for step in entered_steps(project)),
        "shape": shape_cell(project.geom),
    }


def remove_project(actor: Asker, project: Project) -> None:
    """Its milestones are part of it; the stage it began in is history, so a project stays once it is entered."""
    remove_unused(actor, project, also=(Milestone,))


DATASETS = (
    Dataset(
        slug="projects",
        title=_("民生实事项目"),
        about=_("任何阶段的项目，连同节点。可以是带经纬度的表，也可以是 GIS 图层。"),
        columns=COLUMNS,
        key=("code",),
        rows=_projects,
        find=find_project,
        write=write_project,
        find_many=by_code(_projects),
        write_many=write_projects,
        cells=project_cells,
        remove=remove_project,
        shape=Shape.ANY,
    ),
)
