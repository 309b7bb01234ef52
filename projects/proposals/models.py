"""What the public and deputies propose (征集), and what a street's residents' council recommends (票选推荐)."""

from django.contrib.gis.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from accounts.models import Area, User
from projects.plan.models import Project
from projects.proposals.table import PROPOSALS, ProposalState
from ui.text.search_field import SearchKeyField


class Proposal(models.Model):
    """One proposal for a livelihood project, with its place. Its life is in its events."""

    State = ProposalState
    """Labels and sets of states are asked of the table, `PROPOSALS`."""

    number = models.CharField(_("编号"), max_length=12, unique=True)
    year = models.PositiveSmallIntegerField(_("年度"))
    title = models.CharField(_("建议做什么"), max_length=80)
    text = models.TextField(_("理由"), max_length=2000)
    category = models.CharField(_("类别"), max_length=20, choices=Project.Category)
    area = models.ForeignKey(Area, models.PROTECT, related_name="+", verbose_name=_("镇街"))
    address = models.CharField(_("地址"), max_length=120, blank=True)
    geom = models.PointField(_("位置"), srid=4326)
    deputy = models.ForeignKey(
        User, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("提出的代表")
    )
    contact = models.CharField(_("联系方式"), max_length=80, blank=True)
    photo = models.ImageField(_("照片"), upload_to="proposals/%Y/%m/", blank=True)
    state = models.CharField(
        _("状态"), max_length=10, choices=PROPOSALS.choices(), default=ProposalState.NEW, editable=False
    )
    answer = models.CharField(_("审核意见"), max_length=500, blank=True)
    same_as = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="merged", verbose_name=_("并入")
    )
    project = models.ForeignKey(
        Project, models.PROTECT, null=True, blank=True, related_name="proposals", verbose_name=_("候选项目")
    )
    search_key = SearchKeyField(sources=("title", "address"))
    version = models.PositiveIntegerField(_("版本"), default=1, editable=False)
    created_at = models.DateTimeField(_("提出时间"), auto_now_add=True)

    class Meta:
        verbose_name = _("项目建议")
        verbose_name_plural = _("项目建议")
        ordering = ["-created_at", "-pk"]
        constraints = [
            models.CheckConstraint(
                condition=~Q(state="adopted") | Q(project__isnull=False), name="adopted_proposal_has_project"
            ),
            models.CheckConstraint(condition=~Q(state="declined") | ~Q(answer=""), name="declined_proposal_has_reason"),
            models.CheckConstraint(
                condition=~Q(state="merged") | (Q(same_as__isnull=False) & ~Q(same_as=F("pk"))),
                name="merged_proposal_has_other",
            ),
        ]
        indexes = [models.Index(fields=["state", "year"])]

    def __str__(self) -> str:
        return self.title

    @property
    def tone(self) -> str:
        """The colour of the state's badge."""
        return PROPOSALS.state(self.state).tone

    def get_absolute_url(self) -> str:
        return reverse("projects:proposal", args=[self.number])


class ProposalEvent(models.Model):
    """What happened to a proposal. Append-only."""

    class Verb(models.TextChoices):
        PROPOSE = "propose", _("提出")
        PUBLISH = "publish", _("审核公开")
        MERGE = "merge", _("并入")
        ADOPT = "adopt", _("列入候选")
        DECLINE = "decline", _("不采纳")

    proposal = models.ForeignKey(Proposal, models.PROTECT, related_name="events")
    verb = models.CharField(_("动作"), max_length=10, choices=Verb)
    text = models.CharField(_("说明"), max_length=500, blank=True)
    actor = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        verbose_name = _("建议办理记录")
        verbose_name_plural = _("建议办理记录")
        ordering = ["proposal", "pk"]

    def __str__(self) -> str:
        return f"{self.proposal_id} {self.verb}"


class Recommendation(models.Model):
    """How a street's residents' council (居民议事组织) voted to recommend a candidate. Append-only.

    A street holds no congress, so its council recommends and does not decide. It votes on paper; here is its count.
    """

    project = models.ForeignKey(Project, models.PROTECT, related_name="recommendations", verbose_name=_("候选项目"))
    area = models.ForeignKey(Area, models.PROTECT, related_name="+", verbose_name=_("街道"))
    council = models.CharField(_("议事组织"), max_length=80)
    met_on = models.DateField(_("会议日期"))
    members = models.PositiveSmallIntegerField(_("应到人数"))
    present = models.PositiveSmallIntegerField(_("实到人数"))
    in_favour = models.PositiveSmallIntegerField(_("赞成"))
    opposed = models.PositiveSmallIntegerField(_("反对"))
    abstained = models.PositiveSmallIntegerField(_("弃权"))
    author = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        verbose_name = _("街道票选推荐")
        verbose_name_plural = _("街道票选推荐")
        ordering = ["project", "met_on", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["project", "area", "met_on"], name="one_recommendation_per_meeting"),
            models.CheckConstraint(
                condition=Q(present__lte=F("members")) & Q(present=F("in_favour") + F("opposed") + F("abstained")),
                name="recommendation_counts_agree",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.council} {self.project_id}"

    @property
    def is_quorate(self) -> bool:
        """Whether more than half of the members came."""
        return 2 * self.present > self.members

    @property
    def is_recommended(self) -> bool:
        """Whether a quorate council had more than half of its members in favour."""
        return self.is_quorate and 2 * self.in_favour > self.members
