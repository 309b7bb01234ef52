"""Filters of service areas: the same for pages and API."""

from django.utils.translation import gettext_lazy as _
from django_filters import rest_framework as filters

from stations.service_areas.models import ServiceArea
from tiles.query.filters import BBoxFilter


class ServiceAreaFilter(filters.FilterSet):
    """Service areas by station, town and box."""

    station = filters.CharFilter(label=_("联络站编号"), field_name="station__code")
    area = filters.CharFilter(label=_("镇街区划代码"), field_name="station__area__code")
    in_bbox = BBoxFilter()

    class Meta:
        model = ServiceArea
        fields: list[str] = []
