"""The secret address of a person's calendar, and when she is busy by the calendar that she handed in."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils import timezone
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


class CalendarFeed(models.Model):
    """The address of a calendar of a person's own, read some times a day. The address opens it, so it is a secret."""

    user = models.OneToOneField(settings.AUTH_USER_MODEL, models.CASCADE, related_name="calendar_feed")
    secret = models.CharField(max_length=1000, editable=False)
    """The address itself."""
    host = models.CharField(_("主机名"), max_length=253)
    etag = models.CharField(max_length=200, blank=True)
    last_modified = models.CharField(max_length=60, blank=True)
    sha256 = models.CharField(_("内容指纹"), max_length=64, blank=True)
    made_at = models.DateTimeField(_("添加时间"), auto_now_add=True)
    read_at = models.DateTimeField(_("最近读取"), null=True)
    """When there was an answer last."""
    parsed_at = models.DateTimeField(null=True)
    """When busy times were worked out from it last: what recurs reaches a year ahead only."""
    changed_at = models.DateTimeField(_("内容自何时没有变化"), null=True)
    said = models.TextField(_("说明"), blank=True)
    """Why the last reading failed; empty where it did not."""
    failures = models.PositiveSmallIntegerField(default=0)
    next_at = models.DateTimeField(_("下次读取"), default=timezone.now)

    class Meta:
        verbose_name = _("个人日历的来源")
        verbose_name_plural = _("个人日历的来源")
        ordering = ["user"]
        indexes = [models.Index(fields=["next_at"], name="calendar_feeds_due")]

    def __str__(self) -> str:
        return self.host


class BusyTime(models.Model):
    """A span in which a person is busy; what she does then is not kept. Past ones are deleted daily."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="busy_times")
    feed = models.ForeignKey(
        CalendarFeed, models.CASCADE, null=True, editable=False, db_index=False, related_name="busy_times"
    )
    """The address that it was read from; None for what was handed in as a file."""
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
