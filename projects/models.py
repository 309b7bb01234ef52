"""Livelihood projects (民生实事): what, where, who, by when, how far."""

from django.contrib.gis.db import models
from django.contrib.gis.geos import Point
from django.db.models import F, Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from accounts.locator import marker_of
from accounts.models import Area, Department, User
from accounts.search_field import SearchKeyField


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

    class Status(models.TextChoices):
        PROPOSED = "proposed", _("征集")
        CANDIDATE = "candidate", _("初定候选")
        VOTED = "voted", _("审议票决")
        BUILDING = "building", _("实施")
        SUPERVISED = "supervised", _("监督")
        RATED = "rated", _("满意度测评")

    class Light(models.TextChoices):
        GREEN = "green", _("按期")
        YELLOW = "yellow", _("滞后")
        RED = "red", _("严重滞后")
        NONE = "none", _("未开工")

    code = models.CharField(_("编号"), max_length=30, unique=True)
    name = models.CharField(_("名称"), max_length=120)
    summary = models.TextField(_("内容"), blank=True)
    goal = models.CharField(_("目标任务"), max_length=200, blank=True)
    year = models.PositiveSmallIntegerField(_("年度"))
    category = models.CharField(_("类别"), max_length=20, choices=Category)
    status = models.CharField(_("阶段"), max_length=20, choices=Status, default=Status.PROPOSED)
    lead = models.ForeignKey(Department, models.PROTECT, related_name="led_projects", verbose_name=_("牵头单位"))
    partners = models.ManyToManyField(
        Department, blank=True, related_name="partner_projects", verbose_name=_("责任单位")
    )
    area = models.ForeignKey(Area, models.PROTECT, related_name="projects", verbose_name=_("镇街"))
    address = models.CharField(_("地址"), max_length=120, blank=True)
    geom = models.GeometryField(_("位置"), srid=4326)
    is_schematic = models.BooleanField(_("示意"), default=False)
    budget_wan = models.DecimalField(_("计划投资(万元)"), max_digits=12, decimal_places=2, default=0)
    spent_wan = models.DecimalField(_("完成投资(万元)"), max_digits=12, decimal_places=2, default=0)
    starts_on = models.DateField(_("计划开工"))
    ends_on = models.DateField(_("计划完成"))
    search_key = SearchKeyField(sources=("name", "address"))
    # Kept by services.refresh_projects from the milestones, so that lists, tiles and filters agree.
    progress = models.PositiveSmallIntegerField(_("进度(%)"), default=0, editable=False)
    light = models.CharField(_("亮灯"), max_length=10, choices=Light, default=Light.NONE, editable=False)
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
    def marker(self) -> Point:
        """The point that stands for the place, whatever its shape."""
        return marker_of(self.geom)

    def get_absolute_url(self) -> str:
        return reverse("projects:detail", args=[self.code])


class Milestone(models.Model):
    """A planned step with its weight (percent of the whole) and the day it was done, if it was."""

    project = models.ForeignKey(Project, models.CASCADE, related_name="milestones")
    order = models.PositiveSmallIntegerField(_("次序"))
    title = models.CharField(_("节点"), max_length=80)
    weight = models.PositiveSmallIntegerField(_("权重(%)"))
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

    project = models.ForeignKey(Project, models.PROTECT, related_name="reports")
    reported_on = models.DateField(_("日期"))
    text = models.TextField(_("进展"))
    problems = models.TextField(_("问题"), blank=True)
    photo = models.ImageField(_("照片"), upload_to="projects/%Y/%m/", blank=True)
    author = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        verbose_name = _("进展报告")
        verbose_name_plural = _("进展报告")
        ordering = ["project", "-reported_on", "-pk"]

    def __str__(self) -> str:
        return f"{self.project_id} {self.reported_on}"


class Rating(models.Model):
    """How many were satisfied with a finished project, by who was asked."""

    class Voter(models.TextChoices):
        DEPUTY = "deputy", _("代表")
        PUBLIC = "public", _("公众")

    project = models.ForeignKey(Project, models.PROTECT, related_name="ratings")
    voter = models.CharField(_("测评主体"), max_length=10, choices=Voter)
    satisfied = models.PositiveIntegerField(_("满意"), default=0)
    fairly_satisfied = models.PositiveIntegerField(_("基本满意"), default=0)
    dissatisfied = models.PositiveIntegerField(_("不满意"), default=0)
    abstained = models.PositiveIntegerField(_("弃权"), default=0)

    class Meta:
        verbose_name = _("满意度测评")
        verbose_name_plural = _("满意度测评")
        ordering = ["project", "voter"]
        constraints = [models.UniqueConstraint(fields=["project", "voter"], name="one_rating_per_voter")]

    def __str__(self) -> str:
        return f"{self.project_id} {self.voter}"
