"""Drafts of votes, and what happened to each."""

from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from accounts.models import Area, User
from projects.voting.drafts.table import TABLE, Stage
from projects.voting.models import VoteSession


class VoteDraft(models.Model):
    """What a vote is to be; it becomes one when a second person has approved it. Seen by the staff who lead there."""

    title = models.CharField(_("名称"), max_length=80)
    year = models.PositiveSmallIntegerField(_("年度"))
    area = models.ForeignKey(Area, models.PROTECT, related_name="+", verbose_name=_("区域"))
    candidates = models.JSONField(_("候选项目的编号"), default=list, db_default=[])
    places = models.PositiveSmallIntegerField(_("应选项目数"))
    opens_at = models.DateTimeField(pgettext_lazy("vote", "开始时间"))
    closes_at = models.DateTimeField(_("截止时间"))
    state = models.CharField(_("状态"), max_length=8, choices=TABLE.choices(), default=Stage.DRAFT, db_default="draft")
    author = models.ForeignKey(User, models.PROTECT, null=True, related_name="+", verbose_name=_("起草人"))
    session = models.OneToOneField(VoteSession, models.PROTECT, null=True, blank=True, related_name="draft")
    """The vote that came of it."""
    replaces = models.ForeignKey(VoteSession, models.PROTECT, null=True, blank=True, related_name="replaced_by")
    """The called vote that was cancelled to be changed."""
    runoff_of = models.ForeignKey(VoteSession, models.PROTECT, null=True, blank=True, related_name="runoff_drafts")
    """The counted vote whose tied candidates this one is on; only its times are the draft's own."""
    version = models.PositiveIntegerField(_("版本"), default=1, db_default=1, editable=False)

    class Meta:
        verbose_name = _("票决草案")
        verbose_name_plural = _("票决草案")
        ordering = ["-pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(state="called", session__isnull=False) | (~Q(state="called") & Q(session__isnull=True)),
                name="only_an_approved_draft_is_a_vote",
            ),
            models.UniqueConstraint(
                fields=["runoff_of"], condition=~Q(state="dropped"), name="one_draft_of_a_runoff_at_a_time"
            ),
        ]

    def __str__(self) -> str:
        return self.title

    def get_absolute_url(self) -> str:
        return reverse("projects:vote_draft", args=[self.pk])

    @property
    def tone(self) -> str:
        """How a badge shows its state."""
        return TABLE.state(self.state).tone


class VoteDraftEvent(models.Model):
    """One step of a draft. Append-only and chained."""

    class Verb(models.TextChoices):
        DRAFTED = "drafted", _("起草")
        CHANGED = "changed", pgettext_lazy("vote", "修改")
        SENT = "sent", _("送审")
        APPROVED = "approved", _("审核同意并安排")
        SENT_BACK = "sent_back", _("退回修改")
        DROPPED = "dropped", pgettext_lazy("vote", "放弃")

    draft = models.ForeignKey(VoteDraft, models.PROTECT, related_name="events")
    verb = models.CharField(_("动作"), max_length=10, choices=Verb)
    at = models.DateTimeField(_("时间"), default=timezone.now)
    actor = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    text = models.CharField(_("理由"), max_length=500, blank=True)
    detail = models.JSONField(_("内容"), default=dict, blank=True)
    """What the draft said after the step."""

    class Meta:
        verbose_name = _("票决草案的记录")
        verbose_name_plural = _("票决草案的记录")
        ordering = ["draft", "pk"]

    def __str__(self) -> str:
        return f"{self.draft_id} {self.verb}"
