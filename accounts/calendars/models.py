"""The secret address of a person's calendar, and when she is busy by the calendar that she handed in."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _


class PersonalCalendar(models.Model):
    """One for each person who has made an address or handed a calendar in. Of the address only the digest is kept."""

    user = models.OneToOneField(settings.AUTH_USER_MODEL, models.CASCADE, related_name="calendar")
    digest = models.CharField(max_length=64, unique=True, null=True, blank=True, editable=False)
    made_at = models.DateTimeField(_("地址生成时间"), null=True, blank=True)
    read_at = models.DateTimeField(_("日历读入时间"), null=True, blank=True)

    class Meta:
        verbose_name = _("个人日历")
        verbose_name_plural = _("个人日历")

    def __str__(self) -> str:
        return str(self.user_id)


class BusyTime(models.Model):
    """A span in which a person is busy; what she does then is not kept. Past ones are deleted daily."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="busy_times")
    starts_at = models.DateTimeField(_("开始"))
    ends_at = models.DateTimeField(_("结束"))

    class Meta:
        verbose_name = _("个人日历上的安排")
        verbose_name_plural = _("个人日历上的安排")
        ordering = ["user", "starts_at"]
        indexes = [models.Index(fields=["user", "starts_at"])]
        constraints = [models.CheckConstraint(condition=Q(ends_at__gt=F("starts_at")), name="busy_time_ends_later")]

    def __str__(self) -> str:
        return f"{self.user_id} {self.starts_at:%Y-%m-%d}"
