"""The days on which deputies receive voters: announced, held, recorded; and every step, append-only."""

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Case, F, Q, Value, When
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from accounts.models import Department, User
from ledger.steps import State
from stations.receptions.table import TABLE, Status
from stations.register.models import Deputy, Station


class ReceptionSeries(models.Model):
    """Days of a station that were announced together by one rule. Append-only: what becomes of a day is the day's."""

    class OnHoliday(models.TextChoices):
        SKIP = "skip", _("遇节假日跳过")
        MOVE = "move", _("遇节假日顺延到下一个工作日")
        KEEP = "keep", _("遇节假日照常接待")

    station = models.ForeignKey(Station, models.PROTECT, related_name="series", verbose_name=_("联络站"))
    rule = models.CharField(_("周期"), max_length=60, help_text=_("RFC 5545 的 RRULE"))
    starts_on = models.DateField(_("从哪天起"))
    ends_on = models.DateField(_("到哪天止"))
    on_holiday = models.CharField(_("节假日"), max_length=4, choices=OnHoliday)
    at = models.DateTimeField(_("公布时间"))
    actor = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name=_("操作人"))

    class Meta:
        verbose_name = _("定期接待的安排")
        verbose_name_plural = _("定期接待的安排")
        ordering = ["-pk"]

    def __str__(self) -> str:
        return f"{self.station_id} {self.rule}"


class Reception(models.Model):
    """A reception day of a station. Matters are rows of their own; what is counted is counted from rows."""

    class Kind(models.TextChoices):
        ROUTINE = "routine", _("定期接待")
        THEMED = "themed", _("主题接待")
        ONLINE = "online", _("网上接待")

    Status = Status

    station = models.ForeignKey(Station, models.PROTECT, related_name="receptions", verbose_name=_("联络站"))
    kind = models.CharField(_("类型"), max_length=10, choices=Kind, default=Kind.ROUTINE)
    status = models.CharField(_("状态"), max_length=10, choices=TABLE.choices(), default=Status.ANNOUNCED.value)
    theme = models.CharField(_("主题"), max_length=80, blank=True)
    starts_at = models.DateTimeField(_("开始"))
    ends_at = models.DateTimeField(_("结束"))
    place = models.CharField(_("地点"), max_length=120, blank=True, help_text=_("留空即在联络站"))
    online_url = models.URLField(_("网上接待地址"), blank=True)
    capacity = models.PositiveSmallIntegerField(_("可预约人数"), default=0, help_text=_("0 表示不接受预约，直接到场"))
    deputies = models.ManyToManyField(Deputy, related_name="receptions", verbose_name=_("接待代表"))
    departments = models.ManyToManyField(
        Department,
        related_name="receptions",
        blank=True,
        verbose_name=_("到场部门"),
        help_text=_("主题接待可请部门到场"),
    )
    visitors = models.PositiveIntegerField(_("接待选民（人）"), default=0)
    summary = models.TextField(_("接待小结"), blank=True, help_text=_("内部记录，不对外公开"))
    cancel_reason = models.CharField(_("取消原因"), max_length=120, blank=True)
    series = models.ForeignKey(
        ReceptionSeries, models.PROTECT, null=True, blank=True, related_name="days", verbose_name=_("定期接待的安排")
    )
    version = models.PositiveIntegerField(_("版本"), default=1, editable=False)
    held = models.GeneratedField(
        verbose_name=_("已举行"),
        expression=Case(When(status="recorded", then=Value(True)), default=Value(False)),
        output_field=models.BooleanField(),
        db_persist=True,
    )

    class Meta:
        verbose_name = _("接待日")
        verbose_name_plural = _("接待日")
        ordering = ["-starts_at"]
        indexes = [models.Index(fields=["station", "starts_at"])]
        constraints = [
            models.CheckConstraint(condition=Q(ends_at__gt=F("starts_at")), name="reception_ends_after_start"),
            models.CheckConstraint(
                condition=Q(status="recorded") | Q(visitors=0), name="only_held_receptions_have_visitors"
            ),
            models.CheckConstraint(
                condition=~Q(status="cancelled") | ~Q(cancel_reason=""), name="a_cancelled_day_says_why"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.station_id} {self.starts_at:%Y-%m-%d}"

    def get_absolute_url(self) -> str:
        return reverse("stations:reception", args=[self.pk])

    @property
    def state(self) -> State[str]:
        """The state of `status`, with its label and tone."""
        return TABLE.state(self.status)


class Attendance(models.Model):
    """A deputy who was there."""

    class How(models.TextChoices):
        SELF = "self", _("本人签到")
        STAFF = "staff", _("工作人员登记")

    reception = models.ForeignKey(Reception, models.PROTECT, related_name="attendances", verbose_name=_("接待日"))
    deputy = models.ForeignKey(Deputy, models.PROTECT, related_name="attendances", verbose_name=_("代表"))
    how = models.CharField(_("签到方式"), max_length=10, choices=How)
    at = models.DateTimeField(_("签到时间"))

    class Meta:
        verbose_name = _("代表签到")
        verbose_name_plural = _("代表签到")
        ordering = ["reception", "at", "pk"]
        constraints = [models.UniqueConstraint(fields=["reception", "deputy"], name="a_deputy_signs_in_once")]

    def __str__(self) -> str:
        return f"{self.reception_id} {self.deputy_id}"


class ReceptionEvent(models.Model):
    """One step of a reception day. Append-only; `detail` holds no personal data."""

    class Verb(models.TextChoices):
        ANNOUNCED = "announced", _("公布")
        ENTERED = "entered", _("补登")
        CHANGED = "changed", _("更改")
        CANCELLED = "cancelled", pgettext_lazy("state", "取消")
        BOOKED = "booked", _("预约")
        UNBOOKED = "unbooked", _("取消预约")
        SIGNED_IN = "signed_in", _("签到")
        RECORDED = "recorded", _("登记")
        CORRECTED = "corrected", _("更正")
        MATTER = "matter", _("收到事项")
        FORWARDED = "forwarded", _("转交")
        RETURNED = "returned", _("退回")
        SETTLED = "settled", _("办结")
        LEAVE = "leave", _("请假")
        SUBSTITUTE = "substitute", _("顶替")

    reception = models.ForeignKey(Reception, models.PROTECT, related_name="events", verbose_name=_("接待日"))
    verb = models.CharField(_("动作"), max_length=10, choices=Verb)
    at = models.DateTimeField(_("时间"))
    actor = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("操作人"))
    detail = models.JSONField(_("详情"), default=dict)

    class Meta:
        verbose_name = _("接待事件")
        verbose_name_plural = _("接待事件")
        ordering = ["reception", "at", "pk"]

    def __str__(self) -> str:
        return f"{self.reception_id} {self.verb}"


class ReceptionLeave(models.Model):
    """That a deputy cannot come to a day she was announced for, and who takes her place. Inside only."""

    reception = models.ForeignKey(Reception, models.PROTECT, related_name="leaves", verbose_name=_("接待日"))
    deputy = models.ForeignKey(Deputy, models.PROTECT, related_name="leaves", verbose_name=_("代表"))
    reason = models.CharField(_("请假原因"), max_length=200)
    at = models.DateTimeField(_("请假时间"))
    substitute = models.ForeignKey(
        Deputy, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("顶替的代表")
    )
    """Herself where she can come after all."""
    substituted_at = models.DateTimeField(_("顶替时间"), null=True, blank=True)

    class Meta:
        verbose_name = _("接待请假")
        verbose_name_plural = _("接待请假")
        ordering = ["reception", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["reception", "deputy"], condition=Q(substitute=None), name="one_open_leave_of_a_deputy"
            ),
            models.CheckConstraint(
                condition=Q(substitute=None, substituted_at=None)
                | Q(substitute__isnull=False, substituted_at__isnull=False),
                name="a_substitute_has_her_time",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.reception_id} {self.deputy_id}"


MAX_PEOPLE = 5


class Booking(models.Model):
    """A voter's place at a reception. Name and telephone are for the station alone and are wiped some time after.

    The private link holds a random token; only its SHA-256 is kept, so the table opens no booking.
    """

    reception = models.ForeignKey(Reception, models.PROTECT, related_name="bookings", verbose_name=_("接待日"))
    token_hash = models.CharField(max_length=64, unique=True, editable=False)
    name = models.CharField(_("称呼"), max_length=40, blank=True)
    phone = models.CharField(_("电话"), max_length=20, blank=True)
    people = models.PositiveSmallIntegerField(
        _("人数"), default=1, validators=[MinValueValidator(1), MaxValueValidator(MAX_PEOPLE)]
    )
    topic = models.CharField(_("想谈什么"), max_length=200, blank=True)
    created_at = models.DateTimeField(_("预约时间"))
    cancelled_at = models.DateTimeField(_("取消时间"), null=True, blank=True)
    forgotten_at = models.DateTimeField(_("清除个人信息时间"), null=True, blank=True)

    class Meta:
        verbose_name = _("预约")
        verbose_name_plural = _("预约")
        ordering = ["reception", "created_at", "pk"]
        constraints = [
            models.CheckConstraint(condition=Q(people__range=(1, MAX_PEOPLE)), name="booking_is_for_a_few_people"),
            models.UniqueConstraint(
                fields=["reception", "phone"],
                condition=Q(cancelled_at=None, forgotten_at=None),
                name="one_booking_per_phone",
            ),
            models.CheckConstraint(
                condition=Q(forgotten_at=None) | Q(name="", phone="", topic=""), name="forgotten_means_empty"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.reception_id}/{self.pk}"


class Matter(models.Model):
    """One matter that was received. Its text is inside only; the public sees counts."""

    class Level(models.TextChoices):
        TOWN = "town", _("镇街事项")
        DISTRICT = "district", _("区级事项")
        GENERAL = "general", _("一般意见建议")
        CASE = "case", _("个案（释明引导）")

    reception = models.ForeignKey(Reception, models.PROTECT, related_name="matters", verbose_name=_("接待日"))
    number = models.PositiveSmallIntegerField(_("序号"))
    level = models.CharField(_("类别"), max_length=10, choices=Level)
    text = models.TextField(_("内容"), max_length=1000)
    reference = models.CharField(_("转办编号"), max_length=30, blank=True, db_index=True)
    answer = models.TextField(_("办理结果"), max_length=1000, blank=True)
    settled_on = models.DateField(_("办结日期"), null=True, blank=True)
    version = models.PositiveIntegerField(_("版本"), default=1, editable=False)

    class Meta:
        verbose_name = _("接待事项")
        verbose_name_plural = _("接待事项")
        ordering = ["reception", "number"]
        constraints = [
            models.UniqueConstraint(fields=["reception", "number"], name="matters_of_a_day_are_numbered"),
            models.CheckConstraint(condition=Q(settled_on=None) | ~Q(answer=""), name="a_settled_matter_has_an_answer"),
        ]

    def __str__(self) -> str:
        return f"{self.reception_id}-{self.number}"
