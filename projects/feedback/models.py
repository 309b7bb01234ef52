"""What anybody says of a project, and what became of it."""

from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from projects.plan.models import Project


class Feedback(models.Model):
    """What somebody says about a project, with a photo; public only after congress staff have looked at it."""

    class State(models.TextChoices):
        WAITING = "waiting", _("待审核")
        SHOWN = "shown", _("已公开")
        HIDDEN = "hidden", _("不公开")

    project = models.ForeignKey(Project, models.PROTECT, related_name="feedback")
    text = models.TextField(_("意见"), max_length=1000)
    photo = models.ImageField(_("照片"), upload_to="feedback/%Y/%m/", blank=True)
    deputy = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")
    contact = models.CharField(_("联系方式"), max_length=80, blank=True)
    state = models.CharField(_("状态"), max_length=8, choices=State, default=State.WAITING, editable=False)
    reason = models.CharField(_("不公开的理由"), max_length=200, blank=True)
    form_key = models.CharField(max_length=64, blank=True, db_default="", editable=False)
    """A digest of the random number in the form that it came by: the same form sent again is the same feedback."""
    version = models.PositiveIntegerField(default=1, editable=False)
    created_at = models.DateTimeField(_("提出时间"), default=timezone.now, editable=False)

    class Meta:
        verbose_name = _("公众反馈")
        verbose_name_plural = _("公众反馈")
        ordering = ["-created_at", "-pk"]
        constraints = [
            models.CheckConstraint(condition=~Q(state="hidden") | ~Q(reason=""), name="hidden_feedback_has_reason")
        ]
        indexes = [models.Index(fields=["project", "state"])]

    def __str__(self) -> str:
        return f"{self.project_id} {self.pk}"


class FeedbackEvent(models.Model):
    """What became of a feedback: shown, hidden, replied to. Append-only."""

    class Verb(models.TextChoices):
        FILE = "file", _("提出")
        SHOW = "show", _("公开")
        HIDE = "hide", _("不公开")
        REPLY = "reply", _("回应")

    feedback = models.ForeignKey(Feedback, models.PROTECT, related_name="events")
    verb = models.CharField(_("动作"), max_length=8, choices=Verb)
    text = models.TextField(_("内容"), max_length=1000, blank=True)
    actor = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")
    created_at = models.DateTimeField(default=timezone.now, editable=False)

    class Meta:
        verbose_name = _("反馈办理记录")
        verbose_name_plural = _("反馈办理记录")
        ordering = ["feedback", "pk"]

    def __str__(self) -> str:
        return f"{self.feedback_id} {self.verb}"
