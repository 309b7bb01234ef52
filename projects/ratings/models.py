"""How satisfied deputies and the public are with a project: single answers, and counts made on paper."""

from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from projects.plan.models import Project


class Rating(models.Model):
    """How many were satisfied with a finished project, by who was asked: answers given here, and counts on paper.

    Answers of nobody in particular stand in a row of their own and are in no sum with the others. Kept by
    `projects.ratings.services.refresh_rating` from `Answer` and `PaperCount`, so that page, API and file agree.
    """

    class Voter(models.TextChoices):
        DEPUTY = "deputy", _("代表")
        PUBLIC = "public", _("公众（已核实）")
        UNVERIFIED = "unverified", _("公众（未核实）")

    project = models.ForeignKey(Project, models.PROTECT, related_name="ratings")
    voter = models.CharField(_("测评主体"), max_length=10, choices=Voter)
    satisfied = models.PositiveIntegerField(_("满意"), default=0)
    fairly_satisfied = models.PositiveIntegerField(_("基本满意"), default=0)
    dissatisfied = models.PositiveIntegerField(_("不满意"), default=0)
    abstained = models.PositiveIntegerField(_("弃权"), default=0)
    in_bursts = models.PositiveIntegerField(_("短时间来自同一网络"), default=0, db_default=0)
    """How many of these answers came in a burst (`projects.ratings.bursts`)."""

    class Meta:
        verbose_name = _("满意度测评")
        verbose_name_plural = _("满意度测评")
        ordering = ["project", "voter"]
        constraints = [models.UniqueConstraint(fields=["project", "voter"], name="one_rating_per_voter")]

    def __str__(self) -> str:
        return f"{self.project_id} {self.voter}"


class PaperCount(models.Model):
    """A count on paper, entered by congress staff. Append-only.

    Of a project and kind of voter the newest counts that a second person has confirmed.
    """

    class Voter(models.TextChoices):
        DEPUTY = "deputy", _("代表")
        PUBLIC = "public", _("公众")

    project = models.ForeignKey(Project, models.PROTECT, related_name="paper_counts")
    voter = models.CharField(_("测评主体"), max_length=10, choices=Voter)
    counted_on = models.DateField(_("计票日期"))
    source = models.CharField(_("来源"), max_length=120)
    sheet = models.CharField(_("计票表编号"), max_length=40, db_default="")
    photo = models.ImageField(_("计票表照片"), upload_to="rating-sheets/%Y/%m/", blank=True, db_default="")
    needs_second = models.BooleanField(default=True, db_default=True, editable=False)
    """False for what was entered before a second person had to confirm."""
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


class PaperDecision(models.Model):
    """That a second person found a count on paper right, or not. Append-only."""

    paper = models.OneToOneField(PaperCount, models.PROTECT, related_name="decision")
    is_right = models.BooleanField(_("核对无误"))
    actor = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name=_("核对人"))
    reason = models.CharField(_("说明"), max_length=200, blank=True)
    at = models.DateTimeField(_("时间"), default=timezone.now)

    class Meta:
        verbose_name = _("纸质测评核对")
        verbose_name_plural = _("纸质测评核对")
        ordering = ["pk"]
        constraints = [
            models.CheckConstraint(condition=Q(is_right=True) | ~Q(reason=""), name="a_refused_paper_count_has_reason")
        ]

    def __str__(self) -> str:
        return f"{self.paper_id} {self.is_right}"


class Answer(models.Model):
    """One person's answer to the satisfaction survey. Append-only, one each.

    A deputy is known by name inside. The public by `voter_key`: a digest of the mailbox that was confirmed, or,
    unverified, of a random number in the browser (`projects.pages.voter_cookie`); nobody can be found by either, nor
    the answers of one person to two projects be joined. Only counts are ever shown.
    """

    class Choice(models.TextChoices):
        SATISFIED = "satisfied", _("满意")
        FAIRLY = "fairly", _("基本满意")
        DISSATISFIED = "dissatisfied", _("不满意")
        ABSTAINED = "abstained", _("弃权")

    project = models.ForeignKey(Project, models.PROTECT, related_name="answers")
    deputy = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("代表"))
    voter_key = models.CharField(_("匿名标识"), max_length=64, blank=True)
    is_verified = models.BooleanField(_("身份已核实"), default=False, db_default=False)
    network = models.CharField(_("网络标识"), max_length=64, blank=True, db_default="")
    """A digest of the network address and the project, for finding bursts."""
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
