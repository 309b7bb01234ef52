"""The value of an indicator in an area and a period, and every value that stood there before."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from accounts.models import Area
from reporting.indicators.models import Indicator


class Way(models.TextChoices):
    """By which way a value came."""

    SHEET = "sheet", _("表格")
    API = "api", _("接口")
    PAGE = "page", _("页面")
    ROOM = "room", _("平台记录")
    FORMULA = "formula", _("公式")


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


class Observation(Saying):
    """What counts now. The database itself keeps what stood here before (`EarlierValue`) and lets nobody delete."""

    indicator = models.ForeignKey(
        Indicator, models.PROTECT, related_name="observations", db_index=False, verbose_name=_("指标")
    )
    area = models.ForeignKey(Area, models.PROTECT, related_name="observations", verbose_name=_("区域"))
    period = models.DateField(_("期间"), help_text=_("期间的第一天"))

    class Meta:
        verbose_name = _("指标数据")
        verbose_name_plural = _("指标数据")
        constraints = [
            models.UniqueConstraint(fields=["indicator", "period", "area"], name="one_value_an_area_and_period"),
        ]

    def __str__(self) -> str:
        return f"{self.indicator} {self.area} {self.period}"


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
