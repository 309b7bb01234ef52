"""The rule by which duty is counted: local, so a table with dates, edited by the congress staff."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from stations.models.duty import DutyKind


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
    """What one kind of duty is worth under one version of the rule."""

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
