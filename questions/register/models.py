"""A questionnaire, the versions of its form, the codes that are printed for it, and every step (append-only)."""

from django.contrib.gis.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from accounts.models import Area, DeputyGroup, User
from ledger.steps import State
from library.models import Document
from projects.models import Project
from questions.register.table import TABLE, Status
from river_monitoring.models import MonitoringPoint, River
from ui.text.codes import random_code

CODE_LENGTH = 10
MAX_TEXT = 4000
ABOUT = ("document", "project", "river", "point", "about_area")
"""Fields of which at most one is set: what the questions are about."""


def new_code() -> str:
    """Return a code of letters and digits, so many that nobody guesses one."""
    return random_code(CODE_LENGTH)


class Questionnaire(models.Model):
    """Whom the staff of an area ask, what about, from when until when, and what became of it."""

    class Audience(models.TextChoices):
        EVERYBODY = "everybody", _("所有人")
        AREA = "area", _("一个选区或镇村的人（本人填写所在村社）")
        GROUP = "group", _("一个代表小组")
        DEPUTIES = "deputies", _("全体代表")
        CODES = "codes", _("持有印发的码的人")

    class Once(models.TextChoices):
        BROWSER = "browser", _("每个浏览器一次，不用登录")
        CODE = "code", _("每个印发的码一次")
        ACCOUNT = "account", _("每个账号一次")

    title = models.CharField(_("题目"), max_length=80)
    text = models.TextField(_("说明"), max_length=MAX_TEXT, blank=True)
    area = models.ForeignKey(Area, models.PROTECT, related_name="+", verbose_name=_("征求单位所在"))
    audience = models.CharField(_("征求对象"), max_length=10, choices=Audience, default=Audience.EVERYBODY)
    for_area = models.ForeignKey(
        Area, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("选区或镇村")
    )
    group = models.ForeignKey(
        DeputyGroup, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("代表小组")
    )
    once = models.CharField(_("一人一次怎样算"), max_length=8, choices=Once, default=Once.BROWSER)
    asks_area = models.BooleanField(_("问答卷人所在镇街"), default=False, db_default=False)
    opens_at = models.DateTimeField(_("何时开始"))
    closes_at = models.DateTimeField(_("截止时间"))
    document = models.ForeignKey(Document, models.PROTECT, null=True, blank=True, related_name="+")
    project = models.ForeignKey(Project, models.PROTECT, null=True, blank=True, related_name="+")
    river = models.ForeignKey(River, models.PROTECT, null=True, blank=True, related_name="+")
    point = models.ForeignKey(MonitoringPoint, models.PROTECT, null=True, blank=True, related_name="+")
    about_area = models.ForeignKey(Area, models.PROTECT, null=True, blank=True, related_name="+")
    state = models.CharField(_("状态"), max_length=10, choices=TABLE.choices(), default=Status.DRAFT)
    submitted_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")
    response = models.TextField(_("采纳情况"), max_length=MAX_TEXT, blank=True)
    created_at = models.DateTimeField(_("建立时间"), default=timezone.now)
    version = models.PositiveIntegerField(_("版本"), default=1, db_default=1, editable=False)

    class Meta:
        verbose_name = _("征求意见")
        verbose_name_plural = _("征求意见")
        ordering = ["-opens_at", "-pk"]
        indexes = [models.Index(fields=["state", "closes_at"], name="questionnaires_by_state")]
        constraints = [
            models.CheckConstraint(condition=~Q(title=""), name="a_questionnaire_has_a_title"),
            models.CheckConstraint(
                condition=Q(closes_at__gt=F("opens_at")), name="a_questionnaire_closes_after_it_opens",
                violation_error_message=_("截止要晚于开始。"),
            ),
            models.CheckConstraint(
                condition=~Q(state__in=["answered", "archived"]) | ~Q(response=""),
                name="what_became_of_it_is_said_first",
            ),
        ]  # fmt: skip

    def __str__(self) -> str:
        return self.title

    def get_absolute_url(self) -> str:
        return reverse("questions:questionnaire", args=[self.pk])

    @property
    def standing(self) -> State[str]:
        """The state with its label and tone."""
        return TABLE.state(self.state)

    @property
    def about(self) -> models.Model | None:
        """The thing that it is about, whatever it is; None where it is about nothing in particular."""
        return next((getattr(self, name) for name in ABOUT if getattr(self, f"{name}_id")), None)


class FormVersion(models.Model):
    """The questions in one wording (`register.form` has their shape). Append-only: another wording is another row."""

    questionnaire = models.ForeignKey(Questionnaire, models.PROTECT, related_name="forms")
    number = models.PositiveIntegerField(_("版本"))
    questions = models.JSONField(pgettext_lazy("questionnaire", "问题"), default=list)
    source = models.CharField(_("来源文件"), max_length=120, blank=True)
    made_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    made_at = models.DateTimeField(_("时间"), default=timezone.now)

    class Meta:
        verbose_name = _("问卷版本")
        verbose_name_plural = _("问卷版本")
        ordering = ["questionnaire", "-number"]
        constraints = [models.UniqueConstraint(fields=["questionnaire", "number"], name="one_form_per_number")]

    def __str__(self) -> str:
        return f"{self.questionnaire_id} v{self.number}"


class PrintedCode(models.Model):
    """A code on paper that answers once. Whether it was used is known from the answers, not whose answer it was."""

    questionnaire = models.ForeignKey(Questionnaire, models.PROTECT, related_name="codes")
    code = models.SlugField(max_length=12, unique=True, default=new_code, editable=False)
    made_at = models.DateTimeField(default=timezone.now)

    class Meta:
        verbose_name = _("印发的码")
        verbose_name_plural = _("印发的码")
        ordering = ["questionnaire", "pk"]

    def __str__(self) -> str:
        return self.code


class QuestionnaireEvent(models.Model):
    """One step of a questionnaire. Append-only."""

    class Verb(models.TextChoices):
        MADE = "made", _("起草")
        SUBMITTED = "submitted", _("提交审核")
        APPROVED = "approved", _("审核通过")
        SENT_BACK = "sent_back", _("退回修改")
        REVISED = "revised", _("撤下修改")
        CLOSED = "closed", _("截止")
        ANSWERED = "answered", _("答复采纳情况")
        ARCHIVED = "archived", _("归档")
        DROPPED = "dropped", pgettext_lazy("questionnaire", "作废")

    questionnaire = models.ForeignKey(Questionnaire, models.PROTECT, related_name="events")
    verb = models.CharField(_("动作"), max_length=10, choices=Verb)
    at = models.DateTimeField(_("时间"), default=timezone.now)
    actor = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")
    text = models.TextField(_("内容"), max_length=MAX_TEXT, blank=True)

    class Meta:
        verbose_name = _("征求意见经过")
        verbose_name_plural = _("征求意见经过")
        ordering = ["questionnaire", "at", "pk"]

    def __str__(self) -> str:
        return f"{self.questionnaire_id} {self.verb}"
