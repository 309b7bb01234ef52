"""Rules with their versions, and the warnings that they gave rise to with every step taken."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from accounts.models import Area, Department
from reporting.observations.models import ObservedFeature
from reporting.warnings.table import TABLE, Event, State


class WarningRule(models.Model):
    """What is watched. What it says stands in its versions; only one that was tried on the past can be switched on."""

    code = models.SlugField(_("代码"), max_length=40, unique=True)
    title = models.CharField(_("名称"), max_length=60)
    department = models.ForeignKey(
        Department, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("承办单位")
    )
    is_on = models.BooleanField(_("启用"), default=False, db_default=False)
    version = models.PositiveIntegerField(_("版本"), default=0, db_default=0, editable=False)

    class Meta:
        verbose_name = _("预警规则")
        verbose_name_plural = _("预警规则")
        ordering = ["code"]

    def __str__(self) -> str:
        return self.title

    def get_absolute_url(self) -> str:
        return reverse("boards:rule", args=[self.code])


class WarningRuleVersion(models.Model):
    """One wording of a rule, never changed; it judges periods from `effective_from` on."""

    rule = models.ForeignKey(WarningRule, models.PROTECT, related_name="versions", verbose_name=_("预警规则"))
    number = models.PositiveIntegerField(_("版本"))
    conditions = models.JSONField(_("条件"))
    at_least = models.PositiveSmallIntegerField(_("至少满足几条"))
    effective_from = models.DateField(_("起算日期"), help_text=_("从这一天所在的期间开始判断。"))
    reason = models.CharField(_("理由"), max_length=300, blank=True, default="", db_default="")
    made_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("制定人")
    )
    made_at = models.DateTimeField(_("制定时间"))

    class Meta:
        verbose_name = _("预警规则的版本")
        verbose_name_plural = _("预警规则的版本")
        ordering = ["rule", "-number"]
        constraints = [models.UniqueConstraint(fields=["rule", "number"], name="a_rule_has_each_version_once")]

    def __str__(self) -> str:
        return f"{self.rule} v{self.number}"


class EarlyWarning(models.Model):
    """That a rule is met in an area. Periods that follow one another join; whether it matters, a person says."""

    rule = models.ForeignKey(WarningRule, models.PROTECT, related_name="warnings", verbose_name=_("预警规则"))
    rule_version = models.ForeignKey(WarningRuleVersion, models.PROTECT, related_name="+", verbose_name=_("规则版本"))
    area = models.ForeignKey(Area, models.PROTECT, related_name="+", verbose_name=_("区域"))
    feature = models.ForeignKey(
        ObservedFeature, models.PROTECT, null=True, blank=True, related_name="+", db_index=False,
        verbose_name=_("点位或要素"), help_text=_("预警是关于一个点位或要素的；区域是它所在的镇街。"),
    )  # fmt: skip
    state = models.CharField(
        _("状态"), max_length=10, choices=TABLE.choices(), default=State.NEW.value, db_default=State.NEW.value
    )
    first_period = models.DateField(_("开始期间"))
    last_period = models.DateField(_("最近期间"))
    causes = models.JSONField(_("原因"))
    raised_at = models.DateTimeField(_("预警时间"))
    due_on = models.DateField(_("核实期限"))
    back_since = models.DateField(_("恢复正常自"), null=True, blank=True)
    suggestion = models.ForeignKey(
        "supervision.Suggestion", models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("转办事项")
    )
    version = models.PositiveIntegerField(_("版本"), default=1, db_default=1, editable=False)

    class Meta:
        verbose_name = _("预警")
        verbose_name_plural = _("预警")
        ordering = ["-raised_at", "-pk"]
        indexes = [models.Index(fields=["state", "due_on"])]
        constraints = [
            models.UniqueConstraint(
                fields=["rule", "area", "feature"],
                condition=Q(state__in=[str(name) for name in TABLE.in_group("open")]),
                nulls_distinct=False,
                name="one_open_warning_a_rule_and_place",
            )
        ]

    def __str__(self) -> str:
        return f"{self.rule} {self.place}"

    def get_absolute_url(self) -> str:
        return reverse("boards:warning", args=[self.pk])

    @property
    def place(self) -> Area | ObservedFeature:
        """What the warning is about."""
        return self.feature if self.feature is not None else self.area

    @property
    def place_id(self) -> int:
        return self.feature_id if self.feature_id is not None else self.area_id


class EarlyWarningEvent(models.Model):
    """One step of a warning with the values that it rests on; never changed."""

    warning = models.ForeignKey(EarlyWarning, models.PROTECT, related_name="events", verbose_name=_("预警"))
    verb = models.CharField(_("步骤"), max_length=12, choices=Event.choices())
    period = models.DateField(_("期间"), null=True, blank=True)
    causes = models.JSONField(_("原因"), default=list)
    text = models.CharField(_("说明"), max_length=500, blank=True, default="", db_default="")
    actor = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("办理人")
    )
    at = models.DateTimeField(_("时间"))

    class Meta:
        verbose_name = _("预警的步骤")
        verbose_name_plural = _("预警的步骤")
        ordering = ["warning", "at", "pk"]

    def __str__(self) -> str:
        return f"{self.warning} {self.verb}"
