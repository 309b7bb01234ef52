"""A point's assessments of months, quarters and years, kept so that tiles, lists and counts need no samples."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from river_monitoring.assessment.period import meets
from river_monitoring.points.models import MonitoringPoint, WaterClass


class PointMonth(models.Model):
    """What `assessment.services` found of a point in a month; written only there, from the samples, and never typed.

    `values` are the assessment data {parameter code: number as text}, `primary` the primary pollutants. `missing` and
    `blind` say why it is incomplete (`assessment.completeness`). `worst_class` is the second figure: the worst single
    sample.
    """

    point = models.ForeignKey(MonitoringPoint, models.CASCADE, related_name="months", verbose_name=_("点位"))
    month = models.DateField(_("月份"))
    water_class = models.PositiveSmallIntegerField(pgettext_lazy("water", "类别"), choices=WaterClass)
    is_complete = models.BooleanField(_("数据充足"))
    is_at_least = models.BooleanField(_("至少为此类别"))
    limiting = models.JSONField(_("定类因子"), default=list)
    exceedance = models.JSONField(_("超标倍数"), default=dict)
    primary = models.JSONField(_("主要污染指标"), default=list)
    values = models.JSONField(_("评价数据"), default=dict)
    missing = models.JSONField(_("缺测项目"), default=list)
    blind = models.JSONField(_("检出限过高的项目"), default=list)
    samples = models.PositiveIntegerField(_("水样数"))
    newest_at = models.DateTimeField(_("最近采样时间"))
    worst_class = models.PositiveSmallIntegerField(_("最差一次"), choices=WaterClass)
    target_class = models.PositiveSmallIntegerField(_("当月目标类别"), default=0, db_default=0)
    """The target that was in force in the month, by which it was judged; 0 without one."""
    standard = models.CharField(_("评价标准"), max_length=40)
    rule = models.CharField(_("评价规则"), max_length=40)
    means = models.JSONField(_("均值"), null=True)
    """As computed, before they are rounded to be graded (`assessment.kept.as_kept_means`); what years are made of. None
    in a row of before they were kept."""
    exceeding = models.JSONField(_("劣于Ⅲ类的项目"), null=True)
    """The items that were worse than class III, in the order of the standard's table; None in a row of before they were
    kept. Those of `exceedance` are the ones for which a multiple is computed."""
    stamp = models.BigIntegerField(default=0, db_default=0, editable=False)
    """The microsecond in which the row was last written, set by a trigger: whether figures that were counted of such
    rows still hold is known by these (`statistics.fingerprint_cache`)."""

    class Meta:
        verbose_name = _("点位月评价")
        verbose_name_plural = _("点位月评价")
        ordering = ["point", "-month"]
        constraints = [
            models.UniqueConstraint(fields=["point", "month"], name="one_assessment_per_point_and_month"),
            models.CheckConstraint(condition=Q(month__day=1), name="a_month_is_its_first_day"),
            models.CheckConstraint(
                condition=Q(is_complete=True, is_at_least=False, water_class__gt=0)
                | Q(is_complete=False, water_class__in=(0, 6), is_at_least=False)
                | Q(is_complete=False, water_class__in=(1, 2, 3, 4, 5), is_at_least=True),
                name="a_class_is_complete_or_at_least",
            ),
        ]
        indexes = [
            models.Index(fields=["month", "water_class"]),
            models.Index(fields=["month", "stamp"], name="stamps_of_a_month"),
        ]

    def __str__(self) -> str:
        return f"{self.point_id} {self.month:%Y-%m}"

    @property
    def meets_target(self) -> bool | None:
        """As of the assessment that is kept here (`Assessment.meets_target`)."""
        return self.meets(self.target_class) if self.target_class else None

    def meets(self, target: int) -> bool | None:
        return meets(self.water_class, self.is_complete, target)


class PointSpan(models.Model):
    """What `assessment.services` found of a point in a quarter or a year, or in a year up to the end of one of its
    months (`TO_DATE`; `first_day` is that month's); written only there, with the point's months.

    The class is there to be counted; everything else of the assessment is made of the means (`assessment.kept`).
    """

    class Period(models.TextChoices):
        QUARTER = "quarter", _("季度")
        YEAR = "year", _("年")
        TO_DATE = "to-date", _("年初至当月")

    point = models.ForeignKey(MonitoringPoint, models.CASCADE, related_name="spans", verbose_name=_("点位"))
    period = models.CharField(_("统计口径"), max_length=7, choices=Period)
    first_day = models.DateField(_("第一天"))
    water_class = models.PositiveSmallIntegerField(pgettext_lazy("water", "类别"), choices=WaterClass)
    means = models.JSONField(_("均值"), default=dict)
    samples = models.PositiveIntegerField(_("水样数"))
    worst_class = models.PositiveSmallIntegerField(_("最差一次"), choices=WaterClass)
    rule = models.CharField(_("评价规则"), max_length=40)
    is_complete = models.BooleanField(_("数据充足"), default=False, db_default=False)
    target_class = models.PositiveSmallIntegerField(_("目标类别"), default=0, db_default=0)
    """The target that it was judged by; 0 without one."""
    reason = models.CharField(_("不能评价的原因"), max_length=16, blank=True, default="", db_default="")
    """Why it has no class, or would have none (`coverage.Reason`); empty where nothing is lacking."""
    lacking = models.JSONField(_("缺少的项目"), default=list, db_default=[])
    """The items that the reason is about."""
    standard = models.CharField(_("评价标准"), max_length=40, blank=True, default="", db_default="")
    """Empty in a row of before these five were kept."""
    exceeding = models.JSONField(_("劣于Ⅲ类的项目"), null=True)
    """As that of a month."""
    stamp = models.BigIntegerField(default=0, db_default=0, editable=False)
    """As that of a month."""

    class Meta:
        verbose_name = _("点位季度和年度评价")
        verbose_name_plural = _("点位季度和年度评价")
        ordering = ["point", "period", "-first_day"]
        constraints = [
            models.UniqueConstraint(fields=["period", "first_day", "point"], name="one_assessment_per_point_and_span"),
        ]
        # The newest row of each point up to a month: what tables of all points ask for (`alike`, `kept`).
        indexes = [
            models.Index(fields=["point", "period", "first_day"], name="spans_of_a_point"),
            models.Index(fields=["period", "first_day", "stamp"], name="stamps_of_a_span"),
        ]

    def __str__(self) -> str:
        return f"{self.point_id} {self.period} {self.first_day}"
