"""The periods that the district set before they were rules of the district."""

from django.core.validators import MinValueValidator
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from supervision.deadlines.clocks import CLOCK_CHOICES


class ClockRule(models.Model):
    """A period that staff set otherwise than the law's example (`clocks.LAW`).

    Read by nothing any more: a migration carried the rows over to `clocks.*` (`supervision.rules`).
    """

    class Unit(models.TextChoices):
        MONTHS = "months", _("个月")
        DAYS = "days", _("日（自然日）")
        WORKDAYS = "workdays", _("个工作日")

    clock = models.CharField(_("期限"), max_length=12, choices=CLOCK_CHOICES, unique=True)
    amount = models.PositiveSmallIntegerField(_("数量"), validators=[MinValueValidator(1)])
    unit = models.CharField(_("单位"), max_length=8, choices=Unit)
    ends_on_workday = models.BooleanField(
        _("末日遇休息日顺延"), default=False, help_text=_("期限的最后一日是休息日的，以其后第一个工作日为最后一日")
    )
    version = models.PositiveIntegerField(_("版本"), default=1, editable=False)

    class Meta:
        verbose_name = _("办理期限")
        verbose_name_plural = _("办理期限")
        constraints = [
            models.CheckConstraint(condition=Q(amount__gte=1), name="a_period_is_not_empty"),
        ]

    def __str__(self) -> str:
        return f"{self.get_clock_display()} {self.amount} {self.get_unit_display()}"
