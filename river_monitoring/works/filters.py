"""Filters of outfalls, the same in the address of the page and of the API."""

from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _
from django_filters import rest_framework as filters

from accounts.areas.filters import AreaFilter
from river_monitoring.network.permissions import rivers_to_choose
from river_monitoring.works.models import Outfall, OutfallKind
from tiles.query.filters import BBoxFilter


class OutfallFilter(filters.FilterSet):
    """Outfalls by type, state, town, river, point and words."""

    q = filters.CharFilter(label=_("搜索"), method="filter_words")
    kind = filters.ChoiceFilter(label=_("类型"), choices=OutfallKind.choices, empty_label=_("全部类型"))
    state = filters.ChoiceFilter(label=_("处置状态"), choices=Outfall.State.choices, empty_label=_("全部状态"))
    area = AreaFilter()
    river = filters.ModelChoiceFilter(
        label=_("河流"), queryset=rivers_to_choose, to_field_name="code", empty_label=_("全部河流")
    )
    point = filters.CharFilter(label=_("点位编码"), field_name="points__code")
    in_bbox = BBoxFilter(lookup="bboverlaps")

    class Meta:
        model = Outfall
        fields: list[str] = []

    def filter_words(self, queryset: QuerySet, name: str, value: str) -> QuerySet:
        for word in value.split()[:5]:
            queryset = queryset.filter(Q(name__icontains=word) | Q(code__icontains=word) | Q(operator__icontains=word))
        return queryset
