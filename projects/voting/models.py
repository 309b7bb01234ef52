"""The deputies' vote (票决): candidates, who may vote, who has voted, and ballots that nobody can be found by.

While a session is open, a ballot lies in the urn (`UrnBallot`): no time, no order, no key but the receipt code, which
is random. That somebody has voted is `Turnout`. Closing moves the ballots, sorted by code, to `Ballot`, which is
append-only, chained and public; the count (`VoteCount`) carries their digest. See docs/decisions/0017.
"""

from typing import Any

from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from accounts.models import Area, Congress, Membership, User
from projects.plan.models import Project

RECEIPT_LENGTH = 12


class VoteSession(models.Model):
    """One vote on candidates: how many places, when, and by which rules."""

    class Quorum(models.TextChoices):
        HALF = "half", _("全体代表的过半数参加，票决有效")
        TWO_THIRDS = "two-thirds", _("全体代表的三分之二以上参加，票决有效")

    class Majority(models.TextChoices):
        OF_ALL = "of-all", _("须获全体代表过半数赞成，得票多的当选")
        OF_CAST = "of-cast", _("须获参加票决的代表过半数赞成，得票多的当选")
        PLURALITY = "plurality", _("得票多的当选")

    class Tie(models.TextChoices):
        RUNOFF = "runoff", _("末位得票相同、名额不够时，对得票相同的项目再次票决")
        LOT = "lot", _("末位得票相同、名额不够时，按公布的选票摘要抽签，人人可以验算")

    title = models.CharField(_("名称"), max_length=80)
    year = models.PositiveSmallIntegerField(_("年度"))
    area = models.ForeignKey(
        Area, models.PROTECT, related_name="+", verbose_name=_("区域"), help_text=_("区人大，或镇乡人大")
    )
    congress = models.ForeignKey(
        Congress, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("人大届次")
    )
    """Whose members vote; None for votes that were called before memberships were kept."""
    places = models.PositiveSmallIntegerField(_("应选项目数"))
    opens_at = models.DateTimeField(pgettext_lazy("vote", "开始时间"))
    closes_at = models.DateTimeField(_("截止时间"))
    quorum = models.CharField(_("有效条件"), max_length=12, choices=Quorum, default=Quorum.HALF)
    majority = models.CharField(_("当选条件"), max_length=12, choices=Majority, default=Majority.OF_ALL)
    tie = models.CharField(_("得票相同"), max_length=8, choices=Tie, default=Tie.RUNOFF)
    margin_percent = models.PositiveSmallIntegerField(_("差额比例（%）"), default=0, db_default=0)
    roll_settled_at = models.DateTimeField(_("名册核定时间"), null=True, blank=True, editable=False)
    """When the vote had opened and the roll was brought to the memberships of that day; it stays as it was then."""
    runoff_of = models.OneToOneField(
        "self", models.PROTECT, null=True, blank=True, related_name="runoff", verbose_name=_("再次票决自")
    )
    author = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        verbose_name = _("票决")
        verbose_name_plural = _("票决")
        ordering = ["-opens_at", "-pk"]
        constraints = [
            models.CheckConstraint(condition=Q(closes_at__gt=F("opens_at")), name="vote_closes_after_opening"),
            models.CheckConstraint(condition=Q(places__gte=1), name="vote_has_a_place"),
        ]

    def __str__(self) -> str:
        return self.title

    def get_absolute_url(self) -> str:
        return reverse("projects:vote", args=[self.pk])


class VoteCancellation(models.Model):
    """That a called vote does not take place, and why. Append-only."""

    session = models.OneToOneField(VoteSession, models.PROTECT, related_name="cancellation")
    reason = models.CharField(_("取消的理由"), max_length=500)
    actor = models.ForeignKey(User, models.PROTECT, related_name="+")
    at = models.DateTimeField(_("时间"), default=timezone.now)

    class Meta:
        verbose_name = _("取消票决")
        verbose_name_plural = _("取消票决")
        constraints = [models.CheckConstraint(condition=~Q(reason=""), name="a_cancelled_vote_says_why")]

    def __str__(self) -> str:
        return f"{self.session_id}"


class Candidacy(models.Model):
    """One candidate of one vote, under the number that the ballots carry."""

    session = models.ForeignKey(VoteSession, models.CASCADE, related_name="candidacies")
    project = models.ForeignKey(Project, models.PROTECT, related_name="candidacies")
    number = models.PositiveSmallIntegerField(_("序号"))

    class Meta:
        verbose_name = _("候选项目")
        verbose_name_plural = _("候选项目")
        ordering = ["session", "number"]
        constraints = [
            models.UniqueConstraint(fields=["session", "project"], name="one_candidacy_per_project"),
            models.UniqueConstraint(fields=["session", "number"], name="one_candidacy_per_number"),
        ]

    def __str__(self) -> str:
        return f"{self.number} {self.project_id}"


class Elector(models.Model):
    """A member of the congress who may vote in a session, with an account or without.

    The roll is written when the session is made and settled when it opens (`roll.settle`).
    """

    session = models.ForeignKey(VoteSession, models.CASCADE, related_name="electors")
    membership = models.ForeignKey(
        Membership, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("代表任职")
    )
    deputy = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("代表"))
    """Her account when the roll was written; without one she votes on paper."""
    is_struck = models.BooleanField(_("已不在名册"), default=False, db_default=False)
    """Whether her membership ended between the call and the vote's day."""
    last_change = models.BigIntegerField(default=0, db_default=0, editable=False)
    """The newest change of her credentials (`CredentialChange`) when the roll was written; a newer one freezes her."""
    is_known = models.BooleanField(_("账号已核实"), default=True, db_default=True, editable=False)
    """Whether her account was known to be hers when the roll was written; an officer who made it could vote by it."""

    class Meta:
        verbose_name = _("应到代表")
        verbose_name_plural = _("应到代表")
        ordering = ["session", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["session", "deputy"], name="one_elector_per_deputy"),
            models.UniqueConstraint(fields=["session", "membership"], name="one_elector_per_membership"),
            models.CheckConstraint(
                condition=Q(deputy__isnull=False) | Q(membership__isnull=False), name="an_elector_is_somebody"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.session_id} {self.membership_id or self.deputy_id}"

    @property
    def name(self) -> str:
        """What the roll calls her."""
        return str(self.membership.person if self.membership is not None else self.deputy)


class ElectorConfirmation(models.Model):
    """That a second officer knows an elector's credentials to be hers again, up to a change. Append-only."""

    elector = models.ForeignKey(Elector, models.PROTECT, related_name="confirmations")
    last_change = models.BigIntegerField()
    officer = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name=_("核实人"))
    reason = models.CharField(_("怎样核实的"), max_length=200)
    at = models.DateTimeField(_("时间"), default=timezone.now)

    class Meta:
        verbose_name = _("代表身份核实")
        verbose_name_plural = _("代表身份核实")
        ordering = ["elector", "pk"]
        constraints = [models.CheckConstraint(condition=~Q(reason=""), name="confirmation_has_reason")]

    def __str__(self) -> str:
        return f"{self.elector_id} {self.last_change}"


class BallotCode(models.Model):
    """The digest of the code that was mailed to an elector; gone once it has served. Says nothing of a ballot."""

    elector = models.OneToOneField(Elector, models.CASCADE, related_name="code")
    digest = models.CharField(max_length=64)
    expires_at = models.DateTimeField()
    tries = models.PositiveSmallIntegerField(default=0)

    class Meta:
        verbose_name = _("投票验证码")
        verbose_name_plural = _("投票验证码")

    def __str__(self) -> str:
        return str(self.elector_id)


class PaperEntry(models.Model):
    """The paper ballots of a vote as one teller read them, in order of content. Append-only; names nobody who voted."""

    session = models.ForeignKey(VoteSession, models.PROTECT, related_name="paper_entries")
    teller = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name=_("计票人"))
    choices = models.JSONField(_("各张选票赞成的序号"))
    at = models.DateTimeField(_("时间"), default=timezone.now)

    class Meta:
        verbose_name = _("纸质选票录入")
        verbose_name_plural = _("纸质选票录入")
        ordering = ["session", "pk"]

    def __str__(self) -> str:
        return f"{self.session_id} {self.teller_id}"

    @property
    def content(self) -> Any:
        """What tellers must agree on."""
        return self.choices


class HallSheet(models.Model):
    """The paper ballots of a hall as one teller added them up: how many papers, and the votes of each number.

    Append-only; names nobody who voted. A vote has tellers' sheets or papers read one by one (`PaperEntry`), not both.
    """

    session = models.ForeignKey(VoteSession, models.PROTECT, related_name="hall_sheets")
    teller = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name=_("计票人"))
    papers = models.PositiveIntegerField(_("收回的选票"))
    votes = models.JSONField(_("得票"), help_text=_("序号 -> 赞成票"))
    at = models.DateTimeField(_("时间"), default=timezone.now)

    class Meta:
        verbose_name = _("会场计票单")
        verbose_name_plural = _("会场计票单")
        ordering = ["session", "pk"]

    def __str__(self) -> str:
        return f"{self.session_id} {self.teller_id}"

    @property
    def content(self) -> Any:
        """What tellers must agree on."""
        return self.papers, self.votes


class Turnout(models.Model):
    """That an elector has cast a ballot or got one on paper, once. Append-only.

    The choice is not stored here, and nothing links to it.
    """

    class Factor(models.TextChoices):
        MAIL = "mail", _("邮件验证码")
        APP = "app", _("动态码应用")
        PASSKEY = "passkey", _("通行密钥")

    elector = models.OneToOneField(Elector, models.PROTECT, related_name="turnout")
    cast_at = models.DateTimeField()
    on_paper = models.BooleanField(_("纸质选票"), default=False, db_default=False)
    factor = models.CharField(
        pgettext_lazy("vote", "凭什么投票"), max_length=8, choices=Factor, blank=True, default="", db_default=""
    )
    """What she showed; empty on paper, and for votes before this was kept."""

    class Meta:
        verbose_name = _("投票签到")
        verbose_name_plural = _("投票签到")
        ordering = ["pk"]

    def __str__(self) -> str:
        return str(self.elector_id)


class UrnBallot(models.Model):
    """A ballot in the urn of an open session. The whole urn is rewritten in order of code at every ballot."""

    receipt = models.CharField(max_length=RECEIPT_LENGTH, primary_key=True)
    session = models.ForeignKey(VoteSession, models.PROTECT, related_name="+")
    choices = models.JSONField()

    class Meta:
        verbose_name = _("票箱中的选票")
        verbose_name_plural = _("票箱中的选票")

    def __str__(self) -> str:
        return str(self.session_id)


class Ballot(models.Model):
    """A ballot as published after closing: its code and the candidates' numbers it approves. Append-only."""

    session = models.ForeignKey(VoteSession, models.PROTECT, related_name="ballots")
    receipt = models.CharField(_("回执码"), max_length=RECEIPT_LENGTH, unique=True)
    choices = models.JSONField(_("赞成的序号"))

    class Meta:
        verbose_name = _("选票")
        verbose_name_plural = _("选票")
        ordering = ["session", "receipt"]

    def __str__(self) -> str:
        return self.receipt


class VoteCount(models.Model):
    """The count of a closed session and what follows from it by the session's rules. Append-only."""

    session = models.OneToOneField(VoteSession, models.PROTECT, related_name="count")
    electors = models.PositiveIntegerField(_("应到"))
    cast = models.PositiveIntegerField(_("收到选票"))
    is_quorate = models.BooleanField(_("达到法定人数"))
    votes = models.JSONField(_("得票"), help_text=_("序号 -> 赞成票"))
    elected = models.JSONField(_("当选的序号"))
    tied = models.JSONField(_("待再次票决的序号"))
    hall = models.JSONField(_("会场计票单"), default=dict, db_default={}, blank=True)
    """``papers`` and ``votes`` of the tellers' sheet, which `votes` and `cast` hold too; empty without one."""
    digest = models.CharField(_("选票摘要（SHA-256）"), max_length=64)
    counted_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        verbose_name = _("计票结果")
        verbose_name_plural = _("计票结果")
        ordering = ["-pk"]

    def __str__(self) -> str:
        return f"{self.session_id} {self.digest[:8]}"


class VoteDocument(models.Model):
    """The certificate or the public notice of a count as it was set: file, digest, and what it states. Append-only."""

    class Kind(models.TextChoices):
        CERTIFICATE = "certificate", _("票决结果证书")
        NOTICE = "notice", _("票决结果公告")

    session = models.ForeignKey(VoteSession, models.PROTECT, related_name="documents")
    kind = models.CharField(_("种类"), max_length=12, choices=Kind)
    facts = models.JSONField(_("所载内容"))
    file = models.FileField(_("文件"), upload_to="votes/%Y/")
    sha256 = models.CharField(_("文件摘要（SHA-256）"), max_length=64)
    made_at = models.DateTimeField(_("时间"), auto_now_add=True)

    class Meta:
        verbose_name = _("票决文书")
        verbose_name_plural = _("票决文书")
        ordering = ["session", "kind"]
        constraints = [models.UniqueConstraint(fields=["session", "kind"], name="one_vote_document_of_a_kind")]

    def __str__(self) -> str:
        return f"{self.session_id} {self.kind}"
