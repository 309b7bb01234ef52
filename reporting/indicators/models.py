"""An indicator as data: what it counts, in which unit, for which areas and periods, and where its values come from."""

from django.core.validators import RegexValidator
from django.db import models
from django.utils.translation import gettext_lazy as _

from accounts.models import Area, Department
from layers.models import Layer
from reporting.indicators.periods import KIND_NAMES

CODE = r"[a-z][a-z0-9_]{1,39}"
"""Codes stand in formulas, so they are names there."""
POINT, FEATURE = "point", "feature"
LEVELS = [*Area.Level.choices, (POINT, _("监测点位")), (FEATURE, _("图层要素"))]
"""What values are about: areas of a level, monitoring points, or the features of one loaded layer."""


class Indicator(models.Model):
    """One definition, whatever shows it."""

    class Direction(models.TextChoices):
        UP = "up", _("越高越好")
        DOWN = "down", _("越低越好")
        NONE = "none", _("不分好坏")

    class Way(models.TextChoices):
        GIVEN = "given", _("表格、接口或页面报送")
        ROOM = "room", _("平台记录自动计算")
        STATION = "station", _("监测点位的水样均值")
        FORMULA = "formula", _("由其他指标计算")

    class Total(models.TextChoices):
        SUM = "sum", _("各区域相加")
        WEIGHTED = "weighted", _("按分母加权平均")
        NONE = "none", _("不合计，取中位数")

    code = models.CharField(_("代码"), max_length=40, unique=True, validators=[RegexValidator(rf"^{CODE}\Z")])
    title = models.CharField(_("名称"), max_length=60)
    about = models.CharField(_("口径"), max_length=300, blank=True, default="", db_default="")
    unit = models.CharField(_("单位"), max_length=20, blank=True, default="", db_default="")
    direction = models.CharField(
        _("方向"), max_length=4, choices=Direction, default=Direction.NONE, db_default=Direction.NONE
    )
    department = models.ForeignKey(
        Department, models.PROTECT, null=True, blank=True, related_name="indicators", verbose_name=_("报送单位")
    )
    period_kind = models.CharField(_("周期"), max_length=7, choices=KIND_NAMES)
    level = models.CharField(_("层级"), max_length=10, choices=LEVELS)
    layer = models.ForeignKey(
        Layer, models.PROTECT, null=True, blank=True, related_name="indicators", verbose_name=_("图层"),
        help_text=_("层级是图层要素时选：有业务主键的矢量图层。谁能看图层，谁才能看这些数。"),
    )  # fmt: skip
    total = models.CharField(_("合计方法"), max_length=8, choices=Total, default=Total.NONE, db_default=Total.NONE)
    decimals = models.PositiveSmallIntegerField(_("小数位"), default=0, db_default=0)
    minimum = models.PositiveIntegerField(
        _("最小样本"), default=0, db_default=0, help_text=_("分母小于它时显示“数据不足”。")
    )
    is_public = models.BooleanField(_("公开"), default=False, db_default=False)
    source = models.CharField(_("来源"), max_length=120, blank=True, default="", db_default="")
    way = models.CharField(_("取值方式"), max_length=8, choices=Way, default=Way.GIVEN, db_default=Way.GIVEN)
    formula = models.CharField(_("公式"), max_length=300, blank=True, default="", db_default="")
    figure = models.CharField(_("平台指标"), max_length=60, blank=True, default="", db_default="")
    due_days = models.PositiveSmallIntegerField(
        _("应报天数"), null=True, blank=True, help_text=_("期末之后多少天内报送。")
    )
    closed_before = models.DateField(_("封账日期"), null=True, blank=True, help_text=_("这一天之前的期间不再改。"))
    archived_at = models.DateTimeField(_("档案转入时间"), null=True, blank=True, editable=False)
    """When the first value out of an archive came; it is taken for a while from then on, and never again."""
    is_invented = models.BooleanField(_("演示数据"), default=False, db_default=False)
    version = models.PositiveIntegerField(_("版本"), default=1, db_default=1, editable=False)

    class Meta:
        verbose_name = _("指标")
        verbose_name_plural = _("指标")
        ordering = ["code"]

    def __str__(self) -> str:
        return self.title

    @property
    def is_of_areas(self) -> bool:
        """Whether its values are about areas; else about points or features."""
        return self.level not in (POINT, FEATURE)

    @property
    def places_key(self) -> tuple[str, int | None]:
        """What its values are about, level and layer: indicators with the same key measure the same places."""
        return (self.level, self.layer_id)
