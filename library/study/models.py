"""That somebody has gone through a study document."""

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from library.documents.models import Version


class Studied(models.Model):
    """One person has gone through one version of a study document and said so."""

    version = models.ForeignKey(Version, models.CASCADE, related_name="studied", verbose_name=_("版本"))
    reader = models.ForeignKey(User, models.CASCADE, related_name="+")
    at = models.DateTimeField(_("学完时间"), default=timezone.now)

    class Meta:
        verbose_name = _("学习记录")
        verbose_name_plural = _("学习记录")
        ordering = ["version", "pk"]
        constraints = [models.UniqueConstraint(fields=["version", "reader"], name="a_version_is_studied_once")]

    def __str__(self) -> str:
        return f"{self.version_id} {self.reader_id}"
