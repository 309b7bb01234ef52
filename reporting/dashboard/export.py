"""The dashboard as files: the same filters, figures and rows as the page, and its drawings as PNG."""

from collections.abc import Iterable
from typing import Any

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from geokit.refusal import BadInput
from reporting.dashboard.distribution import histogram
from reporting.dashboard.groups import Group
from reporting.dashboard.page_data import Numbers, titles
from reporting.dashboard.selection import bin_choices
from reporting.indicators.room_figures import MATTERS, sources
from supervision.models import Category
from ui.downloads import Share, table_bytes
from ui.printing import draw_svgs

FORMATS = ("csv", "xlsx", "png")


def write(view: Numbers, extension: str, chart: str = "") -> bytes:
    """Return the file. Raises BadInput for a chart that the page has not."""
    if extension == "png":
        return _png(view, chart)
    head = len(_filters(view)) + 1
    return table_bytes(_lines(view), extension, title=_("统计"), head=head, widths=[22, *[14] * 12])


def _png(view: Numbers, chart: str) -> bytes:
    drawing = next((each for each in view.drawings() if each.name == chart), None)
    if drawing is None:
        raise BadInput(_("没有这张图。"), code="unknown-chart")
    return draw_svgs([(drawing.svg, drawing.width, drawing.height)])[0]


def _lines(view: Numbers) -> list[list[Any]]:
    return [*_filters(view), [], titles(view.choice) + _counts(), *_table(view), [], *_distribution(view)]


def _filters(view: Numbers) -> list[list[Any]]:
    choice = view.choice
    return [
        [_("截至"), timezone.localtime().strftime("%Y-%m-%d %H:%M")],
        [_("镇街"), str(choice.area or _("全部"))],
        [_("提出日期"), _span(choice.since), _span(choice.until)],
        [_("主办单位"), str(choice.department or _("全部"))],
        [_("类别"), str(Category(choice.category).label) if choice.category else _("全部")],
        [_("答复用时"), next((name for value, name in bin_choices() if value == choice.took), _("不限"))],
    ]


def _span(day: Any) -> str:
    return date_format(day, "Y-m-d") if day else _("不限")


def _counts() -> list[str]:
    """Titles of what stands behind the shares: part and whole of each."""
    return [str(words) for each in sources()[MATTERS].indicators for words in (each.numerator, each.denominator)]


def _table(view: Numbers) -> Iterable[list[Any]]:
    return [_cells(group) for group in (*view.groups, view.total)]


def _cells(group: Group) -> list[Any]:
    found, ratios = group.spread, [figure.ratio for figure in group.figures]
    first, *rest = (None if ratio.share is None else Share(ratio.share) for ratio in ratios)
    return [
        group.label, group.total, group.replied, first, group.overdue,
        found.p25 if found else None, found.p50 if found else None, found.p90 if found else None,
        *rest, *(count for ratio in ratios for count in (ratio.part, ratio.whole)),
    ]  # fmt: skip


def _distribution(view: Numbers) -> list[list[Any]]:
    head = [_("答复用时（天）"), _("到"), _("件数")]
    return [head, *([each.first, each.last, each.count] for each in histogram(view.total.days))]
