"""A picture or a file of a page. Append-only: a version that shows it may be looked at years later."""

from uuid import uuid4

from django.db import models
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from publishing.body.blocks import BlockKind
from publishing.register.models import SitePage


class PageFile(models.Model):
    """A file of a page; `number` is its name in addresses and in blocks."""

    class Kind(models.TextChoices):
        PICTURE = BlockKind.PICTURE.value, _("图片")
        FILE = BlockKind.FILE.value, _("附件")
        ISSUE = BlockKind.ISSUE.value, _("会刊 PDF")

    page = models.ForeignKey(SitePage, models.PROTECT, related_name="files")
    number = models.UUIDField(default=uuid4, unique=True, editable=False)
    kind = models.CharField(max_length=8, choices=Kind)
    name = models.CharField(_("文件名"), max_length=120)
    file = models.FileField(upload_to="site/%Y/%m/", editable=False)
    sha256 = models.CharField(max_length=64, editable=False)
    size = models.PositiveBigIntegerField(_("大小"), editable=False)
    width = models.PositiveIntegerField(null=True, blank=True, editable=False)
    height = models.PositiveIntegerField(null=True, blank=True, editable=False)
    added_by = models.ForeignKey(User, models.PROTECT, related_name="+", editable=False)
    added_at = models.DateTimeField(default=timezone.now, editable=False)

    class Meta:
        verbose_name = _("页面文件")
        verbose_name_plural = _("页面文件")
        ordering = ["page", "pk"]
        constraints = [models.UniqueConstraint(fields=["page", "sha256"], name="a_file_is_once_on_a_page")]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return reverse("publishing:file", args=[self.number, self.sha256[:16]])
