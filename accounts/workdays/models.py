"""Days that differ from the national calendar."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class CalendarDay(models.Model):
    """A day on which offices work or not, against what the national calendar knows."""

    day = models.DateField(_("日期"), unique=True)
    is_workday = models.BooleanField(_("上班"))
    name = models.CharField(_("说明"), max_length=40, blank=True, help_text=_("例如：国庆节调休上班"))

    class Meta:
        verbose_name = _("工作日历")
        verbose_name_plural = _("工作日历")
        ordering = ["-day"]

    def __str__(self) -> str:
        return f"{self.day} {self.name}".strip()
