"""Patrols: who walked when and where, what she found, and the events that say so.

A track is personal data. It is in no tile and on no public page; `permissions.patrols_visible_to` says who sees it.
"""

from django.contrib.gis.db import models
from django.core.validators import MinValueValidator
from django.db.models import F, Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from accounts.models import Area, User
from river_monitoring.models import MonitoringPoint, Reach, River
from river_monitoring.rectification.photo_proof import PhotoProof
from supervision.models import Finding, FindingPhoto


class Capacity(models.TextChoices):
    """As whom somebody patrols: a deputy, or a chief of a level; many chiefs are deputies as well."""

    DEPUTY = "deputy", _("人大代表")
    CITY = "city", _("市级河长")
    COUNTY = "county", _("县级河长")
    TOWN = "town", _("乡级河长")
    VILLAGE = "village", _("村级河长")


class PatrolRule(models.Model):
    """What the administration asked of patrols before rules of the district had versions. Read by nothing any more:
    migration 0003 carried the rows over to `patrols.*` (`inspections.rules`)."""

    capacity = models.CharField(_("身份"), max_length=10, choices=Capacity, unique=True)
    every_days = models.PositiveSmallIntegerField(
        _("至少每几天巡查一次"), null=True, blank=True, validators=[MinValueValidator(1)]
    )
    min_minutes = models.PositiveSmallIntegerField(_("每次至少（分钟）"), null=True, blank=True)
    min_metres = models.PositiveIntegerField(_("每次至少（米）"), null=True, blank=True)
    basis = models.CharField(_("依据"), max_length=200, help_text=_("哪一份文件、哪一条"))

    class Meta:
        verbose_name = _("巡查要求")
        verbose_name_plural = _("巡查要求")
        ordering = ["capacity"]

    def __str__(self) -> str:
        return self.get_capacity_display()


class Patrol(models.Model):
    """One walk. What is measured of it is computed by the server when it ends, never sent by the phone."""

    client_id = models.UUIDField(_("客户端编号"), unique=True)
    user = models.ForeignKey(User, models.PROTECT, related_name="patrols", verbose_name=_("巡查人"))
    capacity = models.CharField(_("身份"), max_length=10, choices=Capacity, default=Capacity.DEPUTY)
    river = models.ForeignKey(
        River, models.PROTECT, null=True, blank=True, related_name="patrols", verbose_name=_("巡查河流")
    )
    started_at = models.DateTimeField(_("开始时间"))
    ended_at = models.DateTimeField(_("结束时间"), null=True, blank=True)
    note = models.TextField(_("小结"), max_length=1000, blank=True)
    # Written by services.stop only.
    area = models.ForeignKey(
        Area, models.PROTECT, null=True, blank=True, related_name="patrols", editable=False, verbose_name=_("镇街")
    )
    track = models.MultiLineStringField(_("轨迹"), srid=4326, null=True, blank=True, editable=False)
    length_m = models.FloatField(_("里程（米）"), default=0, editable=False)
    recorded_s = models.PositiveIntegerField(_("有轨迹的时间（秒）"), default=0, editable=False)
    faults = models.JSONField(_("存疑的轨迹点"), default=dict, editable=False)
    """{"too-fast": 3}: how many points of the track were set apart, by reason."""

    class Meta:
        verbose_name = _("巡查")
        verbose_name_plural = _("巡查")
        ordering = ["-started_at", "-pk"]
        indexes = [models.Index(fields=["user", "-started_at"])]
        constraints = [
            models.CheckConstraint(
                condition=Q(ended_at__isnull=True) | Q(ended_at__gte=F("started_at")),
                name="a_patrol_ends_after_it_began",
            ),
            models.UniqueConstraint(
                fields=["user"], condition=Q(ended_at__isnull=True), name="one_patrol_at_a_time_per_person"
            ),
            models.CheckConstraint(condition=Q(length_m__gte=0), name="a_patrol_has_no_negative_length"),
        ]

    def __str__(self) -> str:
        return f"{self.user_id} {self.started_at:%Y-%m-%d %H:%M}"

    def get_absolute_url(self) -> str:
        return reverse("patrols:detail", args=[self.pk])

    @property
    def is_running(self) -> bool:
        return self.ended_at is None


class TrackBatch(models.Model):
    """Points that came in one message of the phone. The same message again is the same batch."""

    patrol = models.ForeignKey(Patrol, models.CASCADE, related_name="batches")
    client_id = models.UUIDField(unique=True)
    received_at = models.DateTimeField(auto_now_add=True)
    count = models.PositiveSmallIntegerField()

    class Meta:
        ordering = ["pk"]

    def __str__(self) -> str:
        return f"{self.patrol_id} {self.count}"


class TrackPoint(models.Model):
    """One position of the phone, as it was sent; `fault` says why it does not count."""

    class Fault(models.TextChoices):
        FUTURE = "future", _("时间在将来")
        EARLY = "early", _("早于开始时间")
        OUTSIDE = "outside", _("不在本区")
        INACCURATE = "inaccurate", _("定位太粗")
        TOO_FAST = "too-fast", _("速度异常")

    patrol = models.ForeignKey(Patrol, models.CASCADE, related_name="points")
    batch = models.ForeignKey(TrackBatch, models.CASCADE, related_name="points")
    number = models.PositiveIntegerField()
    """Counted by the phone from 0."""
    at = models.DateTimeField()
    geom = models.PointField(srid=4326)
    accuracy_m = models.FloatField(null=True)
    fault = models.CharField(max_length=10, choices=Fault, blank=True)

    class Meta:
        ordering = ["patrol", "at", "number"]
        constraints = [
            models.UniqueConstraint(fields=["patrol", "number"], name="each_track_point_comes_once"),
            models.CheckConstraint(
                condition=Q(accuracy_m__isnull=True) | Q(accuracy_m__gte=0), name="accuracy_is_no_negative_distance"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.patrol_id} {self.number}"


class PatrolReach(models.Model):
    """A stretch of water that was passed, and what of it was within sight."""

    patrol = models.ForeignKey(Patrol, models.CASCADE, related_name="reaches")
    reach = models.ForeignKey(Reach, models.PROTECT, related_name="patrols")
    covered = models.MultiLineStringField(srid=4326)
    covered_m = models.FloatField()

    class Meta:
        ordering = ["patrol", "-covered_m"]
        constraints = [models.UniqueConstraint(fields=["patrol", "reach"], name="each_reach_once_per_patrol")]

    def __str__(self) -> str:
        return f"{self.patrol_id} {self.reach_id}"

    @property
    def share(self) -> float:
        """Of the reach's length, 0 to 1."""
        return min(1.0, self.covered_m / self.reach.length_m) if self.reach.length_m else 0.0


class PatrolFinding(models.Model):
    """What was found on the way. It stays in the file of the patrol, or is sent on as a matter of its own."""

    class Kind(models.TextChoices):
        FLOATING = "floating", _("漂浮物、垃圾")
        OUTFALL = "outfall", _("排污口异常")
        SMELL = "smell", _("水体异味、颜色异常")
        DEAD_FISH = "dead_fish", _("死鱼")
        ENCROACHMENT = "encroachment", _("违章搭建、侵占河道")
        DUMPING = "dumping", _("倾倒渣土、泥浆")
        FACILITY = "facility", _("设施损坏")
        SIGNBOARD = "signboard", _("公示牌缺失或内容有误")
        WORKS = "works", _("治理措施与申报不符")
        GOOD = "good", _("情况良好")
        OTHER = "other", _("其他")

    client_id = models.UUIDField(_("客户端编号"), unique=True)
    patrol = models.ForeignKey(Patrol, models.PROTECT, related_name="findings")
    kind = models.CharField(_("类型"), max_length=15, choices=Kind)
    text = models.TextField(_("情况"), max_length=2000)
    geom = models.PointField(_("位置"), srid=4326)
    area = models.ForeignKey(Area, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("镇街"))
    point = models.ForeignKey(
        MonitoringPoint, models.PROTECT, null=True, blank=True, related_name="patrol_findings", verbose_name=_("点位")
    )
    seen_at = models.DateTimeField(_("发现时间"))
    matter = models.OneToOneField(
        Finding, models.PROTECT, null=True, blank=True, related_name="patrol_finding", verbose_name=_("转为")
    )

    class Meta:
        verbose_name = _("巡查发现")
        verbose_name_plural = _("巡查发现")
        ordering = ["patrol", "seen_at", "pk"]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.text[:20]}"


class PatrolPhoto(PhotoProof):
    """A photo of something found, re-encoded without its position; what its EXIF said is kept beside it as evidence."""

    found = models.ForeignKey(PatrolFinding, models.PROTECT, related_name="photos")
    file = models.ImageField(upload_to="patrols/%Y/%m/")
    width = models.PositiveIntegerField(editable=False)
    height = models.PositiveIntegerField(editable=False)
    sha256 = models.CharField(max_length=64, editable=False)

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(fields=["found", "sha256"], name="one_copy_of_a_photo_per_patrol_finding")
        ]

    def __str__(self) -> str:
        return f"{self.found_id}/{self.pk}"


class FindingPhotoCheck(PhotoProof):
    """What the EXIF of a finding's photo said, against where and when the finding says it was."""

    photo = models.OneToOneField(FindingPhoto, models.CASCADE, related_name="check_result")

    class Meta:
        ordering = ["photo"]

    def __str__(self) -> str:
        return f"{self.photo_id}"


class PatrolEvent(models.Model):
    """One step of a patrol. Append-only and chained; a stop carries the digest of the track as it was then."""

    class Verb(models.TextChoices):
        STARTED = "started", _("开始巡查")
        STOPPED = "stopped", _("结束巡查")
        FOUND = "found", _("记录发现")
        SENT = "sent", _("转交办理")

    patrol = models.ForeignKey(Patrol, models.PROTECT, related_name="events")
    verb = models.CharField(max_length=10, choices=Verb)
    at = models.DateTimeField()
    actor = models.ForeignKey(User, models.PROTECT, related_name="+")
    found = models.ForeignKey(PatrolFinding, models.PROTECT, null=True, blank=True, related_name="+")
    text = models.TextField(blank=True)
    digest = models.CharField(max_length=64, blank=True)

    class Meta:
        ordering = ["patrol", "at", "pk"]

    def __str__(self) -> str:
        return f"{self.patrol_id} {self.verb}"
