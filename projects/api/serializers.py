"""One project with all that its page shows, as GeoJSON."""

from decimal import Decimal
from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers
from rest_framework.reverse import reverse
from rest_framework_gis.serializers import GeometryField

from projects.feedback.models import Feedback
from projects.feedback.queries import shown_feedback
from projects.following.models import News
from projects.following.news import headline
from projects.open_data.serializers import ProjectSerializer
from projects.plan.models import Milestone, ProgressReport, Project, ProjectPlace
from projects.ratings.models import Rating

MOST_LISTED = 100


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
        fields = ["voter", "satisfied", "fairly_satisfied", "dissatisfied", "abstained", "in_bursts"]


class PlaceSerializer(serializers.ModelSerializer):
    """One place of a project that has several; `geometry` is GeoJSON, WGS 84."""

    geometry = GeometryField(source="geom", read_only=True)

    class Meta:
        model = ProjectPlace
        fields = ["id", "number", "name", "done_on", "geometry"]


class FeedbackSerializer(serializers.ModelSerializer):
    """Published feedback; the author is not named, `by_deputy` says whether it was a deputy."""

    by_deputy = serializers.SerializerMethodField()
    photo = serializers.SerializerMethodField()
    replies = serializers.SerializerMethodField()

    class Meta:
        model = Feedback
        fields = ["id", "created_at", "text", "by_deputy", "photo", "replies"]

    def get_by_deputy(self, feedback: Feedback) -> bool:
        return feedback.deputy_id is not None

    def get_photo(self, feedback: Feedback) -> str | None:
        if not feedback.photo:
            return None
        return reverse("projects:feedback_photo", args=[feedback.pk], request=self.context["request"])

    def get_replies(self, feedback: Feedback) -> list[str]:
        return [event.text for event in feedback.replies]  # type: ignore[attr-defined]


class NewsSerializer(serializers.ModelSerializer):
    """One thing that happened; `headline` says it in the reader's language."""

    headline = serializers.SerializerMethodField()

    class Meta:
        model = News
        fields = ["id", "kind", "before", "after", "subject", "on", "at", "headline"]

    def get_headline(self, news: News) -> str:
        return headline(news)


class ProjectDetailSerializer(ProjectSerializer):
    """One project with its milestones, progress reports, ratings, places, and the newest feedback and news."""

    partners: serializers.Field = serializers.SlugRelatedField(many=True, read_only=True, slug_field="name")
    milestones = MilestoneSerializer(many=True, read_only=True)
    reports = ReportSerializer(many=True, read_only=True)
    ratings = RatingSerializer(many=True, read_only=True)
    places = PlaceSerializer(many=True, read_only=True)
    feedback = serializers.SerializerMethodField()
    news = serializers.SerializerMethodField()

    class Meta(ProjectSerializer.Meta):
        fields = [
            *ProjectSerializer.Meta.fields, "summary", "partners", "milestones", "reports", "ratings", "places",
            "feedback", "news",
        ]  # fmt: skip

    @extend_schema_field(FeedbackSerializer(many=True))
    def get_feedback(self, project: Project) -> Any:
        shown = shown_feedback(project)[:MOST_LISTED]
        return FeedbackSerializer(shown, many=True, context=self.context).data

    @extend_schema_field(NewsSerializer(many=True))
    def get_news(self, project: Project) -> Any:
        return NewsSerializer(project.news.select_related("report")[:MOST_LISTED], many=True).data


class NewReportSerializer(serializers.Serializer):
    """A progress report as a program hands it in. Handed in again it is there once."""

    text = serializers.CharField(max_length=2000)
    problems = serializers.CharField(max_length=1000, required=False, allow_blank=True, default="")
    reported_on = serializers.DateField(required=False, allow_null=True, default=None)
    spent_wan = serializers.DecimalField(
        max_digits=12, decimal_places=2, min_value=Decimal(0), required=False, allow_null=True, default=None
    )


class NewReplySerializer(serializers.Serializer):
    """What a department or the congress answers to feedback that is shown."""

    text = serializers.CharField(max_length=2000)
