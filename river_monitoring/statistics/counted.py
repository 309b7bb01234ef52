"""The points behind a figure of the statistics or of the appraisal: what each figure counts of a group of points."""

from collections.abc import Callable, Iterable, Mapping
from typing import Any, NamedTuple
from urllib.parse import urlencode

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from geokit.refusal import BadInput
from river_monitoring.assessment.judgement import Judgement
from river_monitoring.points.models import MonitoringPoint
from river_monitoring.standard.averages import Span
from river_monitoring.standard.evaluation import GOOD, INFERIOR, WaterClass
from river_monitoring.statistics.periods import GROUPS, By


class Counted(NamedTuple):
    """A point and how it was judged in a span."""

    point: MonitoringPoint
    judgement: Judgement

    @property
    def number(self) -> int:
        return self.judgement.number

    @property
    def meets_target(self) -> bool | None:
        return self.judgement.meets_target


FIGURES: Mapping[str, tuple[Any, Callable[[Counted], bool]]] = {
    "all": (_("全部点位"), lambda item: True),
    "rated": (_("已评价"), lambda item: item.number > 0),
    "unrated": (_("未评价"), lambda item: item.number == 0),
    "good": (_("Ⅰ至Ⅲ类"), lambda item: item.number in GOOD),
    "inferior": (_("劣Ⅴ类"), lambda item: item.number == INFERIOR),
    "met": (_("达到目标"), lambda item: item.meets_target is True),
    "missed": (_("未达到目标"), lambda item: item.meets_target is False),
    "judged": (_("可判断是否达到目标"), lambda item: item.meets_target is not None),
    "measured": (_("有均值"), lambda item: item.judgement.has_means),
}
CLASS = "class-"
"""Before the number of a class: the points of that class."""


def counted_points(items: Iterable[Counted], span: Span, by: By, group: str, figure: str) -> list[Counted]:
    """Of points that were judged those of a group (its code; "": of all) that a figure counts.

    Raises BadInput for a figure that is none.
    """
    counts = _predicate(figure)
    return [item for item in items if counts(item) and (not group or _group_of(item, span, by) == group)]


def figure_in_words(figure: str) -> Any:
    """What the figure counts. Raises BadInput for one that is none."""
    if figure in FIGURES:
        return FIGURES[figure][0]
    return _(WaterClass.of(_class(figure)).zh)


def addresses(path: str, query: Mapping[str, Any], group: str) -> dict[str, str]:
    """Of every figure of a group the address of its list."""
    names = [*FIGURES, *(f"{CLASS}{number}" for number in range(1, INFERIOR + 1))]
    asked = {name: value for name, value in query.items() if value}
    asked |= {"group": group} if group else {}
    return {name.replace("-", "_"): f"{path}?{urlencode(asked | {'figure': name})}" for name in names}


def _predicate(figure: str) -> Callable[[Counted], bool]:
    if figure in FIGURES:
        return FIGURES[figure][1]
    number = _class(figure)
    return lambda item: item.number == number


def _class(figure: str) -> int:
    number = figure.removeprefix(CLASS)
    if not figure.startswith(CLASS) or number not in map(str, range(1, INFERIOR + 1)):
        raise BadInput(gettext("没有这样的统计口径，请从页面上选择。"), code="unknown-statistic")
    return int(number)


def _group_of(item: Counted, span: Span, by: By) -> str:
    found = GROUPS[by](item.point, span.last_day)
    return found[0] if found else ""
