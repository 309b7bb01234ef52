"""Whose changes are told: for each kind the queryset of its pages, and how one of them is named and found."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from django.db.models import QuerySet
from django.urls import reverse

from accounts.permissions import Asker
from exchange.webhooks.models import Subject
from layers.permissions import layers_visible_to
from projects.permissions import projects_visible_to
from river_monitoring.permissions import points_visible_to
from supervision.permissions import suggestions_visible_to


@dataclass(frozen=True, slots=True)
class SubjectKind:
    """`visible_to` is the queryset of the pages; `key` the column that names a row outside; the addresses by it."""

    visible_to: Callable[[Asker], QuerySet[Any]]
    key: str
    page: str
    api: str
    api_key: str

    def visible_ids(self, user: Asker, ids: Iterable[int]) -> set[int]:
        """Return those of `ids` that `user` may see now."""
        return set(self.visible_to(user).order_by().filter(pk__in=list(ids)).values_list("pk", flat=True))

    def described(self, user: Asker, pk: int) -> dict[str, str] | None:
        """Return identifier and addresses (paths) of a thing; None where `user` may not see it."""
        row = self.visible_to(user).order_by().filter(pk=pk).values(self.key, self.api_key).first()
        if row is None:
            return None
        return {
            "id": str(row[self.key]),
            "url": reverse(self.page, args=[row[self.key]]),
            "api": reverse(self.api, args=[row[self.api_key]]),
        }


KINDS = {
    Subject.POINT: SubjectKind(points_visible_to, "code", "river:point", "monitoring-point-detail", "pk"),
    Subject.MATTER: SubjectKind(
        suggestions_visible_to, "number", "supervision:suggestion", "suggestion-detail", "number"
    ),
    Subject.PROJECT: SubjectKind(projects_visible_to, "code", "projects:detail", "project-detail", "pk"),
    Subject.LAYER: SubjectKind(layers_visible_to, "slug", "layers:detail", "layer-detail", "slug"),
}
