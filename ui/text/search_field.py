"""A column that keeps the pinyin of its neighbours, so that a search by initials is one `LIKE`."""

from collections.abc import Sequence
from typing import Any

from django.db import models
from django.db.models import Q, QuerySet

from ui.text.search_key import search_key, words_of


class SearchKeyField(models.TextField):  # type: ignore[type-arg]  # no generic class when it runs
    """Holds :func:`search_key` of the named fields; kept by ``save()`` and by ``bulk_create()`` alike."""

    def __init__(self, *, sources: Sequence[str] = (), **kwargs: Any) -> None:
        self.sources = tuple(sources)
        super().__init__(**{"blank": True, "default": "", "editable": False, **kwargs})

    def pre_save(self, model_instance: models.Model, add: bool) -> str:
        value = search_key(*(str(getattr(model_instance, name)) for name in self.sources))
        setattr(model_instance, self.attname, value)
        return value

    def deconstruct(self) -> tuple[str, str, Sequence[Any], dict[str, Any]]:
        name, path, args, kwargs = super().deconstruct()
        return name, path, args, {**kwargs, "sources": self.sources}


def search[Row: models.Model](queryset: QuerySet[Row], query: str, columns: Sequence[str]) -> QuerySet[Row]:
    """Keep the rows in which every word of `query` stands in one of `columns` (ORM paths)."""
    for word in words_of(query):
        anywhere = Q()
        for column in columns:
            anywhere |= Q(**{f"{column}__icontains": word})
        queryset = queryset.filter(anywhere)
    return queryset
