"""The question that the dashboard answers: area, time, department, category, and how the table is cut."""

from calendar import monthrange
from dataclasses import dataclass, fields
from datetime import date, timedelta
from typing import Any
from urllib.parse import urlencode

from django import forms
from django.urls import reverse
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.areas.fields import AreaChoiceField
from accounts.indicators import Scope
from accounts.looking import shown_with_above
from accounts.models import Department
from accounts.permissions import Asker, departments_visible_to
from reporting.dashboard.distribution import Bin, histogram
from supervision.matters.answers import FIGURES
from supervision.models import Category

ANY_DATE = {"type": "date"}


class Grouping:
    """What the rows of the table are."""

    AREA, DEPARTMENT, CATEGORY, MONTH = "area", "department", "category", "month"
    CHOICES = (
        (AREA, gettext_lazy("镇街")),
        (DEPARTMENT, gettext_lazy("主办单位")),
        (CATEGORY, gettext_lazy("类别")),
        (MONTH, gettext_lazy("月份")),
    )


@dataclass(frozen=True, slots=True)
class Selection(Scope):
    """What was asked: a scope, one bin of answer times, and how the table is cut."""

    took: str = ""
    """First day of the bin of answer times (`distribution.EDGES`) that alone is asked about."""
    by: str = Grouping.AREA

    def query(self, **other: Any) -> str:
        """The same question as a query string, with some parts put differently."""
        asked = {field.name: getattr(self, field.name) for field in fields(self)} | other
        pairs = [(name, getattr(value, "code", value)) for name, value in asked.items() if value]
        return urlencode([(name, value) for name, value in pairs if (name, value) != ("by", Grouping.AREA)])

    @property
    def is_narrow(self) -> bool:
        return bool(self.area or self.since or self.until or self.department or self.category or self.took)


def list_address(query: str, figure: str = "") -> str:
    """The list of the matters that a figure counts: the query string of its question, and one of `answers.FIGURES`."""
    words = "&".join(part for part in (query, urlencode({"figure": figure}) if figure else "") if part)
    return f"{reverse('numbers_matters')}?{words}" if words else reverse("numbers_matters")


class SelectionForm(forms.Form):
    """Reads the question from the address."""

    area = AreaChoiceField(every=True)
    since = forms.DateField(label=gettext_lazy("提出日期从"), required=False, widget=forms.DateInput(attrs=ANY_DATE))
    until = forms.DateField(label=gettext_lazy("到"), required=False, widget=forms.DateInput(attrs=ANY_DATE))
    department = forms.ModelChoiceField(
        label=gettext_lazy("主办单位"), queryset=Department.objects.none(), to_field_name="code", required=False
    )
    category = forms.ChoiceField(
        label=gettext_lazy("类别"), choices=[("", gettext_lazy("全部类别")), *Category.choices], required=False
    )
    took = forms.ChoiceField(
        label=gettext_lazy("答复用时"), choices=lambda: [("", _("不限")), *bin_choices()], required=False
    )
    by = forms.ChoiceField(label=gettext_lazy("表格按"), choices=Grouping.CHOICES, required=False)

    def __init__(self, user: Asker, data: Any) -> None:
        super().__init__(data)
        towns: Any = self.fields["area"]
        towns.offer(user)
        departments: Any = self.fields["department"]
        departments.queryset = departments_visible_to(user).filter(shown_with_above(user))
        departments.empty_label = _("全部单位")

    def clean(self) -> dict[str, Any]:
        given = super().clean() or self.cleaned_data
        since, until = given.get("since"), given.get("until")
        if since and until and since > until:
            self.add_error("until", _("结束日期不能早于开始日期。"))
        return given

    def choice(self) -> Selection:
        """What was asked, as far as it can be understood; `errors` says what was not."""
        self.is_valid()
        asked = {field.name for field in fields(Selection)}
        return Selection(**{name: value for name, value in self.cleaned_data.items() if value and name in asked})


class ListForm(SelectionForm):
    """The same question with the figure whose matters are listed; a list is not cut."""

    figure = forms.ChoiceField(label=gettext_lazy("列出"), required=False)
    by = None  # type: ignore[assignment] # so Django takes a field of the parent away

    def __init__(self, user: Asker, data: Any) -> None:
        super().__init__(user, data)
        choices: Any = self.fields["figure"]
        choices.choices = [("", _("全部事项")), *((code, words) for code, (words, _condition) in FIGURES.items())]

    def figure_asked(self) -> str:
        """The figure that was asked for; empty for every matter."""
        self.is_valid()
        return str(self.cleaned_data.get("figure") or "")


def bin_name(each: Bin) -> str:
    """A span of days in words."""
    if each.last is None:
        return _("%d 天以上") % each.first
    return _("%(first)d–%(last)d 天") % {"first": each.first, "last": each.last}


def bin_choices() -> list[tuple[str, str]]:
    return [(str(each.first), bin_name(each)) for each in histogram([])]


def month_span(month: str) -> tuple[date, date]:
    """First and last day of a month: ``2026-02`` -> 1 and 28 February."""
    year, number = map(int, month.split("-"))
    return date(year, number, 1), date(year, number, monthrange(year, number)[1])


def month_words(month: str) -> str:
    """What a month is called: ``2026-02`` -> 2026年2月."""
    return date_format(month_span(month)[0], "YEAR_MONTH_FORMAT")


def month_within(choice: Selection, month: str) -> tuple[date, date]:
    """The days of a month that the question is about."""
    first, last = month_span(month)
    return max(first, choice.since or first), min(last, choice.until or last)


def quick_spans(today: date) -> list[tuple[str, date, date]]:
    """Spans of time that people ask for: name, first and last day."""
    year = date(today.year, 1, 1)
    return [
        (_("近 90 天"), today - timedelta(days=89), today),
        (_("今年"), year, today),
        (_("去年"), date(today.year - 1, 1, 1), year - timedelta(days=1)),
    ]
