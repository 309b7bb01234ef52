"""The filters of a list of projects: the same for the page, the API and the downloads."""

from typing import Any

from django.db.models import Case, IntegerField, QuerySet, Value, When
from django.forms import TextInput
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from django_filters import rest_framework as filters

from accounts.areas.filters import AreaFilter
from accounts.models import Department
from accounts.permissions import Asker
from projects.plan.models import Project
from projects.plan.permissions import leads_visible_to, projects_visible_to
from projects.plan.stage_table import STAGES
from projects.plan.statistics import FIGURES
from tiles.query.filters import BBoxFilter
from ui.text.search_field import search

SEARCH_BOX = TextInput(attrs={"type": "search", "enterkeyhint": "search"})
SEARCHED = ("name", "search_key", "code", "address", "area__name", "lead__name", "lead__short_name")


def _leads(request: HttpRequest | None) -> QuerySet[Department]:
    return leads_visible_to(getattr(request, "user", None))


def _years(user: Asker) -> list[tuple[int, str]]:
    years = projects_visible_to(user).order_by("-year").values_list("year", flat=True).distinct()
    return [(year, str(year)) for year in years]


class ProjectOrder(filters.ChoiceFilter):
    """In which order; `urgency` puts the worst light first, then the earliest planned end."""

    WORST_FIRST = (Project.Light.RED, Project.Light.YELLOW, Project.Light.GREEN, Project.Light.NONE, Project.Light.OFF)
    CHOICES = (
        ("urgency", _("最滞后的在前")),
        ("ends_on", _("计划完成早的在前")),
        ("-progress", _("进度快的在前")),
        ("progress", _("进度慢的在前")),
        ("-updated_at", _("最近更新的在前")),
        ("-budget_wan", _("投资多的在前")),
        ("year", _("年度从早到晚")),
        ("-year", _("年度从晚到早")),
    )

    def __init__(self) -> None:
        super().__init__(label=_("排序"), choices=self.CHOICES, empty_label=_("按年度和编号"))

    def filter(self, queryset: QuerySet[Project], value: str) -> QuerySet[Project]:
        if not value:
            return queryset
        if value != "urgency":
            return queryset.order_by(value, "code")
        places = [When(light=light, then=Value(place)) for place, light in enumerate(self.WORST_FIRST)]
        return queryset.order_by(Case(*places, output_field=IntegerField()), "ends_on", "code")


class ProjectFilter(filters.FilterSet):
    """Search and narrow the projects that the caller may see."""

    q = filters.CharFilter(label=_("搜索"), method="by_words", widget=SEARCH_BOX)
    year = filters.ChoiceFilter(label=_("年度"), empty_label=_("全部年度"))
    category = filters.ChoiceFilter(label=_("类别"), choices=Project.Category.choices, empty_label=_("全部类别"))
    light = filters.ChoiceFilter(label=_("亮灯"), choices=Project.Light.choices, empty_label=_("全部"))
    status = filters.ChoiceFilter(label=_("阶段"), choices=STAGES.choices(), empty_label=_("全部阶段"))
    figure = filters.ChoiceFilter(
        label=_("列出"), choices=[(code, words) for code, (words, _q) in FIGURES.items()], method="by_figure"
    )
    area = AreaFilter()
    lead = filters.ModelChoiceFilter(
        label=_("牵头单位"), queryset=_leads, to_field_name="code", empty_label=_("全部单位")
    )
    ordering = ProjectOrder()
    in_bbox = BBoxFilter()

    class Meta:
        model = Project
        fields: list[str] = []

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        user = getattr(self.request, "user", None)
        # A closure: forms copy their choices deeply, and a bound method would take the request along.
        self.filters["year"].extra["choices"] = lambda: _years(user)

    def by_figure(self, queryset: QuerySet[Project], name: str, value: str) -> QuerySet[Project]:
        """What a figure of the numbers page counts."""
        return queryset.filter(FIGURES[value][1])

    def by_words(self, queryset: QuerySet[Project], name: str, value: str) -> QuerySet[Project]:
        return search(queryset, value, SEARCHED)
