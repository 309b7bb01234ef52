"""Places that documents speak of: found in the text by their names, confirmed by a person."""

from django.conf import settings
from django.contrib.gis.db import models
from django.utils.translation import gettext_lazy as _

from library.documents.models import Document


class Mention(models.Model):
    """That a document speaks of a thing with a place. `kind` and `object_id` are those of the gazetteer."""

    class State(models.TextChoices):
        FOUND = "found", _("待确认")
        CONFIRMED = "confirmed", _("已确认")
        REJECTED = "rejected", _("不是这里")

    document = models.ForeignKey(Document, models.CASCADE, related_name="mentions", verbose_name=_("文件"))
    kind = models.CharField(max_length=30)
    object_id = models.BigIntegerField()
    name = models.CharField(_("名称"), max_length=120)
    address = models.CharField(max_length=300)
    quote = models.CharField(_("原文"), max_length=200, blank=True)
    geom = models.PointField(_("位置"), srid=4326, null=True, blank=True)
    state = models.CharField(_("状态"), max_length=10, choices=State, default=State.FOUND)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("确认人")
    )
    decided_at = models.DateTimeField(_("确认时间"), null=True, blank=True)

    class Meta:
        verbose_name = _("提到的地方")
        verbose_name_plural = _("提到的地方")
        ordering = ["document", "pk"]
        constraints = [models.UniqueConstraint(fields=["document", "kind", "object_id"], name="one_mention_of_a_place")]
        indexes = [models.Index(fields=["kind", "object_id"])]

    def __str__(self) -> str:
        return self.name
