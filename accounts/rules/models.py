"""What was set, and what of it was withdrawn before it began. Both are history: append-only and chained."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _


class RuleChange(models.Model):
    """A value of a rule, in force from a day on until the next one of the same key.

    The number of a version is how many changes are in force, in the order of effective day and key of the row. Rows
    come with an effective day not before the day they were written, one transaction at a time, so that this order only
    grows at its end and version 7 means the same for ever.
    """

    key = models.CharField(_("规则"), max_length=60)
    value = models.JSONField(_("值"))
    effective_from = models.DateField(_("生效日期"))
    reason = models.TextField(_("理由"), max_length=1000)
    written_on = models.DateField(_("登记日期"))
    """The local day of `at`, which the database compares with the effective day."""
    is_beginning = models.BooleanField(_("启用时的规则"), default=False)
    """Set when a district begins with the platform, before any other change; only these may reach back."""
    actor = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("设定人")
    )
    at = models.DateTimeField(_("登记时间"))

    class Meta:
        verbose_name = _("规则的设定")
        verbose_name_plural = _("规则的设定")
        ordering = ["effective_from", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(is_beginning=True) | models.Q(effective_from__gte=models.F("written_on")),
                name="a_rule_is_not_set_for_the_past",
            ),
            models.UniqueConstraint(fields=["key"], condition=models.Q(is_beginning=True), name="a_rule_begins_once"),
            models.CheckConstraint(condition=~models.Q(reason=""), name="a_rule_is_set_for_a_reason"),
        ]

    def __str__(self) -> str:
        return f"{self.key} {self.effective_from}"


class RuleWithdrawal(models.Model):
    """A planned change that will not come. A trigger refuses it from the day on which the change is in force."""

    change = models.OneToOneField(RuleChange, models.PROTECT, related_name="withdrawal", verbose_name=_("撤回的设定"))
    reason = models.TextField(_("理由"), max_length=1000)
    written_on = models.DateField(_("登记日期"))
    actor = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("撤回人")
    )
    at = models.DateTimeField(_("登记时间"))

    class Meta:
        verbose_name = _("规则设定的撤回")
        verbose_name_plural = _("规则设定的撤回")
        constraints = [
            models.CheckConstraint(condition=~models.Q(reason=""), name="a_rule_is_withdrawn_for_a_reason"),
        ]

    def __str__(self) -> str:
        return str(self.change)
