"""Addresses of other systems that are called, what changed since, and each call with its answer."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.db.models.functions import Now
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import Area, Role


class Subject(models.TextChoices):
    """What a change can be of; triggers (migration 0002) write these words."""

    POINT = "point", _("水质点位")
    MATTER = "matter", _("监督事项")
    PROJECT = "project", _("民生实事项目")
    LAYER = "layer", _("图层")


class Endpoint(models.Model):
    """An address that is called for its maker: with her rights, and no longer than she has them."""

    maker = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="webhooks", editable=False, verbose_name=_("创建人")
    )
    maker_role = models.CharField(max_length=20, choices=Role, editable=False)
    maker_area = models.ForeignKey(Area, models.PROTECT, null=True, editable=False, related_name="+")
    """Role and area of the maker when she made it: with another one it ends."""
    name = models.CharField(_("名称"), max_length=60, help_text=_("例如：区数据平台"))
    url = models.CharField(_("地址"), max_length=500)
    secret = models.CharField(max_length=80, editable=False)
    former_secret = models.CharField(max_length=80, blank=True, default="", db_default="", editable=False)
    former_until = models.DateTimeField(null=True, editable=False)
    """Until then the former secret signs too."""
    subjects = models.JSONField(_("通知哪些变化"), default=list, db_default=[])
    is_active = models.BooleanField(_("启用"), default=True, db_default=True, editable=False)
    ended_because = models.CharField(max_length=20, blank=True, default="", db_default="", editable=False)
    created_at = models.DateTimeField(_("创建时间"), auto_now_add=True)
    failures = models.PositiveSmallIntegerField(default=0, db_default=0, editable=False)
    """Calls without a good answer since the last good one."""
    failing_since = models.DateTimeField(_("未成功自"), null=True, editable=False)
    next_at = models.DateTimeField(_("下次尝试"), null=True, editable=False)

    class Meta:
        verbose_name = _("变化通知")
        verbose_name_plural = _("变化通知")
        ordering = ["name", "pk"]
        constraints = [
            models.CheckConstraint(condition=Q(url__startswith="https://"), name="endpoints_are_called_by_https")
        ]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return reverse("exchange:webhook", args=[self.pk])

    @property
    def subject_labels(self) -> list[str]:
        return [str(each.label) for each in Subject if each in self.subjects]


class ChangeNote(models.Model):
    """That a row changed, written by a trigger in the change's own transaction; gone once the calls are queued."""

    subject = models.CharField(max_length=10, choices=Subject)
    object_id = models.BigIntegerField()
    is_new = models.BooleanField()
    at = models.DateTimeField(db_default=Now())

    class Meta:
        verbose_name = _("待通知的变化")
        verbose_name_plural = _("待通知的变化")
        ordering = ["pk"]

    def __str__(self) -> str:
        return f"{self.subject} {self.object_id}"


class Call(models.Model):
    """One message to one address: waits, is tried until the answer is good, or is given up."""

    class State(models.TextChoices):
        WAITING = "waiting", _("等待发送")
        SENT = "sent", _("已送达")
        GIVEN_UP = "given-up", _("已放弃")

    endpoint = models.ForeignKey(Endpoint, models.CASCADE, related_name="calls", verbose_name=_("变化通知"))
    subject = models.CharField(max_length=10, choices=Subject, blank=True)
    """Empty for a test."""
    object_id = models.BigIntegerField(null=True)
    is_new = models.BooleanField(default=False, db_default=False)
    at = models.DateTimeField(_("变化时间"), default=timezone.now)
    state = models.CharField(_("状态"), max_length=10, choices=State, default=State.WAITING, db_default="waiting")
    not_before = models.DateTimeField(default=timezone.now)
    attempts = models.PositiveSmallIntegerField(_("次数"), default=0, db_default=0)
    tried_at = models.DateTimeField(_("最近尝试"), null=True)
    status = models.PositiveSmallIntegerField(_("答复状态码"), null=True)
    said = models.CharField(_("答复内容"), max_length=200, blank=True, default="", db_default="")
    took_ms = models.PositiveIntegerField(_("用时"), null=True)

    class Meta:
        verbose_name = _("通知记录")
        verbose_name_plural = _("通知记录")
        ordering = ["-pk"]
        indexes = [models.Index(fields=["not_before"], name="webhook_calls_to_make", condition=Q(state="waiting"))]
        constraints = [
            # A thing that changes ten times before the first call is told of once.
            models.UniqueConstraint(
                fields=["endpoint", "subject", "object_id"],
                name="one_first_call_waits_for_each_thing",
                condition=Q(state="waiting", attempts=0),
            )
        ]

    def __str__(self) -> str:
        return f"{self.endpoint_id} {self.type} {self.object_id or ''}"

    @property
    def type(self) -> str:
        """Return the type of the event as the message says it."""
        return f"{self.subject}.{'created' if self.is_new else 'changed'}" if self.subject else "webhook.test"
