"""What the public side keeps: covered copies of photos, who met the same, and the private links of reporters."""

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from supervision.findings.models import Finding, FindingPhoto


class PublishedPhoto(models.Model):
    """The copy of a photo that others may see, with faces and number plates made unreadable by staff.

    The original stays with those who handle the matter. The boxes are in pixels of the original: x, y, width, height.
    """

    photo = models.OneToOneField(FindingPhoto, models.PROTECT, related_name="published")
    file = models.ImageField(upload_to="findings/published/%Y/%m/")
    boxes = models.JSONField(_("遮盖区域"), default=list, blank=True)
    made_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    made_at = models.DateTimeField(default=timezone.now)

    class Meta:
        verbose_name = _("公开照片")
        verbose_name_plural = _("公开照片")

    def __str__(self) -> str:
        return f"{self.photo_id}"


class Support(models.Model):
    """Somebody else who met the same (我也遇到). Counted once per browser or account; nothing says who it was."""

    finding = models.ForeignKey(Finding, models.PROTECT, related_name="supports")
    who = models.CharField(max_length=32, editable=False)
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        verbose_name = _("附议")
        verbose_name_plural = _("附议")
        constraints = [models.UniqueConstraint(fields=["finding", "who"], name="one_support_per_person_and_finding")]

    def __str__(self) -> str:
        return f"{self.finding_id}"


class ReporterAccess(models.Model):
    """The private link of somebody who reported without an account. Only the digest of its secret is kept."""

    finding = models.OneToOneField(Finding, models.PROTECT, related_name="access")
    token_digest = models.CharField(max_length=64, unique=True, editable=False)
    expires_at = models.DateTimeField(_("失效时间"))
    email = models.EmailField(_("电子邮箱"), blank=True)

    class Meta:
        verbose_name = _("查询链接")
        verbose_name_plural = _("查询链接")

    def __str__(self) -> str:
        return f"{self.finding_id}"
