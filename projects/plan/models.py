"""Livelihood projects (民生实事): what, where, who, by when, how far."""

from django.contrib.gis.db import models
from django.contrib.gis.geos import Point
from django.core.validators import MinValueValidator
from django.db.models import F, Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from accounts.areas.locator import marker_of
from accounts.models import Area, Department, User
from projects.plan.stage_table import STAGES, Stage
from ui.text.search_field import SearchKeyField


class Project(models.Model):
    """One livelihood project of one year. Its progress and light are computed from its milestones."""

    class Category(models.TextChoices):
        WATER = "water", _("治水供水")
        EDUCATION = "education", _("教育")
        HEALTH = "health", _("医疗卫生")
        ELDERLY = "elderly", _("养老服务")
        TRANSPORT = "transport", _("交通出行")
        HOUSING = "housing", _("老旧小区")
        ENVIRONMENT = "environment", _("生态环境")
        CULTURE = "culture", _("文化体育")
        SAFETY = "safety", _("公共安全")
        COUNTRYSIDE = "countryside", _("乡村建设")

    Status = Stage
    """Labels and sets of stages are asked of the table, `STAGES`."""

    class Light(models.TextChoices):
        GREEN = "green", _("按期")
        YELLOW = "yellow", _("滞后")
        RED = "red", _("严重滞后")
        NONE = "none", _("未开工")
        OFF = "off", _("不亮灯")

    code = models.CharField(_("编号"), max_length=30, unique=True)
    name = models.CharField(_("名称"), max_length=120)
    summary = models.TextField(_("内容"), blank=True)
    goal = models.CharField(_("目标任务"), max_length=200, blank=True)
    year = models.PositiveSmallIntegerField(_("年度"))
    category = models.CharField(_("类别"), max_length=20, choices=Category)
    status = models.CharField(_("阶段"), max_length=20, choices=STAGES.choices(), default=Stage.PROPOSED)
    lead = models.ForeignKey(Department, models.PROTECT, related_name="led_projects", verbose_name=_("牵头单位"))
    partners = models.ManyToManyField(
        Department, blank=True, related_name="partner_projects", verbose_name=_("责任单位")
    )
    area = models.ForeignKey(Area, models.PROTECT, related_name="projects", verbose_name=_("镇街"))
    address = models.CharField(_("地址"), max_length=120, blank=True)
    geom = models.GeometryField(_("位置"), srid=4326)
    is_schematic = models.BooleanField(_("示意"), default=False)
    budget_wan = models.DecimalField(_("计划投资（万元）"), max_digits=12, decimal_places=2, default=0)
    spent_wan = models.DecimalField(_("完成投资（万元）"), max_digits=12, decimal_places=2, default=0)
    starts_on = models.DateField(_("计划开工"))
    ends_on = models.DateField(_("计划完成"))
    search_key = SearchKeyField(sources=("name", "address"))
    # Kept by services.refresh_projects from the milestones, so that lists, tiles and filters agree.
    progress = models.PositiveSmallIntegerField(_("进度（%）"), default=0, editable=False)
    light = models.CharField(_("亮灯"), max_length=10, choices=Light, default=Light.OFF, editable=False)
    light_basis = models.JSONField(_("亮灯依据"), default=dict, db_default={}, editable=False)
    """The rules of the district that the light was judged by, with their version; empty while it is off."""
    version = models.PositiveIntegerField(_("版本"), default=1, editable=False)
    updated_at = models.DateTimeField(_("更新时间"), auto_now=True)

    class Meta:
        verbose_name = _("民生实事项目")
        verbose_name_plural = _("民生实事项目")
        ordering = ["-year", "code"]
        constraints = [
            models.CheckConstraint(condition=Q(progress__lte=100), name="progress_at_most_100"),
            models.CheckConstraint(condition=Q(ends_on__gte=F("starts_on")), name="project_ends_after_start"),
        ]
        indexes = [models.Index(fields=["year", "category"]), models.Index(fields=["status", "light"])]

    def __str__(self) -> str:
        return self.name

    @property
    def is_cross_year(self) -> bool:
        """Whether the work goes on after the year it was voted for; then every year has a goal of its own."""
        return self.ends_on.year > self.year

    @property
    def marker(self) -> Point:
        """The point that stands for the place, whatever its shape."""
        return marker_of(self.geom)

    @property
    def light_tone(self) -> str:
        """The colour that says the light in badges and notices; empty for none."""
        return {self.Light.RED: "bad", self.Light.YELLOW: "warn", self.Light.GREEN: "ok"}.get(
            self.Light(self.light), ""
        )

    def get_absolute_url(self) -> str:
        return reverse("projects:detail", args=[self.code])


class ProjectPlace(models.Model):
    """One of the places of a project that has several: a point, a line or an area. `Project.geom` collects them."""

    project = models.ForeignKey(Project, models.CASCADE, related_name="places")
    number = models.PositiveSmallIntegerField(_("序号"))
    name = models.CharField(pgettext_lazy("project", "点位"), max_length=80)
    geom = models.GeometryField(_("位置"), srid=4326)
    done_on = models.DateField(_("完成日期"), null=True, blank=True)

    class Meta:
        verbose_name = _("项目点位")
        verbose_name_plural = _("项目点位")
        ordering = ["project", "number"]
        constraints = [models.UniqueConstraint(fields=["project", "number"], name="one_place_per_number")]

    def __str__(self) -> str:
        return self.name

    @property
    def marker(self) -> Point:
        """The point that stands for the place, whatever its shape."""
        return marker_of(self.geom)


class Goal(models.Model):
    """What a project is to achieve in one year: a quantity with its unit, and how much of it is there."""

    project = models.ForeignKey(Project, models.CASCADE, related_name="goals")
    year = models.PositiveSmallIntegerField(_("年度"))
    order = models.PositiveSmallIntegerField(_("次序"))
    title = models.CharField(_("目标"), max_length=80)
    quantity = models.DecimalField(pgettext_lazy("goal", "数量"), max_digits=12, decimal_places=2)
    unit = models.CharField(_("单位"), max_length=12)
    achieved = models.DecimalField(pgettext_lazy("goal", "已完成"), max_digits=12, decimal_places=2, default=0)

    class Meta:
        verbose_name = _("年度目标")
        verbose_name_plural = _("年度目标")
        ordering = ["project", "year", "order"]
        constraints = [
            models.UniqueConstraint(fields=["project", "year", "order"], name="one_goal_per_order"),
            models.CheckConstraint(condition=Q(quantity__gt=0, achieved__gte=0), name="goal_quantities_not_negative"),
        ]

    def __str__(self) -> str:
        return f"{self.title} {self.quantity.normalize():f}{self.unit}"

    @property
    def percent(self) -> int:
        """Share achieved, at most 100."""
        return min(100, int(100 * self.achieved / self.quantity))


class Milestone(models.Model):
    """A planned step with its weight (percent of the whole) and the day it was done, if it was."""

    project = models.ForeignKey(Project, models.CASCADE, related_name="milestones")
    order = models.PositiveSmallIntegerField(_("次序"))
    title = models.CharField(_("节点"), max_length=80)
    weight = models.PositiveSmallIntegerField(_("权重（%）"))
    due_on = models.DateField(_("计划日期"))
    done_on = models.DateField(_("完成日期"), null=True, blank=True)

    class Meta:
        verbose_name = _("里程碑")
        verbose_name_plural = _("里程碑")
        ordering = ["project", "order"]
        constraints = [
            models.UniqueConstraint(fields=["project", "order"], name="one_milestone_per_order"),
            models.CheckConstraint(condition=Q(weight__gt=0, weight__lte=100), name="milestone_weight_range"),
        ]

    def __str__(self) -> str:
        return self.title


class ProgressReport(models.Model):
    """What the lead department reported of a project, with a photo of the place. Append-only."""

    class Moment(models.TextChoices):
        BEFORE = "before", _("实施前")
        DURING = "during", _("实施中")
        AFTER = "after", _("完成后")

    project = models.ForeignKey(Project, models.PROTECT, related_name="reports")
    reported_on = models.DateField(_("日期"))
    text = models.TextField(_("进展"))
    problems = models.TextField(_("问题"), blank=True)
    photo = models.ImageField(_("照片"), upload_to="projects/%Y/%m/", blank=True)
    moment = models.CharField(_("照片拍于"), max_length=10, choices=Moment, default=Moment.DURING)
    place = models.ForeignKey(
        ProjectPlace,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="reports",
        verbose_name=pgettext_lazy("project", "点位"),
    )
    spent_wan = models.DecimalField(
        _("累计完成投资（万元）"),
        max_digits=12,
        decimal_places=2,
        null=True,
        blank=True,
        validators=[MinValueValidator(0)],
    )
    figures = models.JSONField(_("目标完成数"), default=dict, help_text=_("目标编号 -> 累计完成数"))
    author = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        verbose_name = _("进展报告")
        verbose_name_plural = _("进展报告")
        ordering = ["project", "-reported_on", "-pk"]

    def __str__(self) -> str:
        return f"{self.project_id} {self.reported_on}"


class LightSetting(models.Model):
    """The thresholds of the lights as congress staff set them before they were rules of the district. Append-only.

    Read by nothing any more: a migration carried the newest over to `lights.*` (`projects.rules`).
    """

    class Method(models.TextChoices):
        POINTS = "points", _("按落后的百分点")
        MISSED = "missed", _("按节点：逾期未完成亮红灯，补上后亮黄灯")

    method = models.CharField(_("算法"), max_length=8, choices=Method, default=Method.POINTS)
    yellow_from_points = models.PositiveSmallIntegerField(_("落后多少个百分点起亮黄灯"))
    red_above_points = models.PositiveSmallIntegerField(_("落后超过多少个百分点亮红灯"))
    red_unstarted_months = models.PositiveSmallIntegerField(_("超过计划开工几个月未开工亮红灯"))
    source = models.CharField(_("依据"), max_length=200)
    author = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        verbose_name = _("亮灯规则")
        verbose_name_plural = _("亮灯规则")
        ordering = ["-pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(yellow_from_points__gte=1, red_above_points__lte=100)
                & Q(red_above_points__gte=F("yellow_from_points"))
                & Q(red_unstarted_months__gte=1),
                name="light_thresholds_in_order",
            )
        ]

    def __str__(self) -> str:
        return f"{self.yellow_from_points}/{self.red_above_points}/{self.red_unstarted_months}"
