"""Activities of deputies besides receptions: meetings, themed inspections, study; with a code to sign in by."""

from django.contrib.gis.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from accounts.models import Area, DeputyGroup, User
from ledger.steps import State
from stations.activities.table import TABLE, Status
from stations.duty.models import DutyKind
from stations.register.models import Deputy
from ui.text.codes import random_code

CODE_LETTERS = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ"
"""Without those that people mistake for each other when a code is read out."""
CODE_LENGTH = 8


def new_activity_code() -> str:
    """Return an activity code (活动码): 40 random bits, shown on the spot only."""
    return random_code(CODE_LENGTH, CODE_LETTERS)


class Activity(models.Model):
    """Something that deputies are invited to. The kind of their duty records follows from its own."""

    class Kind(models.TextChoices):
        MEETING = DutyKind.MEETING.value, _("会议")
        INSPECTION = DutyKind.INSPECTION.value, _("主题视察")
        STUDY = DutyKind.STUDY.value, _("学习培训")
        OTHER = DutyKind.OTHER.value, _("其他活动")

    Status = Status

    kind = models.CharField(_("类别"), max_length=12, choices=Kind)
    title = models.CharField(_("名称"), max_length=80)
    agenda = models.TextField(_("内容和要求"), max_length=2000, blank=True)
    starts_at = models.DateTimeField(_("开始"))
    ends_at = models.DateTimeField(_("结束"))
    place = models.CharField(_("地点"), max_length=120)
    geom = models.PointField(_("位置"), srid=4326, null=True, blank=True)
    area = models.ForeignKey(
        Area, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("组织的镇街"),
        help_text=_("留空为区人大组织"),
    )  # fmt: skip
    group = models.ForeignKey(
        DeputyGroup, models.PROTECT, null=True, blank=True, related_name="activities", verbose_name=_("代表小组")
    )
    places = models.PositiveSmallIntegerField(
        _("名额"), null=True, blank=True, help_text=_("要报名的活动填写；留空为不用报名")
    )
    status = models.CharField(_("状态"), max_length=10, choices=TABLE.choices(), default=Status.ANNOUNCED.value)
    cancel_reason = models.CharField(_("取消原因"), max_length=120, blank=True)
    code = models.CharField(_("活动码"), max_length=12, unique=True, default=new_activity_code, editable=False)
    invited = models.ManyToManyField(Deputy, related_name="activities", verbose_name=_("受邀代表"))
    created_by = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name=_("发起人"))
    version = models.PositiveIntegerField(_("版本"), default=1, editable=False)

    class Meta:
        verbose_name = _("代表活动")
        verbose_name_plural = _("代表活动")
        ordering = ["-starts_at", "-pk"]
        constraints = [
            models.CheckConstraint(condition=Q(ends_at__gt=F("starts_at")), name="activity_ends_after_start"),
            models.CheckConstraint(
                condition=~Q(status="cancelled") | ~Q(cancel_reason=""), name="a_cancelled_activity_says_why"
            ),
        ]

    def __str__(self) -> str:
        return self.title

    def get_absolute_url(self) -> str:
        return reverse("stations:activity", args=[self.pk])

    @property
    def state(self) -> State[str]:
        """The state of `status`, with its label and tone."""
        return TABLE.state(self.status)


class SignUp(models.Model):
    """What an invited deputy answered: she comes, waits for a place, or has leave. The reason is the organisers'."""

    class State(models.TextChoices):
        TAKEN = "taken", _("已报名")
        WAITING = "waiting", _("候补")
        LEAVE = "leave", _("请假")

    activity = models.ForeignKey(Activity, models.PROTECT, related_name="sign_ups", verbose_name=_("代表活动"))
    deputy = models.ForeignKey(Deputy, models.PROTECT, related_name="sign_ups", verbose_name=_("代表"))
    state = models.CharField(_("状态"), max_length=8, choices=State)
    reason = models.CharField(_("请假原因"), max_length=200, blank=True)
    at = models.DateTimeField(_("时间"))
    """Of the answer that stands; who waits longer gets a place first."""

    class Meta:
        verbose_name = _("活动报名")
        verbose_name_plural = _("活动报名")
        ordering = ["activity", "at", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["activity", "deputy"], name="a_deputy_answers_once"),
            models.CheckConstraint(condition=~Q(state="leave") | ~Q(reason=""), name="leave_of_an_activity_says_why"),
        ]

    def __str__(self) -> str:
        return f"{self.activity_id} {self.deputy_id}"


class Presence(models.Model):
    """A deputy who was at an activity."""

    class How(models.TextChoices):
        CODE = "code", _("活动码签到")
        STAFF = "staff", _("工作人员登记")

    activity = models.ForeignKey(Activity, models.PROTECT, related_name="presences", verbose_name=_("代表活动"))
    deputy = models.ForeignKey(Deputy, models.PROTECT, related_name="presences", verbose_name=_("代表"))
    how = models.CharField(_("签到方式"), max_length=10, choices=How)
    at = models.DateTimeField(_("签到时间"))

    class Meta:
        verbose_name = _("活动签到")
        verbose_name_plural = _("活动签到")
        ordering = ["activity", "at", "pk"]
        constraints = [models.UniqueConstraint(fields=["activity", "deputy"], name="a_deputy_is_present_once")]

    def __str__(self) -> str:
        return f"{self.activity_id} {self.deputy_id}"


class ActivityEvent(models.Model):
    """One step of an activity. Append-only and chained."""

    class Verb(models.TextChoices):
        ANNOUNCED = "announced", pgettext_lazy("activity", "通知")
        CHANGED = "changed", _("更改")
        CANCELLED = "cancelled", pgettext_lazy("state", "取消")
        SIGNED_IN = "signed_in", _("签到")
        STRUCK = "struck", _("撤销签到")
        SIGNED_UP = "signed_up", _("报名")
        LEAVE = "leave", _("请假")
        GOT_PLACE = "got_place", _("候补转正")

    activity = models.ForeignKey(Activity, models.PROTECT, related_name="events", verbose_name=_("代表活动"))
    verb = models.CharField(_("动作"), max_length=10, choices=Verb)
    at = models.DateTimeField(_("时间"))
    actor = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name=_("操作人"))
    detail = models.JSONField(_("详情"), default=dict)

    class Meta:
        verbose_name = _("代表活动事件")
        verbose_name_plural = _("代表活动事件")
        ordering = ["activity", "at", "pk"]

    def __str__(self) -> str:
        return f"{self.activity_id} {self.verb}"
