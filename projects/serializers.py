"""Projects as GeoJSON."""

from rest_framework import serializers
from rest_framework.reverse import reverse
from rest_framework_gis.serializers import GeoFeatureModelSerializer

from projects.models import Milestone, ProgressReport, Project, Rating


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


class MilestoneSerializer(serializers.ModelSerializer):
    class Meta:
        model = Milestone
        fields = ["order", "title", "weight", "due_on", "done_on"]


class ReportSerializer(serializers.ModelSerializer):
    photo = serializers.SerializerMethodField()

    class Meta:
        model = ProgressReport
        fields = ["reported_on", "text", "problems", "photo"]

    def get_photo(self, report: ProgressReport) -> str | None:
        if not report.photo:
            return None
        return reverse("projects:photo", args=[report.project.code, report.pk], request=self.context["request"])


class RatingSerializer(serializers.ModelSerializer):
    class Meta:
        model = Rating
        fields = ["voter", "satisfied", "fairly_satisfied", "dissatisfied", "abstained"]


class ProjectDetailSerializer(ProjectSerializer):
    """One project with its milestones, progress reports and ratings."""

    partners: serializers.Field = serializers.SlugRelatedField(many=True, read_only=True, slug_field="name")
    milestones = MilestoneSerializer(many=True, read_only=True)
    reports = ReportSerializer(many=True, read_only=True)
    ratings = RatingSerializer(many=True, read_only=True)

    class Meta(ProjectSerializer.Meta):
        fields = [*ProjectSerializer.Meta.fields, "summary", "partners", "milestones", "reports", "ratings"]
