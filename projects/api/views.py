"""REST of projects: GeoJSON, from the same queryset and filters as the page and the tiles."""

from django.db.models import QuerySet
from rest_framework import viewsets
from rest_framework.serializers import BaseSerializer

from projects.api.serializers import ProjectDetailSerializer
from projects.open_data.serializers import ProjectSerializer
from projects.plan.filters import ProjectFilter
from projects.plan.models import Project
from projects.plan.permissions import projects_visible_to


class ProjectViewSet(viewsets.ReadOnlyModelViewSet):
    """Livelihood projects (民生实事). What was never put to the vote shows only to those who handle it."""

    queryset = Project.objects.none()
    filterset_class = ProjectFilter

    def get_queryset(self) -> QuerySet[Project]:
        visible = projects_visible_to(self.request.user).select_related("area", "lead")
        if self.action == "retrieve":
            visible = visible.prefetch_related("partners", "milestones", "reports", "ratings", "places")
        return visible

    def get_serializer_class(self) -> type[BaseSerializer]:
        return ProjectDetailSerializer if self.action == "retrieve" else ProjectSerializer


ROUTES = [("projects", ProjectViewSet, "project")]
