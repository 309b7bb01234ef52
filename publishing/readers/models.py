"""That somebody has confirmed a page."""

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from publishing.register.models import PageRevision, SitePage


class PageReading(models.Model):
    """One person has read one version of a notice and said so."""

    page = models.ForeignKey(SitePage, models.PROTECT, related_name="readings")
    revision = models.ForeignKey(PageRevision, models.PROTECT, related_name="+")
    reader = models.ForeignKey(User, models.CASCADE, related_name="+")
    at = models.DateTimeField(_("时间"), default=timezone.now)

    class Meta:
        verbose_name = _("已阅")
        verbose_name_plural = _("已阅")
        ordering = ["page", "at", "pk"]
        constraints = [models.UniqueConstraint(fields=["revision", "reader"], name="a_version_is_read_once")]

    def __str__(self) -> str:
        return f"{self.page_id} {self.reader_id}"
