"""How satisfied deputies and the public are with a project: single answers, and counts made on paper."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from projects.plan.models import Project


class Rating(models.Model):
    """How many were satisfied with a finished project, by who was asked: answers given here, and counts on paper.

    Kept by `projects.ratings.services.refresh_rating` from `Answer` and `PaperCount`, so that page, API and file agree.
    """

    class Voter(models.TextChoices):
        DEPUTY = "deputy", _("代表")
        PUBLIC = "public", _("公众")

    project = models.ForeignKey(Project, models.PROTECT, related_name="ratings")
    voter = models.CharField(_("测评主体"), max_length=10, choices=Voter)
    satisfied = models.PositiveIntegerField(_("满意"), default=0)
    fairly_satisfied = models.PositiveIntegerField(_("基本满意"), default=0)
    dissatisfied = models.PositiveIntegerField(_("不满意"), default=0)
    abstained = models.PositiveIntegerField(_("弃权"), default=0)

    class Meta:
        verbose_name = _("满意度测评")
        verbose_name_plural = _("满意度测评")
        ordering = ["project", "voter"]
        constraints = [models.UniqueConstraint(fields=["project", "voter"], name="one_rating_per_voter")]

    def __str__(self) -> str:
        return f"{self.project_id} {self.voter}"


class PaperCount(models.Model):
    """A count on paper, entered by congress staff. Of a project and kind of voter the newest counts. Append-only."""

    project = models.ForeignKey(Project, models.PROTECT, related_name="paper_counts")
    voter = models.CharField(_("测评主体"), max_length=10, choices=Rating.Voter)
    counted_on = models.DateField(_("计票日期"))
    source = models.CharField(_("来源"), max_length=120)
    satisfied = models.PositiveIntegerField(_("满意"))
    fairly_satisfied = models.PositiveIntegerField(_("基本满意"))
    dissatisfied = models.PositiveIntegerField(_("不满意"))
    abstained = models.PositiveIntegerField(_("弃权"))
    author = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        verbose_name = _("纸质测评计票")
        verbose_name_plural = _("纸质测评计票")
        ordering = ["project", "voter", "pk"]
        constraints = [models.CheckConstraint(condition=~Q(source=""), name="paper_count_has_source")]

    def __str__(self) -> str:
        return f"{self.project_id} {self.voter} {self.counted_on}"


class Answer(models.Model):
    """One person's answer to the satisfaction survey. Append-only, one each.

    A deputy is known by name inside; the public by `voter_key`, a digest of a random number in the browser
    (`projects.pages.voter_cookie`), so that nobody can be found by it. Only counts are ever shown.
    """

    class Choice(models.TextChoices):
        SATISFIED = "satisfied", _("满意")
        FAIRLY = "fairly", _("基本满意")
        DISSATISFIED = "dissatisfied", _("不满意")
        ABSTAINED = "abstained", _("弃权")

    project = models.ForeignKey(Project, models.PROTECT, related_name="answers")
    deputy = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("代表"))
    voter_key = models.CharField(_("匿名标识"), max_length=64, blank=True)
    choice = models.CharField(_("评价"), max_length=12, choices=Choice)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        verbose_name = _("满意度评价")
        verbose_name_plural = _("满意度评价")
        ordering = ["project", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["project", "deputy"], condition=Q(deputy__isnull=False), name="one_answer_per_deputy"
            ),
            models.UniqueConstraint(
                fields=["project", "voter_key"], condition=~Q(voter_key=""), name="one_answer_per_browser"
            ),
            models.CheckConstraint(
                condition=Q(deputy__isnull=False, voter_key="") | (Q(deputy__isnull=True) & ~Q(voter_key="")),
                name="answer_by_deputy_or_public",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.project_id} {self.choice}"
