"""The steps of a point's rectification, what proves them, and the escalations of late points."""

from pathlib import PurePath

from django.contrib.gis.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from accounts.models import Department, User
from river_monitoring.points.models import MonitoringPoint
from river_monitoring.rectification.photo_proof import PhotoProof, place_in_words
from river_monitoring.steps.table import state_choices


class RectificationEvent(models.Model):
    """One step of a point's rectification. Append-only."""

    point = models.ForeignKey(MonitoringPoint, models.PROTECT, related_name="events", verbose_name=_("点位"))
    at = models.DateTimeField(_("时间"))
    from_status = models.CharField(_("原状态"), max_length=20, choices=state_choices)
    to_status = models.CharField(_("新状态"), max_length=20, choices=state_choices)
    actor = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")
    department = models.ForeignKey(Department, models.PROTECT, null=True, blank=True, related_name="+")
    note = models.TextField(_("说明"), blank=True)
    due_on = models.DateField(_("期限"), null=True, blank=True)
    basis = models.JSONField(_("判定依据"), default=dict, db_default={}, blank=True, editable=False)
    """The rules of the district that the step was judged by, with their version (`accounts.rules.basis`)."""
    sheet_sha256 = models.CharField(
        _("验收单校验值"), max_length=64, default="", db_default="", blank=True, editable=False
    )
    """SHA-256 of the acceptance sheet that was made with the step (evidence of kind SHEET)."""

    class Meta:
        verbose_name = _("治理事件")
        verbose_name_plural = _("治理事件")
        ordering = ["point", "at", "pk"]

    def __str__(self) -> str:
        return f"{self.point_id} {self.from_status} -> {self.to_status}"


class Evidence(models.Model):
    """A photo or document that proves a step."""

    class Kind(models.TextChoices):
        BEFORE = "before", _("治理前照片")
        AFTER = "after", _("治理后照片")
        PLAN = "plan", _("方案文件")
        SHEET = "sheet", _("验收单")
        OTHER = "other", _("其他")

    event = models.ForeignKey(RectificationEvent, models.PROTECT, related_name="evidence")
    kind = models.CharField(_("类型"), max_length=10, choices=Kind)
    file = models.FileField(_("文件"), upload_to="evidence/%Y/%m/")
    caption = models.CharField(_("说明"), max_length=200, blank=True)
    sha256 = models.CharField(max_length=64, editable=False, db_index=True)
    picture_hashes = models.JSONField(_("图像指纹"), default=list, db_default=[], blank=True, editable=False)
    """What a photo looks like (`ui.pictures.picture_hash`), the whole first; empty for papers and older photos."""
    taken_at = models.DateTimeField(_("拍摄时间"), null=True, blank=True)

    class Meta:
        verbose_name = _("佐证")
        verbose_name_plural = _("佐证")
        ordering = ["pk"]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.event_id}"

    @property
    def download_name(self) -> str:
        """The name of the download; the stored name is the content's hash."""
        return f"{self.kind}-{self.pk}{PurePath(str(self.file)).suffix}"


class EvidenceCheck(PhotoProof):
    """EXIF of a photo that proves a step, compared with the point's place and the time of the step."""

    evidence = models.OneToOneField("river_monitoring.Evidence", models.CASCADE, related_name="check_result")

    class Meta:
        ordering = ["evidence"]

    def __str__(self) -> str:
        return f"{self.evidence_id}"

    @property
    def sentences(self) -> list[str]:
        """The place as for any photo; the time as it is, for a photo of a site is older than the step it proves."""
        if self.exif_at is None:
            return [place_in_words(self.comparison), gettext("照片里没有拍摄时间，无法核对时间。")]
        day = date_format(timezone.localtime(self.exif_at), "DATETIME_FORMAT")
        return [place_in_words(self.comparison), gettext("照片自己记的拍摄时间是 %s。") % day]


class PhotoVouch(models.Model):
    """Why a photo that does not say where or when it was taken is believed: the word of another than its uploader.

    Append-only.
    """

    evidence = models.OneToOneField(
        "river_monitoring.Evidence", models.PROTECT, related_name="vouch", verbose_name=_("照片")
    )
    at = models.DateTimeField(_("时间"))
    actor = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name=_("说明人"))
    department = models.ForeignKey(
        Department, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("部门")
    )
    reason = models.TextField(_("依据"))

    class Meta:
        verbose_name = _("照片说明")
        verbose_name_plural = _("照片说明")
        ordering = ["at", "pk"]
        constraints = [models.CheckConstraint(condition=~Q(reason=""), name="a_photo_is_vouched_for_with_a_reason")]

    def __str__(self) -> str:
        return f"{self.evidence_id}"


class PhotoCover(models.Model):
    """Why the public no longer sees a photo: it stays evidence, and all see that it is covered. Append-only."""

    evidence = models.OneToOneField(
        "river_monitoring.Evidence", models.PROTECT, related_name="cover", verbose_name=_("照片")
    )
    at = models.DateTimeField(_("时间"))
    actor = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name=_("遮盖人"))
    department = models.ForeignKey(
        Department, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("部门")
    )
    reason = models.TextField(_("理由"))

    class Meta:
        verbose_name = _("照片遮盖")
        verbose_name_plural = _("照片遮盖")
        ordering = ["at", "pk"]
        constraints = [models.CheckConstraint(condition=~Q(reason=""), name="a_photo_is_covered_for_a_reason")]

    def __str__(self) -> str:
        return f"{self.evidence_id}"


class Objection(models.Model):
    """The congress staff or a deputy objects to the delisting of a point; it waits for the answer. Append-only."""

    point = models.ForeignKey(MonitoringPoint, models.PROTECT, related_name="objections", verbose_name=_("点位"))
    at = models.DateTimeField(_("时间"))
    actor = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name=_("提出人"))
    reason = models.TextField(_("理由"))

    class Meta:
        verbose_name = _("销号异议")
        verbose_name_plural = _("销号异议")
        ordering = ["at", "pk"]
        constraints = [models.CheckConstraint(condition=~Q(reason=""), name="an_objection_has_a_reason")]

    def __str__(self) -> str:
        return f"{self.point_id} {self.at:%Y-%m-%d}"


class ObjectionAnswer(models.Model):
    """What the accepting body answers to an objection. Append-only."""

    objection = models.OneToOneField(Objection, models.PROTECT, related_name="answer", verbose_name=_("异议"))
    at = models.DateTimeField(_("时间"))
    actor = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name=_("答复人"))
    department = models.ForeignKey(Department, models.PROTECT, related_name="+", verbose_name=_("部门"))
    words = models.TextField(_("答复"))

    class Meta:
        verbose_name = _("异议答复")
        verbose_name_plural = _("异议答复")
        ordering = ["at", "pk"]
        constraints = [models.CheckConstraint(condition=~Q(words=""), name="an_objection_is_answered_with_words")]

    def __str__(self) -> str:
        return f"{self.objection_id}"


class Escalation(models.Model):
    """A level was notified of a late point. Append-only; once per level and deadline."""

    class Level(models.TextChoices):
        DEPARTMENT = "department", _("责任部门")
        VILLAGE = "village", _("村级")
        TOWN = "town", _("镇级")
        DISTRICT = "district", _("区级")
        CITY = "city", _("市级")

    class About(models.TextChoices):
        WORKS = "works", _("整治期限")
        LOOK_BACK = "look_back", _("回头看期限")

    point = models.ForeignKey(MonitoringPoint, models.PROTECT, related_name="escalations", verbose_name=_("点位"))
    at = models.DateTimeField(_("时间"))
    level = models.CharField(_("层级"), max_length=10, choices=Level)
    about = models.CharField(_("事项"), max_length=10, choices=About, default=About.WORKS)
    due_on = models.DateField(_("期限"))
    days_late = models.IntegerField(_("超期天数"))
    told = models.CharField(_("告知对象"), max_length=200)
    basis = models.JSONField(_("判定依据"), default=dict, blank=True, editable=False)
    """The rule of the district that it was notified by, with its version (`accounts.rules.basis`)."""

    class Meta:
        verbose_name = _("逐级上报")
        verbose_name_plural = _("逐级上报")
        ordering = ["at", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["point", "about", "level", "due_on"], name="one_escalation_per_level_and_deadline"
            )
        ]

    def __str__(self) -> str:
        return f"{self.point_id} {self.level} {self.due_on}"
