"""A project as a GeoJSON feature: the same in the API's list and in the file to take away."""

from rest_framework import serializers
from rest_framework_gis.serializers import GeoFeatureModelSerializer

from projects.plan.models import Project


class ProjectSerializer(GeoFeatureModelSerializer):
    """A project of a list. `light` and `progress` are computed from the milestones."""

    area = serializers.CharField(source="area.name", read_only=True)
    area_code = serializers.CharField(source="area.code", read_only=True)
    lead = serializers.CharField(source="lead.name", read_only=True)
    lead_code = serializers.CharField(source="lead.code", read_only=True)
    page = serializers.HyperlinkedIdentityField(view_name="projects:detail", lookup_field="code")

    class Meta:
        model = Project
        geo_field = "geom"
        fields = [
            "id", "code", "name", "year", "category", "status", "light", "progress", "area", "area_code", "address",
            "lead", "lead_code", "goal", "budget_wan", "spent_wan", "starts_on", "ends_on", "is_schematic",
            "updated_at", "page",
        ]  # fmt: skip
