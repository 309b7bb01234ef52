"""What voters bring up at a reception."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from stations.models.reception import Reception


class Matter(models.Model):
    """One matter that was received. Its text is inside only; the public sees counts."""

    class Level(models.TextChoices):
        TOWN = "town", _("镇街事项")
        DISTRICT = "district", _("区级事项")
        GENERAL = "general", _("一般意见建议")
        CASE = "case", _("个案(释明引导)")

    reception = models.ForeignKey(Reception, models.PROTECT, related_name="matters", verbose_name=_("接待日"))
    number = models.PositiveSmallIntegerField(_("序号"))
    level = models.CharField(_("类别"), max_length=10, choices=Level)
    text = models.TextField(_("内容"), max_length=1000)
    reference = models.CharField(_("转办编号"), max_length=30, blank=True, db_index=True)
    answer = models.TextField(_("办理结果"), max_length=1000, blank=True)
    settled_on = models.DateField(_("办结日期"), null=True, blank=True)
    version = models.PositiveIntegerField(_("版本"), default=1, editable=False)

    class Meta:
        verbose_name = _("接待事项")
        verbose_name_plural = _("接待事项")
        ordering = ["reception", "number"]
        constraints = [
            models.UniqueConstraint(fields=["reception", "number"], name="matters_of_a_day_are_numbered"),
            models.CheckConstraint(condition=Q(settled_on=None) | ~Q(answer=""), name="a_settled_matter_has_an_answer"),
        ]

    def __str__(self) -> str:
        return f"{self.reception_id}-{self.number}"
