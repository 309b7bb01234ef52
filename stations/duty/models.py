"""Duty records of deputies with their corrections, and the rule by which they are counted."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from stations.register.models import Deputy


class DutyKind(models.TextChoices):
    RECEPTION = "reception", _("接待选民")
    INSPECTION = "inspection", _("视察检查")
    SUGGESTION = "suggestion", _("提出建议")
    VOTE = "vote", _("票决测评")
    MEETING = "meeting", _("出席会议")
    STUDY = "study", _("学习培训")
    OTHER = "other", _("其他活动")


class DutyRecord(models.Model):
    """One duty that a deputy performed on one day. `source` identifies what it was made from, once per deputy.

    A record that a person wrote or changed counts only once the congress staff have confirmed it.
    """

    deputy = models.ForeignKey(Deputy, models.PROTECT, related_name="duties", verbose_name=_("代表"))
    kind = models.CharField(_("类别"), max_length=12, choices=DutyKind)
    on = models.DateField(_("日期"))
    title = models.CharField(_("事由"), max_length=120)
    address = models.CharField(_("页面"), max_length=200, blank=True)
    """Path of the page of what was done; empty when there is none."""
    source = models.CharField(_("来源"), max_length=80)
    """Such as `reception:12`."""
    is_confirmed = models.BooleanField(_("已确认"), default=True)
    is_withdrawn = models.BooleanField(_("已撤销"), default=False)
    version = models.PositiveIntegerField(_("版本"), default=1, editable=False)

    class Meta:
        verbose_name = _("履职记录")
        verbose_name_plural = _("履职记录")
        ordering = ["-on", "-pk"]
        indexes = [models.Index(fields=["deputy", "on"])]
        constraints = [models.UniqueConstraint(fields=["deputy", "source"], name="one_record_per_source")]

    def __str__(self) -> str:
        return f"{self.deputy_id} {self.on} {self.kind}"


class DutyEvent(models.Model):
    """One step of a duty record, with its values after the step. Append-only."""

    class Verb(models.TextChoices):
        RECORDED = "recorded", _("自动登记")
        ADDED = "added", _("补登")
        CORRECTED = "corrected", _("更正")
        CONFIRMED = "confirmed", _("确认")
        WITHDRAWN = "withdrawn", _("撤销")
        RESTORED = "restored", _("恢复")

    record = models.ForeignKey(DutyRecord, models.PROTECT, related_name="events", verbose_name=_("履职记录"))
    verb = models.CharField(_("动作"), max_length=10, choices=Verb)
    kind = models.CharField(_("类别"), max_length=12, choices=DutyKind)
    on = models.DateField(_("日期"))
    title = models.CharField(_("事由"), max_length=120)
    reason = models.CharField(_("理由"), max_length=200, blank=True)
    actor = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("操作人"))
    at = models.DateTimeField(_("时间"))

    class Meta:
        verbose_name = _("履职记录事件")
        verbose_name_plural = _("履职记录事件")
        ordering = ["record", "at", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=~Q(verb__in=["corrected", "withdrawn"]) | ~Q(reason=""), name="a_correction_says_why"
            )
        ]

    def __str__(self) -> str:
        return f"{self.record_id} {self.verb}"


class PointsRule(models.Model):
    """One version of the rule, in force from a day until the next one begins. Never changed once written."""

    valid_from = models.DateField(_("施行日期"), unique=True)
    required_days = models.PositiveSmallIntegerField(_("每年应履职天数"))
    note = models.CharField(_("说明"), max_length=200, blank=True)
    created_by = models.ForeignKey(
        User, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("制定人")
    )
    created_at = models.DateTimeField(_("制定时间"), auto_now_add=True)

    class Meta:
        verbose_name = _("计分规则")
        verbose_name_plural = _("计分规则")
        ordering = ["-valid_from"]
        constraints = [
            models.CheckConstraint(condition=Q(required_days__range=(1, 366)), name="required_days_fit_a_year")
        ]

    def __str__(self) -> str:
        return f"{self.valid_from}"


class PointsItem(models.Model):
    """The points of one kind of duty under one version of the rule."""

    rule = models.ForeignKey(PointsRule, models.PROTECT, related_name="items", verbose_name=_("计分规则"))
    kind = models.CharField(_("类别"), max_length=12, choices=DutyKind)
    points = models.DecimalField(_("每次计分"), max_digits=4, decimal_places=1)
    yearly_cap = models.DecimalField(_("全年上限"), max_digits=5, decimal_places=1, null=True, blank=True)
    counts_as_day = models.BooleanField(_("计入履职天数"), default=True)

    class Meta:
        verbose_name = _("计分项")
        verbose_name_plural = _("计分项")
        ordering = ["rule", "kind"]
        constraints = [
            models.UniqueConstraint(fields=["rule", "kind"], name="one_worth_per_kind"),
            models.CheckConstraint(condition=Q(points__gte=0), name="points_are_not_taken_away"),
            models.CheckConstraint(condition=Q(yearly_cap=None) | Q(yearly_cap__gte=0), name="a_cap_is_no_debt"),
        ]

    def __str__(self) -> str:
        return f"{self.rule_id} {self.kind}"
