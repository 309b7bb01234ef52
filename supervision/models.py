"""The chain: what a deputy or a citizen saw, the suggestion it became, and every step to its answer."""

from django.contrib.gis.db import models
from django.core.validators import MinValueValidator
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.models import Area, Department, User
from projects.models import Project
from river_monitoring.models import MonitoringPoint
from stations.models import Station


class Category(models.TextChoices):
    """Topics of suggestions, as the district sorts them."""

    ENVIRONMENT = "environment", _("城建环保")
    SOCIAL = "social", _("社会事业")
    FINANCE = "finance", _("财政商贸")
    INDUSTRY = "industry", _("工业交通")
    AGRICULTURE = "agriculture", _("农业农村")
    GENERAL = "general", _("综合")
    LEGAL = "legal", _("政治法律")


class Finding(models.Model):
    """What somebody saw at a place, with photos (随手拍)."""

    client_id = models.UUIDField(_("客户端编号"), unique=True, help_text=_("由填报端生成，同一编号只收一次"))
    reporter = models.ForeignKey(User, models.PROTECT, related_name="findings", verbose_name=_("填报人"))
    category = models.CharField(_("类别"), max_length=20, choices=Category)
    text = models.TextField(_("情况"), max_length=2000)
    geom = models.PointField(_("位置"), srid=4326)
    area = models.ForeignKey(
        Area, models.PROTECT, null=True, blank=True, related_name="findings", verbose_name=_("镇街")
    )
    address = models.CharField(_("地点说明"), max_length=120, blank=True)
    point = models.ForeignKey(MonitoringPoint, models.PROTECT, null=True, blank=True, related_name="findings")
    project = models.ForeignKey(Project, models.PROTECT, null=True, blank=True, related_name="findings")
    station = models.ForeignKey(Station, models.PROTECT, null=True, blank=True, related_name="findings")
    seen_at = models.DateTimeField(_("发现时间"))
    created_at = models.DateTimeField(_("填报时间"), auto_now_add=True)

    class Meta:
        verbose_name = _("发现")
        verbose_name_plural = _("发现")
        ordering = ["-created_at", "-pk"]

    def __str__(self) -> str:
        return self.text[:30]

    @property
    def where(self) -> str:
        """The town and what was said of the place, the town only once."""
        town = self.area.name if self.area else ""
        return self.address if self.address.startswith(town) else f"{town} {self.address}".strip()


class FindingPhoto(models.Model):
    """A photo of a finding, re-encoded without its position."""

    finding = models.ForeignKey(Finding, models.PROTECT, related_name="photos")
    file = models.ImageField(upload_to="findings/%Y/%m/")
    width = models.PositiveIntegerField(editable=False)
    height = models.PositiveIntegerField(editable=False)
    sha256 = models.CharField(max_length=64, editable=False)
    taken_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name = _("照片")
        verbose_name_plural = _("照片")
        ordering = ["pk"]
        constraints = [models.UniqueConstraint(fields=["finding", "sha256"], name="one_copy_of_a_photo_per_finding")]

    def __str__(self) -> str:
        return f"{self.finding_id}/{self.pk}"


class Suggestion(models.Model):
    """A matter that a department must answer by a day. Its state is what its events say."""

    class State(models.TextChoices):
        SUBMITTED = "submitted", _("待交办")
        ASSIGNED = "assigned", _("办理中")
        RETURNED = "returned", _("退回重派")
        REPLIED = "replied", _("已答复")
        REDO = "redo", _("重新办理")
        CLOSED = "closed", _("已办结")

    class Result(models.TextChoices):
        A = "A", _("A 已解决或基本解决")
        B = "B", _("B 部分解决或列入计划")
        C = "C", _("C 暂时不能解决")
        D = "D", _("D 不采纳或留作参考")

    number = models.CharField(_("编号"), max_length=30, unique=True)
    finding = models.OneToOneField(
        Finding, models.PROTECT, null=True, blank=True, related_name="suggestion", verbose_name=_("发现")
    )
    title = models.CharField(_("题目"), max_length=120)
    text = models.TextField(_("内容"))
    category = models.CharField(_("类别"), max_length=20, choices=Category)
    author = models.ForeignKey(User, models.PROTECT, related_name="suggestions", verbose_name=_("提出人"))
    department = models.ForeignKey(
        Department, models.PROTECT, null=True, blank=True, related_name="suggestions", verbose_name=_("主办单位")
    )
    state = models.CharField(_("状态"), max_length=10, choices=State, default=State.SUBMITTED)
    result = models.CharField(_("办理结果"), max_length=1, choices=Result, blank=True)
    submitted_at = models.DateTimeField(_("提出时间"))
    due_on = models.DateField(_("答复期限"), null=True, blank=True)
    closed_at = models.DateTimeField(_("办结时间"), null=True, blank=True)
    redo_count = models.PositiveSmallIntegerField(_("重办次数"), default=0)
    version = models.PositiveIntegerField(_("版本"), default=1, editable=False)

    class Meta:
        verbose_name = _("代表建议")
        verbose_name_plural = _("代表建议")
        ordering = ["-submitted_at", "-pk"]
        indexes = [models.Index(fields=["department", "state", "due_on"])]
        constraints = [
            models.CheckConstraint(
                condition=Q(state__in=["submitted", "returned"]) | Q(department__isnull=False, due_on__isnull=False),
                name="a_matter_in_hand_has_a_department_and_a_day",
            )
        ]

    def __str__(self) -> str:
        return f"{self.number} {self.title}"


class SuggestionEvent(models.Model):
    """One step in the life of a suggestion. Append-only."""

    class Verb(models.TextChoices):
        SUBMITTED = "submitted", _("提出")
        ASSIGNED = "assigned", _("交办")
        RETURNED = "returned", _("退回")
        REPLIED = "replied", _("答复")
        RATED = "rated", _("评价")
        REOPENED = "reopened", _("要求重办")
        URGED = "urged", _("催办")

    class Satisfaction(models.TextChoices):
        SATISFIED = "satisfied", _("满意")
        FAIRLY = "fairly", _("基本满意")
        DISSATISFIED = "dissatisfied", _("不满意")

    suggestion = models.ForeignKey(Suggestion, models.PROTECT, related_name="events")
    verb = models.CharField(_("动作"), max_length=12, choices=Verb)
    at = models.DateTimeField(_("时间"))
    actor = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")
    department = models.ForeignKey(Department, models.PROTECT, null=True, blank=True, related_name="+")
    text = models.TextField(_("内容"), blank=True)
    result = models.CharField(_("办理结果"), max_length=1, choices=Suggestion.Result, blank=True)
    handling = models.CharField(_("对办理工作"), max_length=12, choices=Satisfaction, blank=True)
    outcome = models.CharField(_("对办理结果"), max_length=12, choices=Satisfaction, blank=True)
    due_on = models.DateField(_("期限"), null=True, blank=True)

    class Meta:
        verbose_name = _("办理事件")
        verbose_name_plural = _("办理事件")
        ordering = ["suggestion", "at", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=~Q(verb="replied") | (Q(due_on__isnull=False) & ~Q(result="")),
                name="a_reply_names_its_day_and_its_result",
            )
        ]

    def __str__(self) -> str:
        return f"{self.suggestion_id} {self.verb}"


class RoutingRule(models.Model):
    """Which department answers a category of matters, in one town or everywhere.

    A rule for a town goes before one for the whole district.
    """

    category = models.CharField(_("类别"), max_length=20, choices=Category)
    area = models.ForeignKey(
        Area,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("镇街"),
        help_text=_("留空表示全区适用"),
    )
    department = models.ForeignKey(Department, models.PROTECT, related_name="routing_rules", verbose_name=_("主办单位"))
    days = models.PositiveSmallIntegerField(
        _("答复天数"),
        null=True,
        blank=True,
        validators=[MinValueValidator(1)],
        help_text=_("小事快办的承诺天数；留空为法定三个月，超过法定期限的按法定期限"),
    )

    class Meta:
        verbose_name = _("交办规则")
        verbose_name_plural = _("交办规则")
        ordering = ["category", "area"]
        constraints = [
            models.UniqueConstraint(
                fields=["category", "area"],
                name="one_rule_per_category_and_area",
                nulls_distinct=False,
                violation_error_message=_("这个类别在这个范围已有一条规则。"),
            )
        ]

    def __str__(self) -> str:
        return f"{self.get_category_display()} {self.area or ''} -> {self.department}"
