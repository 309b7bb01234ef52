"""One table of what can be found, and the journal of what changed since it was written."""

from typing import Any

from django.db import models
from django.utils.translation import gettext_lazy as _

NAMED = 4
"""From this weight on a thing is known by its name (a river, a place, a law), and is looked for first."""


class VectorField(models.TextField):
    """A `tsvector`, written as its literal (`search.text.vector`). Its GIN indexes are made by the migration."""

    def db_type(self, connection: Any) -> str:
        return "tsvector"


class Entry(models.Model):
    """One thing that can be found. What it says here all may read who may see the thing; who that is, is asked anew.

    `parent_id` tells rows apart that are numbered within another thing, as the features of a layer.
    """

    kind = models.CharField(max_length=30)
    object_id = models.BigIntegerField()
    parent_id = models.BigIntegerField(default=0, db_default=0)
    title = models.CharField(max_length=200)
    title_key = models.CharField(max_length=200)
    codes = models.CharField(max_length=200, default="", db_default="")
    text = models.TextField(default="", db_default="")
    meta = models.CharField(max_length=200, default="", db_default="")
    address = models.CharField(max_length=300)
    area = models.ForeignKey("accounts.Area", models.CASCADE, null=True, related_name="+")
    year = models.PositiveSmallIntegerField(null=True)
    organ = models.CharField(max_length=80, default="", db_default="")
    weight = models.PositiveSmallIntegerField(default=0, db_default=0)
    names = VectorField()
    """Title and codes, with their spellings."""
    words = VectorField()
    """All that, and the text."""

    class Meta:
        verbose_name = _("索引条目")
        verbose_name_plural = _("索引条目")
        ordering = ["pk"]
        constraints = [models.UniqueConstraint(fields=["kind", "parent_id", "object_id"], name="search_entry_once")]

    def __str__(self) -> str:
        return self.title


class Change(models.Model):
    """That something changed which an entry is made of; a trigger writes it in the transaction of the change.

    `via` is the path from the thing that is found to the row that changed: `pk` for itself.
    """

    kind = models.CharField(max_length=30)
    via = models.CharField(max_length=60)
    object_id = models.BigIntegerField()

    class Meta:
        verbose_name = _("待更新索引")
        verbose_name_plural = _("待更新索引")
        ordering = ["pk"]
        indexes = [models.Index(fields=["kind", "object_id"])]

    def __str__(self) -> str:
        return f"{self.kind} {self.via} {self.object_id}"
