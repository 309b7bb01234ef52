"""REST of supervision, from the same querysets as tiles and pages."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext
from drf_spectacular.utils import extend_schema
from rest_framework import status, viewsets
from rest_framework.decorators import action
from rest_framework.parsers import FormParser, MultiPartParser
from rest_framework.permissions import IsAuthenticated, IsAuthenticatedOrReadOnly
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.models import ApiToken
from geokit.refusal import NotPermitted
from supervision.api.serializers import (
    FiledFindingSerializer,
    FindingSerializer,
    FindingWordsSerializer,
    NewFindingSerializer,
    NewStepFileSerializer,
    StepFileSerializer,
    StepSerializer,
    SuggestionDetailSerializer,
    SuggestionSerializer,
)
from supervision.api.steps import take_step, takes_files
from supervision.desk.things import projects_seen
from supervision.findings.models import Finding
from supervision.findings.permissions import REPORTERS_ONLY, may_report
from supervision.matters import held_files, queries, services
from supervision.matters.filters import FindingFilter, SuggestionFilter
from supervision.matters.models import Suggestion
from supervision.matters.permissions import (
    findings_visible_among,
    matters_of_findings,
    shown_of_findings,
    suggestions_visible_to,
)
from supervision.public.permissions import findings_readable_by
from ui.attachments import check_attachment
from ui.json_bodies import StrictJSONParser
from ui.pagination import ChosenGeoPages, Pages
from ui.photo_claims import as_claimed, read_claim


class FindingViewSet(viewsets.ReadOnlyModelViewSet):
    """What was seen, as far as the caller may see it; for the public what is published, in its public version.

    POST files a new one, by JSON or with photos as multipart.
    """

    queryset = Finding.objects.none()
    serializer_class = FindingSerializer
    filterset_class = FindingFilter
    pagination_class = ChosenGeoPages
    permission_classes = [IsAuthenticatedOrReadOnly]
    parser_classes = [MultiPartParser, FormParser, StrictJSONParser]

    def get_queryset(self) -> QuerySet[Finding]:
        return findings_readable_by(self.request.user).alias(**shown_of_findings(self.request.user))

    def paginate_queryset(self, queryset: Any) -> Any:
        keys = super().paginate_queryset(queryset) or []
        rows = self._whole(Finding.objects.all()).in_bulk(keys)
        return self._told([rows[key] for key in keys if key in rows])

    def get_object(self) -> Finding:
        return self._one(super().get_object().pk)

    def _one(self, key: int) -> Finding:
        return self._told([self._whole(Finding.objects.all()).get(pk=key)])[0]

    def _whole(self, rows: QuerySet[Finding]) -> QuerySet[Finding]:
        rows = rows.select_related("area", "point", "project", "reporter", "suggestion")
        return rows.defer("area__geom", "project__geom").prefetch_related("photos__published")

    def _told(self, rows: Sequence[Finding]) -> Sequence[Finding]:
        """Say of each whether the caller sees all of it (`in_full`) and its project (`names_project`), and the first
        matter that she is shown of it."""
        projects = projects_seen(rows, self.request.user)
        matters = matters_of_findings(self.request.user, rows)
        seen = findings_visible_among(self.request.user, [row.pk for row in rows])
        for row in rows:
            row.in_full, row.matter = row.pk in seen, matters[row.pk][0]  # type: ignore[attr-defined]
            row.names_project = row.project_id in projects  # type: ignore[attr-defined]
        return rows

    @extend_schema(
        request={"application/json": FindingWordsSerializer, "multipart/form-data": NewFindingSerializer},
        responses={201: FiledFindingSerializer, 200: FiledFindingSerializer},
    )
    def create(self, request: Request) -> Response:
        """File a finding. Sent again with the same `client_id` it answers 200 with the one already filed.

        `sent_photos` names the photos that are here by their SHA-256: keep every other one and send it again.
        """
        if not may_report(request.user):
            raise NotPermitted(str(REPORTERS_ONLY))
        serializer = NewFindingSerializer(data=request.data)
        serializer.is_valid(raise_exception=True)
        given: dict[str, Any] = dict(serializer.validated_data)
        known = Finding.objects.filter(client_id=given["client_id"]).exists()
        claim = read_claim(given.pop("photo_sha256"))
        finding = services.file_finding(
            request.user,
            lon=given.pop("lng"),
            point_code=given.pop("point"),
            project_code=given.pop("project"),
            photos=as_claimed(given.pop("photos"), claim),
            claim=claim,
            **given,
        )
        body = FiledFindingSerializer(self._one(finding.pk), context=self.get_serializer_context()).data
        return Response(body, status=status.HTTP_200_OK if known else status.HTTP_201_CREATED)


class SuggestionViewSet(viewsets.ReadOnlyModelViewSet):
    """Suggestions with their clocks; one by its number comes with its timeline. A department's token may step."""

    token_scope = ApiToken.Scope.MATTERS

    queryset = Suggestion.objects.none()
    filterset_class = SuggestionFilter
    pagination_class = Pages
    lookup_field = "number"

    def get_queryset(self) -> QuerySet[Suggestion]:
        visible = suggestions_visible_to(self.request.user)
        return queries.for_lists(visible) if self.action == "list" else queries.with_timeline(visible)

    def get_serializer_class(self) -> type[SuggestionSerializer]:
        return SuggestionSerializer if self.action == "list" else SuggestionDetailSerializer

    @extend_schema(request=StepSerializer, responses={200: SuggestionDetailSerializer})
    @action(detail=True, methods=["post"], permission_classes=[IsAuthenticated])
    def steps(self, request: Request, number: str) -> Response:
        """Take a step; the answer is the matter as it stands then, or 204 when the caller no longer sees it.

        Refusals: 403 not this person or not now, 409 somebody else was first, 422 something is missing.
        """
        matter = self.get_object()
        serializer = StepSerializer(data=request.data)
        serializer.is_valid(raise_exception=True)
        take_step(request.user, matter, serializer.validated_data)
        after = self.get_queryset().filter(pk=matter.pk).first()
        if after is None:
            return Response(status=status.HTTP_204_NO_CONTENT)
        return Response(self.get_serializer(after).data)

    @extend_schema(request={"multipart/form-data": NewStepFileSerializer}, responses={201: StepFileSerializer})
    @action(detail=True, methods=["post"], permission_classes=[IsAuthenticated], parser_classes=[MultiPartParser])
    def files(self, request: Request, number: str) -> Response:
        """Send a file ahead of a step; the step names it in `files`. It is checked here, and kept for `hours`.

        Refusals: 400 no file, 403 no step with files is open to the caller, 413 too large, 422 no sound file.
        """
        matter = self.get_object()
        if not takes_files(request.user, matter):
            raise NotPermitted(gettext("您现在没有可以带附件的步骤。"))
        serializer = NewStepFileSerializer(data=request.data)
        serializer.is_valid(raise_exception=True)
        file = check_attachment(serializer.validated_data["file"])
        upload = held_files.keep(request.user, matter, file)
        hours = int(held_files.kept_for() / timedelta(hours=1))
        body = {"upload": upload, "name": file.name, "sha256": file.sha256, "hours": hours}
        return Response(body, status=status.HTTP_201_CREATED)


ROUTES = [
    ("findings", FindingViewSet, "finding"),
    ("suggestions", SuggestionViewSet, "suggestion"),
]
