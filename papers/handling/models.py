"""Which organ handles a paper, what it did, its answers as they were signed and delivered, and its Word template."""

from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import Department, User
from papers.handling.table import HANDLINGS, HandlingState
from papers.register.models import Paper
from supervision.models import Suggestion, SuggestionEvent

Result = Suggestion.Result
Satisfaction = SuggestionEvent.Satisfaction
"""The classes of results and ratings are those of the district, the same for matters and papers."""


class Handling(models.Model):
    """That an organ handles a paper: alone, as lead of several, as one of several that answer apart, or beside a lead.

    Courts, procuratorates and the supervisory commission are organs like departments.
    """

    State = HandlingState

    class Role(models.TextChoices):
        LEAD = "lead", _("主办")
        SEPARATE = "separate", _("分办")
        CO = "co", _("会办")

    paper = models.ForeignKey(Paper, models.PROTECT, related_name="handlings")
    department = models.ForeignKey(
        Department, models.PROTECT, related_name="paper_handlings", verbose_name=_("承办单位")
    )
    role = models.CharField(_("办理方式"), max_length=8, choices=Role, default=Role.LEAD)
    state = models.CharField(_("状态"), max_length=10, choices=HANDLINGS.choices(), default=HandlingState.ASSIGNED)
    assigned_on = models.DateField(_("交办日期"))
    due_on = models.DateField(_("答复期限"))
    returnable_until = models.DateField(_("退回期限"))
    returned_on = models.DateField(_("退回日期"), null=True, blank=True)
    planned_on = models.DateField(_("计划落实日期"), null=True, blank=True)
    request = models.CharField(_("等待决定的申请"), max_length=12, blank=True)
    contacted_on = models.DateField(_("本轮沟通日期"), null=True, blank=True)
    redo_count = models.PositiveSmallIntegerField(_("重办次数"), default=0)
    result = models.CharField(_("办理结果"), max_length=1, choices=Result, blank=True)
    answered_on = models.DateField(_("最近答复日期"), null=True, blank=True)
    version = models.PositiveIntegerField(_("版本"), default=1, editable=False)

    class Meta:
        verbose_name = _("承办")
        verbose_name_plural = _("承办")
        ordering = ["paper", "pk"]
        indexes = [models.Index(fields=["department", "state", "due_on"])]
        constraints = [
            models.UniqueConstraint(
                fields=["paper", "department"], condition=Q(returned_on=None), name="an_organ_handles_a_paper_once"
            ),
            models.UniqueConstraint(
                fields=["paper"], condition=Q(role="lead", returned_on=None), name="one_lead_organ_per_paper"
            ),
            models.CheckConstraint(
                condition=Q(state="returned", returned_on__isnull=False)
                | (~Q(state="returned") & Q(returned_on__isnull=True)),
                name="only_what_was_returned_has_its_day",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.paper} {self.department}"

    @property
    def tone(self) -> str:
        """The colour of the state's badge."""
        return HANDLINGS.state(self.state).tone


class HandlingEvent(models.Model):
    """One step of an organ, or of a deputy towards it. Append-only and chained."""

    handling = models.ForeignKey(Handling, models.PROTECT, related_name="events")
    verb = models.CharField(_("动作"), max_length=12)
    at = models.DateTimeField(_("时间"), default=timezone.now)
    actor = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")
    text = models.TextField(_("说明"), blank=True)
    due_on = models.DateField(_("期限"), null=True, blank=True)
    detail = models.JSONField(_("内容"), default=dict, blank=True)
    handling_rating = models.CharField(_("对办理工作"), max_length=12, choices=Satisfaction, blank=True)
    outcome_rating = models.CharField(_("对办理结果"), max_length=12, choices=Satisfaction, blank=True)

    class Meta:
        verbose_name = _("承办记录")
        verbose_name_plural = _("承办记录")
        ordering = ["handling", "at", "pk"]

    def __str__(self) -> str:
        return f"{self.handling_id} {self.verb}"


class AnswerDraft(models.Model):
    """What an organ is writing. Its history begins when it is signed."""

    handling = models.OneToOneField(Handling, models.PROTECT, related_name="draft")
    text = models.TextField(_("答复内容"), max_length=20000)
    result = models.CharField(_("办理结果"), max_length=1, choices=Result)
    planned_on = models.DateField(_("计划落实日期"), null=True, blank=True)
    contact = models.CharField(_("联系人"), max_length=40, blank=True)
    phone = models.CharField(_("联系电话"), max_length=30, blank=True)
    copies = models.CharField(_("抄送"), max_length=200, blank=True)
    may_publish = models.BooleanField(_("答复可以公开"), default=True)

    class Meta:
        verbose_name = _("答复草稿")
        verbose_name_plural = _("答复草稿")
        ordering = ["handling"]

    def __str__(self) -> str:
        return str(self.handling_id)


class SignedAnswer(models.Model):
    """An answer as its head signed it, with the document made of it. Append-only: it cannot be altered any more."""

    handling = models.ForeignKey(Handling, models.PROTECT, related_name="answers")
    number = models.CharField(_("文号"), max_length=60)
    recipient = models.CharField(_("主送"), max_length=400)
    text = models.TextField(_("答复内容"))
    result = models.CharField(_("办理结果"), max_length=1, choices=Result)
    planned_on = models.DateField(_("计划落实日期"), null=True, blank=True)
    signer = models.CharField(_("签发人"), max_length=60)
    signed_on = models.DateField(_("签发日期"))
    contact = models.CharField(_("联系人"), max_length=40, blank=True)
    phone = models.CharField(_("联系电话"), max_length=30, blank=True)
    copies = models.CharField(_("抄送"), max_length=200, blank=True)
    may_publish = models.BooleanField(_("答复可以公开"), default=True)
    check_code = models.CharField(_("校验码"), max_length=9)
    file = models.FileField(_("签发的文档"), upload_to="papers/answers/%Y/%m/")
    sha256 = models.CharField(max_length=64)
    actor = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")
    at = models.DateTimeField(_("时间"), default=timezone.now)

    class Meta:
        verbose_name = _("签发的答复")
        verbose_name_plural = _("签发的答复")
        ordering = ["handling", "pk"]

    def __str__(self) -> str:
        return self.number


class SealedScan(models.Model):
    """The sealed document as it went to the deputies. Append-only; its SHA-256 is in the chain."""

    answer = models.OneToOneField(SignedAnswer, models.PROTECT, related_name="scan")
    kind = models.CharField(_("格式"), max_length=3)
    file = models.FileField(_("盖章扫描件"), upload_to="papers/scans/%Y/%m/")
    sha256 = models.CharField(max_length=64)
    delivered_to = models.JSONField(_("送达的代表"), default=list)
    """Names and keys of the memberships to which it was delivered."""
    actor = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")
    at = models.DateTimeField(_("送达时间"), default=timezone.now)

    class Meta:
        verbose_name = _("盖章的答复")
        verbose_name_plural = _("盖章的答复")
        ordering = ["answer"]

    def __str__(self) -> str:
        return str(self.answer)


class AnswerTemplate(models.Model):
    """The Word template of an organ; the newest counts."""

    department = models.ForeignKey(Department, models.PROTECT, related_name="answer_templates", verbose_name=_("单位"))
    file = models.FileField(_("模板"), upload_to="papers/templates/%Y/")
    name = models.CharField(_("文件名"), max_length=120)
    sha256 = models.CharField(max_length=64)
    author = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")
    at = models.DateTimeField(_("时间"), default=timezone.now)

    class Meta:
        verbose_name = _("答复模板")
        verbose_name_plural = _("答复模板")
        ordering = ["department", "-pk"]

    def __str__(self) -> str:
        return self.name
