"""Monitoring points, and who follows a point or a whole water."""

from typing import Any

from django.contrib.gis.db import models
from django.urls import reverse
from django.utils.translation import gettext_lazy
from django.utils.translation import gettext_lazy as _

from accounts.models import Area, Department, User
from river_monitoring.network.models import Reach, River, WaterKind
from river_monitoring.steps.table import TABLE, State, state_choices


class WaterClass(models.IntegerChoices):
    """`evaluation.WaterClass` as stored and as in tiles: its number, 6 for inferior V, 0 for unrated."""

    UNRATED = 0, _("未评价")
    I = 1, _("Ⅰ类")  # noqa: E741 - the standard's own name
    II = 2, _("Ⅱ类")
    III = 3, _("Ⅲ类")
    IV = 4, _("Ⅳ类")
    V = 5, _("Ⅴ类")
    INFERIOR_V = 6, _("劣Ⅴ类")


class MonitoringPoint(models.Model):
    """A place where water is sampled: a section (断面) or a small water (小微水体)."""

    class Kind(models.TextChoices):
        STATE = "state", _("国控断面")
        PROVINCE = "province", _("省控断面")
        CITY = "city", _("市控断面")
        COUNTY = "county", _("县控断面")
        HANDOVER = "handover", _("交接断面")
        SMALL = "small", _("小微水体")

    code = models.CharField(_("编码"), max_length=30, unique=True)
    name = models.CharField(_("名称"), max_length=80)
    kind = models.CharField(_("类型"), max_length=10, choices=Kind)
    # The kind of its river or lake in the register; typed only for waters that are in no register.
    water = models.CharField(_("适用标准表"), max_length=10, choices=WaterKind, default=WaterKind.RIVER)
    river = models.ForeignKey(
        River, models.PROTECT, null=True, blank=True, related_name="points", verbose_name=_("所在河流")
    )
    reach = models.ForeignKey(
        Reach, models.PROTECT, null=True, blank=True, related_name="points", verbose_name=_("所在河段")
    )
    area = models.ForeignKey(Area, models.PROTECT, related_name="monitoring_points", verbose_name=_("镇街"))
    village = models.ForeignKey(Area, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("村社"))
    department = models.ForeignKey(
        Department, models.PROTECT, related_name="monitoring_points", verbose_name=_("责任部门")
    )
    geom = models.PointField(_("位置"), srid=4326)
    is_schematic = models.BooleanField(_("示意"), default=False)
    target_class = models.PositiveSmallIntegerField(_("目标类别"), choices=WaterClass, default=WaterClass.III)
    baseline_class = models.PositiveSmallIntegerField(_("挂号时类别"), choices=WaterClass, default=WaterClass.UNRATED)
    causes = models.TextField(_("成因"), blank=True)
    responsible_name = models.CharField(_("责任人"), max_length=40, blank=True)
    responsible_phone = models.CharField(_("责任人电话"), max_length=30, blank=True)
    # The items that failed when the point was listed; without a value of theirs nothing proves it clean again.
    listed_for = models.JSONField(_("挂号时不达标项目"), default=list, blank=True, editable=False)
    # Class of the newest month that has samples, and that month; written only by `assessment.services`.
    current_class = models.PositiveSmallIntegerField(
        _("现状类别"), choices=WaterClass, default=WaterClass.UNRATED, editable=False
    )
    current_month = models.DateField(_("现状月份"), null=True, blank=True, editable=False)
    current_is_at_least = models.BooleanField(_("现状至少为此类别"), default=False, editable=False)
    # The newest sample; written only by `samples.services` and `samples.automatic`.
    current_sample = models.ForeignKey(
        "Sample", models.PROTECT, null=True, blank=True, related_name="+", editable=False
    )
    # Where rectification stands; written only by `rectification.services`.
    status = models.CharField(_("治理状态"), max_length=20, choices=state_choices, default=State.NONE.value)
    listed_on = models.DateField(_("挂号日期"), null=True, blank=True)
    due_on = models.DateField(_("整治期限"), null=True, blank=True)
    delisted_on = models.DateField(_("销号日期"), null=True, blank=True)
    version = models.PositiveIntegerField(_("版本"), default=1, editable=False)
    updated_at = models.DateTimeField(_("更新时间"), auto_now=True)

    class Meta:
        verbose_name = _("监测点位")
        verbose_name_plural = _("监测点位")
        ordering = ["code"]
        indexes = [models.Index(fields=["status", "due_on"]), models.Index(fields=["current_class"])]

    def __str__(self) -> str:
        return self.name

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Save; of a new point the register of waters says which limits apply. Later a `PointChange` does."""
        if self._state.adding and self.river:
            self.water = self.river.kind
        super().save(*args, **kwargs)

    def get_absolute_url(self) -> str:
        return reverse("river:point", args=[self.code])

    @property
    def is_off_list(self) -> bool:
        """Whether the point was delisted, so that the deadline of its works is past."""
        return self.status in TABLE.in_group("delisted")


class PointChange(models.Model):
    """A change of what a point is judged by: its target class, the table of limits, the department that answers.

    Append-only and chained. A trigger lets these columns of a point change only to what the newest of its changes says,
    so nobody flips 达标 to 未达标 without a reason, whichever way the update comes.
    """

    point = models.ForeignKey(MonitoringPoint, models.PROTECT, related_name="changes", verbose_name=_("点位"))
    at = models.DateTimeField(_("时间"))
    actor = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name=_("变更人"))
    office = models.ForeignKey(
        Department, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("变更单位")
    )
    reason = models.TextField(_("理由"), max_length=1000)
    target_before = models.PositiveSmallIntegerField(choices=WaterClass)
    target_class = models.PositiveSmallIntegerField(_("目标类别"), choices=WaterClass)
    water_before = models.CharField(max_length=10, choices=WaterKind)
    water = models.CharField(_("适用标准表"), max_length=10, choices=WaterKind)
    department_before = models.ForeignKey(Department, models.PROTECT, related_name="+")
    department = models.ForeignKey(Department, models.PROTECT, related_name="+", verbose_name=_("责任部门"))

    class Meta:
        verbose_name = _("点位变更")
        verbose_name_plural = _("点位变更")
        ordering = ["point", "at", "pk"]
        constraints = [
            models.CheckConstraint(condition=~models.Q(reason=""), name="a_point_changes_for_a_reason"),
            models.CheckConstraint(condition=models.Q(target_class__range=(1, 5)), name="a_point_has_a_target"),
        ]

    def __str__(self) -> str:
        return f"{self.point_id} {self.at:%Y-%m-%d}"


class PointFollow(models.Model):
    """A person follows a point and is notified of its steps."""

    user = models.ForeignKey(User, models.CASCADE, related_name="followed_points", verbose_name=_("关注人"))
    point = models.ForeignKey(MonitoringPoint, models.CASCADE, related_name="follows", verbose_name=_("点位"))
    since = models.DateTimeField(_("关注时间"), auto_now_add=True)

    class Meta:
        verbose_name = _("点位关注")
        verbose_name_plural = _("点位关注")
        ordering = ["-since"]
        constraints = [models.UniqueConstraint(fields=["user", "point"], name="follow_a_point_once")]

    def __str__(self) -> str:
        return f"{self.user_id} {self.point_id}"


class RiverFollow(models.Model):
    """A person follows a water and is notified of the steps of all its points."""

    user = models.ForeignKey(User, models.CASCADE, related_name="followed_rivers", verbose_name=gettext_lazy("关注人"))
    river = models.ForeignKey(
        "river_monitoring.River", models.CASCADE, related_name="follows", verbose_name=gettext_lazy("河流")
    )
    since = models.DateTimeField(gettext_lazy("关注时间"), auto_now_add=True)

    class Meta:
        verbose_name = gettext_lazy("河流关注")
        verbose_name_plural = gettext_lazy("河流关注")
        ordering = ["-since"]
        constraints = [models.UniqueConstraint(fields=["user", "river"], name="follow_a_river_once")]

    def __str__(self) -> str:
        return f"{self.user_id} {self.river_id}"
