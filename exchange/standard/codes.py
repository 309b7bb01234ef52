"""Code lists of the standard: what stands in records, and what it is called."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from accounts.models import Area, Congress
from papers.handling.models import Result
from papers.register.models import Paper
from projects.models import Project
from reporting.indicators.periods import KIND_NAMES
from river_monitoring.models import MonitoringPoint, WaterClass
from river_monitoring.steps.table import state_choices
from stations.duty.models import DutyKind
from stations.receptions.models import Reception
from stations.receptions.table import TABLE as RECEPTIONS

type Entries = list[tuple[Any, Any]]


@dataclass(frozen=True, slots=True)
class CodeList:
    """Codes in their order with their words."""

    slug: str
    title: Any
    read: Callable[[], Entries]

    @property
    def entries(self) -> Entries:
        return list(self.read())

    @property
    def codes(self) -> list[Any]:
        return [code for code, _words in self.entries]


LISTS = {
    each.slug: each
    for each in (
        CodeList("area-levels", _("区划层级"), lambda: list(Area.Level.choices)),
        CodeList("congress-levels", _("人大层级"), lambda: list(Congress.Level.choices)),
        CodeList("paper-kinds", _("议案建议种类"), lambda: list(Paper.Kind.choices)),
        CodeList("paper-states", _("议案建议状态"), lambda: list(Paper._meta.get_field("state").flatchoices)),
        CodeList("results", _("办理结果"), lambda: list(Result.choices)),
        CodeList("reception-kinds", _("接待类型"), lambda: list(Reception.Kind.choices)),
        CodeList("reception-states", _("接待状态"), lambda: list(RECEPTIONS.choices())),
        CodeList("duty-kinds", _("履职类别"), lambda: list(DutyKind.choices)),
        CodeList("period-kinds", _("统计周期"), lambda: list(KIND_NAMES)),
        CodeList("point-kinds", pgettext_lazy("exchange", "点位类型"), lambda: list(MonitoringPoint.Kind.choices)),
        CodeList("point-states", _("点位治理状态"), lambda: list(state_choices())),
        CodeList("project-categories", _("项目类别"), lambda: list(Project.Category.choices)),
        CodeList("project-stages", _("项目阶段"), lambda: list(Project._meta.get_field("status").flatchoices)),
        CodeList("project-lights", _("项目亮灯"), lambda: list(Project.Light.choices)),
        CodeList("water-classes", _("水质类别"), lambda: list(WaterClass.choices)),
    )
}
