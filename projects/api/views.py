"""REST of projects: GeoJSON, from the same queryset and filters as the page and the tiles."""

from typing import Any

from django.db.models import QuerySet
from drf_spectacular.utils import extend_schema
from rest_framework import viewsets
from rest_framework.decorators import action
from rest_framework.permissions import IsAuthenticated
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.serializers import BaseSerializer

from accounts.models import ApiToken
from projects.api.serializers import (
    FeedbackSerializer,
    NewReplySerializer,
    NewReportSerializer,
    ProjectDetailSerializer,
    ReportSerializer,
)
from projects.feedback.models import Feedback
from projects.feedback.queries import with_replies
from projects.feedback.services import feedback_visible_to, reply_to_feedback
from projects.open_data.serializers import ProjectSerializer
from projects.plan.filters import ProjectFilter
from projects.plan.models import Project
from projects.plan.permissions import projects_visible_to
from projects.plan.services import report_progress
from ui.pagination import Pages


class ProjectViewSet(viewsets.ReadOnlyModelViewSet):
    """Livelihood projects (民生实事). What was never put to the vote shows only to those who handle it.

    The lead department's token hands in progress reports.
    """

    queryset = Project.objects.none()
    filterset_class = ProjectFilter
    token_scope = ApiToken.Scope.PROJECTS

    def get_queryset(self) -> QuerySet[Project]:
        visible = projects_visible_to(self.request.user).select_related("area", "lead")
        if self.action == "retrieve":
            visible = visible.prefetch_related("partners", "milestones", "reports", "ratings", "places")
        return visible

    def get_serializer_class(self) -> type[BaseSerializer]:
        return ProjectDetailSerializer if self.action == "retrieve" else ProjectSerializer

    @extend_schema(request=NewReportSerializer, responses={201: ReportSerializer}, filters=False)
    @action(detail=True, methods=["post"], permission_classes=[IsAuthenticated], pagination_class=None)
    def reports(self, request: Request, pk: str) -> Response:
        """Report what was done: an officer of the lead department, or the congress staff of the place."""
        project = self.get_object()
        given = NewReportSerializer(data=request.data)
        given.is_valid(raise_exception=True)
        said: dict[str, Any] = dict(given.validated_data)
        report = report_progress(project.pk, request.user, **said)  # type: ignore[arg-type]  # she has signed in
        return Response(ReportSerializer(report, context=self.get_serializer_context()).data, 201)


class FeedbackViewSet(viewsets.ReadOnlyModelViewSet):
    """What people say of projects, as far as it is shown. The lead department's token answers it."""

    queryset = Feedback.objects.none()
    serializer_class = FeedbackSerializer
    pagination_class = Pages
    token_scope = ApiToken.Scope.FEEDBACK

    def get_queryset(self) -> QuerySet[Feedback]:
        shown = feedback_visible_to(self.request.user).filter(state=Feedback.State.SHOWN)
        return with_replies(shown.select_related("project__area")).order_by("-pk")

    @extend_schema(request=NewReplySerializer, responses={201: FeedbackSerializer}, filters=False)
    @action(detail=True, methods=["post"], permission_classes=[IsAuthenticated], pagination_class=None)
    def replies(self, request: Request, pk: str) -> Response:
        """Answer in the department's name, below what was said; who says the same words twice has said them once."""
        feedback = self.get_object()
        given = NewReplySerializer(data=request.data)
        given.is_valid(raise_exception=True)
        reply_to_feedback(feedback.pk, request.user, given.validated_data["text"])  # type: ignore[arg-type]  # she has signed in
        return Response(self.get_serializer(self.get_queryset().get(pk=feedback.pk)).data, 201)


ROUTES = [("projects", ProjectViewSet, "project"), ("project-feedback", FeedbackViewSet, "project-feedback")]
