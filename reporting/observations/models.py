"""The value of an indicator in a place and a period, and every value that stood there before."""

from django.conf import settings
from django.contrib.gis.db.models import PointField
from django.contrib.gis.geos import Point
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.models import Area
from layers.models import Layer
from reporting.indicators.models import Indicator
from river_monitoring.models import MonitoringPoint


class Way(models.TextChoices):
    """By which way a value came."""

    SHEET = "sheet", _("表格")
    API = "api", _("接口")
    PAGE = "page", _("页面")
    ROOM = "room", _("平台记录")
    STATION = "station", _("监测数据")
    FORMULA = "formula", _("公式")
    ARCHIVE = "archive", _("档案")


class Saying(models.Model):
    """What somebody said: the value, what was planned, the denominator, and who said it when and why."""

    value = models.DecimalField(_("数值"), max_digits=20, decimal_places=6, null=True, blank=True)
    plan = models.DecimalField(_("计划"), max_digits=20, decimal_places=6, null=True, blank=True)
    whole = models.PositiveIntegerField(_("分母"), null=True, blank=True)
    way = models.CharField(_("途径"), max_length=8, choices=Way)
    said_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("报送人")
    )
    said_at = models.DateTimeField(_("报送时间"))
    reason = models.CharField(_("理由"), max_length=200, blank=True, default="", db_default="")

    class Meta:
        abstract = True


class ObservedFeature(models.Model):
    """What values may be about besides areas: a monitoring point, or a feature of a loaded layer by its key.

    The feature of interest of ISO 19156. Name, place and town are copies, renewed when the layer has a new version and
    every night (`reporting.observations.features`); a feature that is gone from its layer keeps the last ones.
    """

    monitoring_point = models.OneToOneField(
        MonitoringPoint, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("监测点位")
    )
    layer = models.ForeignKey(
        Layer, models.PROTECT, null=True, blank=True, related_name="+", db_index=False, verbose_name=_("图层")
    )
    code = models.CharField(_("编码"), max_length=120, help_text=_("点位的编码，或要素的业务主键。"))
    name = models.CharField(_("名称"), max_length=120, blank=True, default="", db_default="")
    named_by = models.CharField(
        _("名称取自"), max_length=200, blank=True, default="", db_default="",
        help_text=_("图层的字段；这个字段没有公开时，公众看不到名称。"),
    )  # fmt: skip
    geom = PointField(_("位置"), srid=4326, null=True, blank=True)
    area = models.ForeignKey(Area, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("所在镇街"))
    is_gone = models.BooleanField(_("已不在图层里"), default=False, db_default=False)

    class Meta:
        verbose_name = _("观测对象")
        verbose_name_plural = _("观测对象")
        ordering = ["code"]
        constraints = [
            models.UniqueConstraint(fields=["layer", "code"], name="a_feature_is_observed_once"),
            models.CheckConstraint(
                condition=Q(monitoring_point__isnull=True, layer__isnull=False)
                | Q(monitoring_point__isnull=False, layer__isnull=True),
                name="a_point_or_a_feature",
            ),
        ]

    def __str__(self) -> str:
        return self.name or self.code

    @property
    def point(self) -> Point | None:
        """Where its symbol stands, as an area has it."""
        return self.geom


class Observation(Saying):
    """What counts now. The database itself keeps what stood here before (`EarlierValue`) and lets nobody delete."""

    indicator = models.ForeignKey(
        Indicator, models.PROTECT, related_name="observations", db_index=False, verbose_name=_("指标")
    )
    area = models.ForeignKey(
        Area, models.PROTECT, null=True, blank=True, related_name="observations", verbose_name=_("区域")
    )
    feature = models.ForeignKey(
        ObservedFeature, models.PROTECT, null=True, blank=True, related_name="observations", db_index=False,
        verbose_name=_("点位或要素"),
    )  # fmt: skip
    period = models.DateField(_("期间"), help_text=_("期间的第一天"))

    class Meta:
        verbose_name = _("指标数据")
        verbose_name_plural = _("指标数据")
        constraints = [
            models.UniqueConstraint(fields=["indicator", "period", "area"], name="one_value_an_area_and_period"),
            models.UniqueConstraint(
                fields=["indicator", "period", "feature"], condition=Q(feature__isnull=False),
                name="one_value_a_feature_and_period",
            ),
            models.CheckConstraint(
                condition=Q(area__isnull=False, feature__isnull=True) | Q(area__isnull=True, feature__isnull=False),
                name="a_value_is_of_an_area_or_a_feature",
            ),
        ]  # fmt: skip

    def __str__(self) -> str:
        return f"{self.indicator} {self.place} {self.period}"

    @property
    def place(self) -> Area | ObservedFeature:
        """What the value is about."""
        return self.area if self.area_id is not None else self.feature  # type: ignore[return-value]

    @property
    def place_id(self) -> int:
        """The key of that; an indicator has one kind of places, so that its keys do not meet."""
        return self.area_id if self.area_id is not None else self.feature_id  # type: ignore[return-value]


class EarlierValue(Saying):
    """What was said before a correction; written by a trigger, never changed."""

    observation = models.ForeignKey(Observation, models.PROTECT, related_name="earlier", verbose_name=_("指标数据"))
    replaced_at = models.DateTimeField(_("更正时间"))

    class Meta:
        verbose_name = _("更正前的数据")
        verbose_name_plural = _("更正前的数据")
        ordering = ["pk"]

    def __str__(self) -> str:
        return f"{self.observation} {self.value}"
