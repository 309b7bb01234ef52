"""The column of a session, the items of its agenda, and the documents that are read in it."""

from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from accounts.models import DeputyGroup
from library.models import Version
from papers.models import CongressSession
from projects.models import VoteSession
from ui.text.codes import random_code

CODE_LENGTH = 10


def new_code() -> str:
    """Return a code of letters and digits, so many that nobody guesses one."""
    return random_code(CODE_LENGTH)


class Meeting(models.Model):
    """The column of one session: where it meets and what stands at its head."""

    session = models.OneToOneField(CongressSession, models.PROTECT, related_name="meeting", verbose_name=_("会议"))
    place = models.CharField(_("会场"), max_length=80, blank=True)
    text = models.TextField(_("会议须知"), max_length=4000, blank=True)
    is_public = models.BooleanField(_("向社会公开"), default=False, db_default=False)
    version = models.PositiveIntegerField(_("版本"), default=1, db_default=1, editable=False)

    class Meta:
        verbose_name = _("人代会专栏")
        verbose_name_plural = _("人代会专栏")
        ordering = ["-session__opens_on", "-pk"]

    def __str__(self) -> str:
        return str(self.session)

    def get_absolute_url(self) -> str:
        return reverse("meetings:meeting", args=[self.pk])


class AgendaItem(models.Model):
    """One sitting or one point of the agenda: when, where, what, and what came of it."""

    class Kind(models.TextChoices):
        PLENARY = "plenary", _("全体会议")
        GROUP = "group", _("代表团（小组）审议")
        PRESIDIUM = "presidium", _("主席团会议")
        OTHER = "other", _("其他活动")

    meeting = models.ForeignKey(Meeting, models.PROTECT, related_name="items")
    kind = models.CharField(pgettext_lazy("agenda", "类别"), max_length=10, choices=Kind, default=Kind.PLENARY)
    title = models.CharField(_("议程"), max_length=120)
    text = models.TextField(_("说明"), max_length=4000, blank=True)
    starts_at = models.DateTimeField(pgettext_lazy("agenda", "开始"))
    ends_at = models.DateTimeField(pgettext_lazy("agenda", "结束"), null=True, blank=True)
    place = models.CharField(_("地点"), max_length=80, blank=True)
    group = models.ForeignKey(
        DeputyGroup, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("代表小组"),
        help_text=_("只有一个小组参加的，选这个小组；留空为全体代表"),
    )  # fmt: skip
    vote = models.ForeignKey(
        VoteSession, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("票决")
    )
    takes_sign_in = models.BooleanField(_("签到"), default=False, db_default=False)
    code = models.SlugField(_("签到码"), max_length=12, unique=True, default=new_code, editable=False)
    is_public = models.BooleanField(_("公开"), default=True, db_default=True)
    result = models.TextField(_("结果"), max_length=2000, blank=True, help_text=_("例如：表决通过关于……的决议"))
    version = models.PositiveIntegerField(_("版本"), default=1, db_default=1, editable=False)

    class Meta:
        verbose_name = _("议程")
        verbose_name_plural = _("议程")
        ordering = ["meeting", "starts_at", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(ends_at=None) | Q(ends_at__gt=F("starts_at")), name="an_item_ends_after_it_starts",
                violation_error_message=_("结束要晚于开始。"),
            ),
            models.CheckConstraint(condition=~Q(title=""), name="an_item_has_a_title"),
        ]  # fmt: skip

    def __str__(self) -> str:
        return self.title


class MeetingDocument(models.Model):
    """A document of the library that the session reads, in one version, and until when it may be commented."""

    meeting = models.ForeignKey(Meeting, models.PROTECT, related_name="documents")
    item = models.ForeignKey(
        AgendaItem, models.PROTECT, null=True, blank=True, related_name="documents", verbose_name=_("议程")
    )
    text = models.ForeignKey(Version, models.PROTECT, related_name="+", verbose_name=_("文件"))
    comments_until = models.DateTimeField(_("提意见截止"), null=True, blank=True, help_text=_("留空为不收意见"))

    class Meta:
        verbose_name = _("会议文件")
        verbose_name_plural = _("会议文件")
        ordering = ["meeting", "pk"]
        constraints = [models.UniqueConstraint(fields=["meeting", "text"], name="one_text_once_a_meeting")]

    def __str__(self) -> str:
        return self.text.document.title

    def get_absolute_url(self) -> str:
        return reverse("meetings:document", args=[self.meeting_id, self.pk])
