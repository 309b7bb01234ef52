"""What somebody saw at a place, with its photos. Rows are evidence: written once, chained, never changed."""

from django.contrib.gis.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import Area, User
from projects.models import Project
from river_monitoring.models import MonitoringPoint
from stations.models import Station
from supervision.findings.videos import KeptVideo, video_constraints
from supervision.kinds.definition import ProblemKind
from supervision.kinds.queries import kind_of


class Category(models.TextChoices):
    """Topics of suggestions, as the district sorts them."""

    ENVIRONMENT = "environment", _("城建环保")
    SOCIAL = "social", _("社会事业")
    FINANCE = "finance", _("财政商贸")
    INDUSTRY = "industry", _("工业交通")
    AGRICULTURE = "agriculture", _("农业农村")
    GENERAL = "general", _("综合")
    LEGAL = "legal", _("政治法律")


class Finding(models.Model):
    """What somebody saw at a place, with photos (随手拍)."""

    client_id = models.UUIDField(_("客户端编号"), unique=True, help_text=_("由填报端生成，同一编号只收一次"))
    reporter = models.ForeignKey(
        User,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="findings",
        verbose_name=_("填报人"),
        help_text=_("市民未登录上报的为空"),
    )
    category = models.CharField(_("类别"), max_length=20, choices=Category)
    kind = models.CharField(
        _("问题种类"),
        max_length=30,
        blank=True,
        default="",
        db_default="",
        help_text=_("代码，见“问题种类”；没有选的为空"),
    )
    text = models.TextField(_("情况"), max_length=2000)
    geom = models.PointField(_("位置"), srid=4326)
    area = models.ForeignKey(
        Area, models.PROTECT, null=True, blank=True, related_name="findings", verbose_name=_("镇街")
    )
    address = models.CharField(_("地点说明"), max_length=120, blank=True)
    point = models.ForeignKey(MonitoringPoint, models.PROTECT, null=True, blank=True, related_name="findings")
    project = models.ForeignKey(Project, models.PROTECT, null=True, blank=True, related_name="findings")
    station = models.ForeignKey(Station, models.PROTECT, null=True, blank=True, related_name="findings")
    seen_at = models.DateTimeField(_("发现时间"))
    created_at = models.DateTimeField(_("填报时间"), default=timezone.now, editable=False)

    class Meta:
        verbose_name = _("发现")
        verbose_name_plural = _("发现")
        ordering = ["-created_at", "-pk"]
        indexes = [models.Index(fields=["-created_at", "-id"], name="findings_newest_first")]

    def __str__(self) -> str:
        return self.text[:30]

    @property
    def problem(self) -> ProblemKind | None:
        """The kind of problem as it counted when this was filed; None where none was chosen."""
        return kind_of(self.kind, timezone.localdate(self.created_at))

    @property
    def where(self) -> str:
        """The town and what was said of the place, the town only once."""
        town = self.area.name if self.area else ""
        return self.address if self.address.startswith(town) else f"{town} {self.address}".strip()


class SentPhoto(models.Model):
    """A photo that a reporter's device says it sends, by the digest of its bytes; here once `arrived_at` is set."""

    finding = models.ForeignKey(Finding, models.PROTECT, related_name="sent_photos")
    sha256 = models.CharField(max_length=64, editable=False)
    arrived_at = models.DateTimeField(null=True, blank=True, editable=False)

    class Meta:
        verbose_name = _("发送的照片")
        verbose_name_plural = _("发送的照片")
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(fields=["finding", "sha256"], name="a_photo_is_announced_once_per_finding"),
            models.CheckConstraint(condition=models.Q(sha256__regex="^[0-9a-f]{64}$"), name="sent_photo_sha256_is_one"),
        ]

    def __str__(self) -> str:
        return f"{self.finding_id}/{self.sha256[:8]}"


class FindingPhoto(models.Model):
    """A photo of a finding, re-encoded without its position."""

    finding = models.ForeignKey(Finding, models.PROTECT, related_name="photos")
    file = models.ImageField(upload_to="findings/%Y/%m/")
    width = models.PositiveIntegerField(editable=False)
    height = models.PositiveIntegerField(editable=False)
    sha256 = models.CharField(max_length=64, editable=False)
    taken_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name = _("照片")
        verbose_name_plural = _("照片")
        ordering = ["pk"]
        constraints = [models.UniqueConstraint(fields=["finding", "sha256"], name="one_copy_of_a_photo_per_finding")]

    def __str__(self) -> str:
        return f"{self.finding_id}/{self.pk}"


class FindingVideo(KeptVideo):
    """The short video of a finding. Never public: people in it cannot be covered."""

    finding = models.OneToOneField(Finding, models.PROTECT, related_name="video")

    class Meta:
        verbose_name = _("视频")
        verbose_name_plural = _("视频")
        ordering = ["pk"]
        constraints = video_constraints("finding")

    def __str__(self) -> str:
        return f"{self.finding_id}/{self.pk}"
