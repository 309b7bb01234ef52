"""Causes, measures, outfalls, and the events that record every change of them.

Points are named by string, for the topic of works knows no other model.
"""

from typing import Any

from django.contrib.gis.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import Area, Department, User

POINT = "river_monitoring.MonitoringPoint"


class CauseKind(models.TextChoices):
    """Why a water is bad."""

    DOMESTIC = "domestic", _("生活污水直排")
    MIXED = "mixed", _("雨污混接")
    FARMING = "farming", _("农业面源")
    LIVESTOCK = "livestock", _("畜禽水产养殖")
    INDUSTRY = "industry", _("工业废水")
    TRADE = "trade", _("沿街餐饮洗车排水")
    SEDIMENT = "sediment", _("底泥内源")
    STAGNANT = "stagnant", _("水体不流动")
    UPSTREAM = "upstream", _("上游来水")
    OTHER = "other", _("其他成因")


class PointCause(models.Model):
    """One cause of a point's bad water."""

    point = models.ForeignKey(POINT, models.PROTECT, related_name="typed_causes", verbose_name=_("点位"))
    kind = models.CharField(_("成因类型"), max_length=12, choices=CauseKind)

    class Meta:
        verbose_name = _("成因")
        verbose_name_plural = _("成因")
        ordering = ["point", "pk"]
        constraints = [models.UniqueConstraint(fields=["point", "kind"], name="a_cause_once_per_point")]

    def __str__(self) -> str:
        return self.get_kind_display()


class OutfallKind(models.TextChoices):
    """First level of HJ 1312-2023: whose water it is."""

    INDUSTRIAL = "industrial", _("工业排污口")
    MUNICIPAL = "municipal", _("城镇污水处理厂排污口")
    FARMING = "farming", _("农业排口")
    OTHER = "other", _("其他排口")


class Outfall(models.Model):
    """A mouth through which waste water reaches a river or lake (入河排污口), EPSG:4326."""

    class Subkind(models.TextChoices):
        """Second level of HJ 1312-2023; `outfall_kinds.FIRST_LEVEL` maps it to the first level."""

        FACTORY = "factory", _("工矿企业排污口")
        FACTORY_STORM = "factory_storm", _("工矿企业雨洪排口")
        PARK = "park", _("园区污水处理厂排污口")
        PARK_STORM = "park_storm", _("园区污水处理厂雨洪排口")
        TOWN_PLANT = "town_plant", _("城镇污水处理厂排污口")
        LARGE_LIVESTOCK = "large_livestock", _("规模化畜禽养殖排污口")
        LARGE_AQUACULTURE = "large_aquaculture", _("规模化水产养殖排污口")
        IRRIGATION = "irrigation", _("大中型灌区排口")
        HARBOUR = "harbour", _("港口码头排口")
        SMALL_LIVESTOCK = "small_livestock", _("规模以下畜禽养殖排污口")
        SMALL_AQUACULTURE = "small_aquaculture", _("规模以下水产养殖排污口")
        TOWN_SCATTERED = "town_scattered", _("城镇生活污水散排口")
        VILLAGE_PLANT = "village_plant", _("农村污水处理设施排污口")
        VILLAGE_SCATTERED = "village_scattered", _("农村生活污水散排口")
        TOWN_STORM = "town_storm", _("城镇雨洪排口")
        REST = "rest", _("其他")

    class State(models.TextChoices):
        """What becomes of it (国办函〔2022〕17号: closed, merged or put in order)."""

        KEPT = "kept", _("保留")
        FIXING = "fixing", _("规范整治中")
        MERGED = "merged", _("已清理合并")
        CLOSED = "closed", _("已依法取缔")

    code = models.CharField(_("编码"), max_length=30, unique=True)
    name = models.CharField(_("名称"), max_length=80)
    kind = models.CharField(_("类型"), max_length=12, choices=OutfallKind)
    subkind = models.CharField(_("二级类型"), max_length=20, choices=Subkind)
    state = models.CharField(_("处置状态"), max_length=10, choices=State, default=State.FIXING)
    geom = models.PointField(_("位置"), srid=4326)
    is_schematic = models.BooleanField(_("示意"), default=False)
    area = models.ForeignKey(Area, models.PROTECT, related_name="outfalls", verbose_name=_("镇街"))
    river = models.ForeignKey(
        "river_monitoring.River", models.PROTECT, null=True, blank=True, related_name="outfalls", verbose_name=_("河流")
    )
    department = models.ForeignKey(Department, models.PROTECT, related_name="outfalls", verbose_name=_("监管部门"))
    operator = models.CharField(_("责任主体"), max_length=80, blank=True)
    requirement = models.CharField(_("排放要求"), max_length=200, blank=True)
    flows_when_dry = models.BooleanField(_("晴天有水流出"), default=False)
    points: "models.ManyToManyField[Any, Any]" = models.ManyToManyField(
        POINT, related_name="outfalls", blank=True, verbose_name=_("影响的点位")
    )
    version = models.PositiveIntegerField(_("版本"), default=1, editable=False)
    updated_at = models.DateTimeField(_("更新时间"), auto_now=True)

    class Meta:
        verbose_name = _("入河排污口")
        verbose_name_plural = _("入河排污口")
        ordering = ["code"]
        indexes = [models.Index(fields=["kind", "state"])]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return reverse("river:outfall", args=[self.code])


class Measure(models.Model):
    """One work for a point, by the six works of the campaign (截、清、治、修). Money in 10,000 yuan (万元)."""

    class Kind(models.TextChoices):
        SEWERS = "sewers", _("截污纳管")
        DREDGING = "dredging", _("清淤疏浚")
        INDUSTRY = "industry", _("工业整治")
        FARMING = "farming", _("农业农村面源治理")
        OUTFALLS = "outfalls", _("排放口整治")
        ECOLOGY = "ecology", _("生态配水与修复")
        OTHER = "other", _("其他措施")

    point = models.ForeignKey(POINT, models.PROTECT, related_name="measures", verbose_name=_("点位"))
    kind = models.CharField(_("措施类型"), max_length=10, choices=Kind)
    title = models.CharField(_("措施内容"), max_length=120)
    contractor = models.CharField(_("承建单位"), max_length=80, blank=True)
    cost_wan = models.DecimalField(_("计划投资（万元）"), max_digits=10, decimal_places=2, null=True, blank=True)
    spent_wan = models.DecimalField(_("已完成投资（万元）"), max_digits=10, decimal_places=2, default=0)
    starts_on = models.DateField(_("开工日期"), null=True, blank=True)
    due_on = models.DateField(_("完工期限"), null=True, blank=True)
    share_done = models.PositiveSmallIntegerField(_("完成比例（%）"), default=0)
    outfall = models.ForeignKey(
        Outfall, models.PROTECT, null=True, blank=True, related_name="measures", verbose_name=_("对应排污口")
    )
    is_dropped = models.BooleanField(_("不再实施"), default=False)
    added_at = models.DateTimeField(_("登记时间"), default=timezone.now, editable=False)
    version = models.PositiveIntegerField(_("版本"), default=1, editable=False)
    updated_at = models.DateTimeField(_("更新时间"), auto_now=True)

    class Meta:
        verbose_name = _("治理措施")
        verbose_name_plural = _("治理措施")
        ordering = ["point", "pk"]
        constraints = [
            models.CheckConstraint(condition=Q(share_done__lte=100), name="measure_share_is_a_percentage"),
            models.CheckConstraint(
                condition=Q(spent_wan__gte=0) & (Q(cost_wan__isnull=True) | Q(cost_wan__gte=0)),
                name="measure_money_is_not_negative",
            ),
            models.CheckConstraint(
                condition=Q(starts_on__isnull=True) | Q(due_on__isnull=True) | Q(due_on__gte=F("starts_on")),
                name="measure_ends_after_it_starts",
            ),
        ]

    def __str__(self) -> str:
        return self.title


class WorkEvent(models.Model):
    """One change of a point's causes, measures, deadline or outfalls, with old and new values. Append-only."""

    class Verb(models.TextChoices):
        DETAILS = "details", _("更新责任信息")
        DEADLINE = "deadline", _("调整整治期限")
        CAUSES = "causes", _("更新成因")
        MEASURE_ADDED = "measure_added", _("新增措施")
        MEASURE_CHANGED = "measure_changed", _("调整措施")
        MEASURE_PROGRESS = "measure_progress", _("报告进度")
        MEASURE_DROPPED = "measure_dropped", _("取消措施")
        OUTFALL_ADDED = "outfall_added", _("登记排污口")
        OUTFALL_CHANGED = "outfall_changed", _("更新排污口")
        OUTFALL_LINKED = "outfall_linked", _("关联排污口")
        OUTFALL_UNLINKED = "outfall_unlinked", _("取消关联排污口")

    point = models.ForeignKey(
        POINT, models.PROTECT, null=True, blank=True, related_name="work_events", verbose_name=_("点位")
    )
    outfall = models.ForeignKey(
        Outfall, models.PROTECT, null=True, blank=True, related_name="events", verbose_name=_("入河排污口")
    )
    measure = models.ForeignKey(
        Measure, models.PROTECT, null=True, blank=True, related_name="events", verbose_name=_("措施")
    )
    at = models.DateTimeField(_("时间"))
    verb = models.CharField(_("动作"), max_length=20, choices=Verb)
    actor = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("操作人"))
    department = models.ForeignKey(
        Department, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("部门")
    )
    changes = models.JSONField(_("变更内容"), default=dict)
    """{field: [old, new]}, both as text."""
    note = models.TextField(_("说明"), blank=True)

    class Meta:
        verbose_name = _("治理变更")
        verbose_name_plural = _("治理变更")
        ordering = ["at", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(point__isnull=False) | Q(outfall__isnull=False), name="work_event_is_about_something"
            )
        ]

    def __str__(self) -> str:
        return f"{self.point_id or ''}{self.outfall_id or ''} {self.verb}"
