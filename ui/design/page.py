"""Every component of the pages on one page, in the theme that the browser asks for: look before you write another.

The page is there in development (`DEBUG`) and where the demo runs; elsewhere there is no such address.
"""

from typing import Any

from django import forms
from django.conf import settings
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext
from django.views.decorators.http import require_safe

from ui import tokens
from ui.charts.chart import LEFT, PLOT_HEIGHT, RIGHT, WIDTH, Chart, Line, Mark, Tick, key_of, pieces_of
from ui.charts.scale import Axis, nice_ticks
from ui.charts.svg import as_svg
from ui.forms.attachments import AttachmentsField
from ui.forms.widgets import DayInput, MomentInput, PhotoInput
from ui.icons import ICONS

THEMES = ("light", "dark")
TOP = 24
VALUES = ((2, 4, 3, 6, 5, 8, 7, 9, 8, 10, 9, 12), (5, 5, 6, 5, 7, 6, 6, 8, 7, 7, 8, 8))
"""Two invented lines of twelve months."""
TWO = (("a", gettext_lazy("第一项")), ("b", gettext_lazy("第二项")))


class EveryField(forms.Form):
    """One field of each kind; sent with the wrong values, so that errors are seen too."""

    name = forms.CharField(label=gettext_lazy("名称"), help_text=gettext_lazy("不超过 20 个字。"), max_length=20)
    words = forms.CharField(label=gettext_lazy("说明"), widget=forms.Textarea(attrs={"rows": 3}), required=False)
    kind = forms.ChoiceField(label=gettext_lazy("选一项"), choices=TWO)
    one = forms.ChoiceField(label=gettext_lazy("单选"), widget=forms.RadioSelect, choices=TWO)
    several = forms.MultipleChoiceField(
        label=gettext_lazy("多选"),
        widget=forms.CheckboxSelectMultiple,
        choices=(("a", gettext_lazy("超过十四个字的选项单独占一行，读起来不挤")), TWO[1]),
    )
    number = forms.IntegerField(label=gettext_lazy("数量"), max_value=100)
    day = forms.DateField(label=gettext_lazy("日期"), widget=DayInput)
    moment = forms.DateTimeField(label=gettext_lazy("时间"), widget=MomentInput, required=False)
    photo = forms.FileField(label=gettext_lazy("照片"), widget=PhotoInput, required=False)
    papers = AttachmentsField(label=gettext_lazy("附件"), required=False)
    agreed = forms.BooleanField(label=gettext_lazy("我已核对"))


WRONG = {"name": "长" * 24, "number": "1000", "day": "2026-02-30", "kind": "a"}


def _chart() -> str:
    """A line chart of twelve months with two lines."""
    most = max(value for values in VALUES for value in values)
    x_axis = Axis(0, 11, LEFT, WIDTH - RIGHT)
    y_axis = Axis(0, most, TOP + PLOT_HEIGHT, TOP)
    lines = [_line(number, values, x_axis, y_axis) for number, values in enumerate(VALUES, start=1)]
    keys, height = key_of([(line.style, line.name, False) for line in lines], WIDTH)
    chart = Chart(
        _("折线图"), _("两条线，十二个月"), pgettext("unit", "件"), x_axis, y_axis, TOP, TOP + PLOT_HEIGHT + 40 + height
    )
    chart.x_ticks = [Tick(x_axis.at(month), str(month + 1)) for month in range(12)]
    chart.y_ticks = [Tick(y_axis.at(value), f"{value:g}") for value in nice_ticks(0, most)]
    chart.lines, chart.keys = lines, keys
    return as_svg(chart)


def _line(number: int, values: tuple[int, ...], x_axis: Axis, y_axis: Axis) -> Line:
    marks = [Mark(x_axis.at(month), y_axis.at(value), False, str(value)) for month, value in enumerate(values)]
    return Line(_("第 %(number)d 条") % {"number": number}, number, marks, pieces_of(marks, [False] * len(marks)))


def _colours() -> list[dict[str, Any]]:
    values = tokens.load()
    named = [name for name in values["light"] if str(values["light"][name]).startswith("#")]
    return [{"name": name, **{theme: values[theme][name] for theme in THEMES}} for name in named]


@require_safe
def design(request: HttpRequest) -> HttpResponse:
    """Show the page; 404 where neither `DEBUG` nor `DEMO` is set."""
    if not (settings.DEBUG or settings.DEMO):
        raise Http404
    context = {
        "colours": _colours(),
        "icons": sorted(ICONS),
        "notices": ("ok", "info", "warn", "bad"),
        "badges": ("info", "ok", "warn", "bad", "muted"),
        "empty_form": EveryField(),
        "refused_form": EveryField(WRONG, auto_id="wrong_%s"),
        "page": Paginator(range(50), 10).page(2),
        "chart": _chart(),
    }
    return render(request, "ui/design.html", context)
