"""The matter that grew out of what was seen, and every step to its answer."""

from django.contrib.gis.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from accounts.models import Area, Department, User
from projects.models import Project
from river_monitoring.models import MonitoringPoint
from stations.models import Station
from supervision.deadlines.clocks import CLOCK_CHOICES
from supervision.findings.models import Category, Finding
from supervision.matters.states import State
from supervision.matters.table import TABLE


class Suggestion(models.Model):
    """A matter that a department must answer by a day. Its state is what its events say."""

    State = State
    """Where it stands; words and groups are those of the table (`matters.table`)."""

    class Result(models.TextChoices):
        A = "A", _("A 已解决或基本解决")
        B = "B", _("B 部分解决或列入计划")
        C = "C", _("C 暂时不能解决")
        D = "D", _("D 不采纳或留作参考")

    number = models.CharField(_("编号"), max_length=30, unique=True)
    finding = models.OneToOneField(
        Finding, models.PROTECT, null=True, blank=True, related_name="suggestion", verbose_name=_("发现")
    )
    title = models.CharField(_("题目"), max_length=120)
    text = models.TextField(_("内容"))
    category = models.CharField(_("类别"), max_length=20, choices=Category)
    author = models.ForeignKey(
        User,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="suggestions",
        verbose_name=_("提出人"),
        help_text=_("市民上报且尚无代表认领的为空"),
    )
    department = models.ForeignKey(
        Department, models.PROTECT, null=True, blank=True, related_name="suggestions", verbose_name=_("主办单位")
    )
    area = models.ForeignKey(
        Area, models.PROTECT, null=True, blank=True, related_name="suggestions", verbose_name=_("镇街")
    )
    state = models.CharField(_("状态"), max_length=10, choices=TABLE.choices(), default=State.SUBMITTED)
    result = models.CharField(_("办理结果"), max_length=1, choices=Result, blank=True)
    submitted_at = models.DateTimeField(_("提出时间"))
    notice_due_on = models.DateField(_("告知期限"), null=True, blank=True, help_text=_("在此之前受理交办并告知提出人"))
    returnable_until = models.DateField(_("退回期限"), null=True, blank=True)
    due_on = models.DateField(_("答复期限"), null=True, blank=True)
    closed_at = models.DateTimeField(_("办结时间"), null=True, blank=True)
    redo_count = models.PositiveSmallIntegerField(_("重办次数"), default=0)
    planned_on = models.DateField(_("计划落实日期"), null=True, blank=True)
    paused_on = models.DateField(_("暂停计时自"), null=True, blank=True)
    is_public = models.BooleanField(_("公开"), default=False)
    public_text = models.TextField(_("公开内容"), max_length=2000, blank=True)
    merged_into = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="merged", verbose_name=_("并入")
    )
    split_from = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="parts", verbose_name=_("拆分自")
    )
    version = models.PositiveIntegerField(_("版本"), default=1, editable=False)

    class Meta:
        verbose_name = _("代表建议")
        verbose_name_plural = _("代表建议")
        ordering = ["-submitted_at", "-pk"]
        indexes = [
            models.Index(fields=["department", "state", "due_on"]),
            models.Index(fields=["area", "state"]),
            models.Index(fields=["-submitted_at", "-id"], name="matters_newest_first"),
            models.Index(fields=["planned_on"], condition=Q(planned_on__isnull=False), name="suggestion_planned"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(state__in=TABLE.in_group("without_department"))
                | Q(department__isnull=False, due_on__isnull=False),
                name="a_matter_in_hand_has_a_department_and_a_day",
            ),
            models.CheckConstraint(
                condition=Q(state="merged", merged_into__isnull=False)
                | (~Q(state="merged") & Q(merged_into__isnull=True)),
                name="only_a_merged_matter_names_another",
            ),
            models.CheckConstraint(
                condition=Q(paused_on__isnull=True) | Q(state__in=TABLE.in_group("in_hand")),
                name="only_a_running_clock_is_paused",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.number} {self.title}"

    @property
    def tone(self) -> str:
        """How a badge shows its state: ok, info, warn, bad or muted."""
        return TABLE.state(self.state).tone

    @property
    def source(self) -> Finding | None:
        """What was seen: its own finding, or that of the matter it was split from."""
        return self.finding or (self.split_from.source if self.split_from else None)


class SuggestionEvent(models.Model):
    """One step in the life of a suggestion. Append-only and chained."""

    class Verb(models.TextChoices):
        RECEIVED = "received", _("上报")
        SUBMITTED = "submitted", _("提出")
        ACCEPTED = "accepted", _("审核受理")
        DECLINED = "declined", _("不予受理")
        RECONSIDERED = "reconsidered", _("恢复受理")
        ADOPTED = "adopted", _("代表认领")
        ASSIGNED = "assigned", _("交办")
        FORWARDED = "forwarded", _("转办")
        PASSED_ON = "passed_on", _("同意转办")
        RECALLED = "recalled", _("收回")
        RETURN_ASKED = "return_asked", _("申请退回")
        FORWARD_ASKED = "forward_asked", _("申请转办")
        EXTEND_ASKED = "extend_asked", _("申请延期")
        ASK_DROPPED = "ask_dropped", _("撤回申请")
        ASK_REFUSED = "ask_refused", _("不同意申请")
        EXTENDED = "extended", _("同意延期")
        RETURNED = "returned", _("退回")
        CO_ASKED = "co_asked", _("请会办")
        CO_REPLIED = "co_replied", _("会办意见")
        REPLIED = "replied", _("答复")
        REPLY_CORRECTED = "reply_corrected", _("更正答复")
        RATED = "rated", pgettext_lazy("event", "评价")
        REOPENED = "reopened", _("要求重办")
        URGED = "urged", _("催办")
        URGE_WITHDRAWN = "urge_withdrawn", _("撤回催办")
        ESCALATED = "escalated", _("超期上报")
        PAUSED = "paused", _("暂停计时")
        RESUMED = "resumed", _("恢复计时")
        CAME_BACK = "came_back", _("到期再答复")
        MERGED = "merged", _("并入另一件")
        ABSORBED = "absorbed", _("另一件并入")
        UNMERGED = "unmerged", _("撤销并案")
        RELEASED = "released", _("另一件撤销并案")
        SPLIT = "split", _("拆分")
        LINKED = "linked", _("关联对象")
        UNLINKED = "unlinked", _("取消关联")
        PUBLISHED = "published", _("公开")
        WITHDRAWN = "withdrawn", _("取消公开")
        REDACTED = "redacted", _("遮盖照片")
        SAID = "said", _("补充说明")

    class Level(models.IntegerChoices):
        """Who is notified of a late matter, from the one who is late upwards."""

        HANDLER = 0, _("承办单位")
        TOWN = 1, _("人大工作人员")
        DISTRICT = 2, _("区人大工作人员")

    class Satisfaction(models.TextChoices):
        SATISFIED = "satisfied", _("满意")
        FAIRLY = "fairly", _("基本满意")
        DISSATISFIED = "dissatisfied", _("不满意")

    suggestion = models.ForeignKey(Suggestion, models.PROTECT, related_name="events")
    verb = models.CharField(_("动作"), max_length=20, choices=Verb)
    at = models.DateTimeField(_("时间"))
    actor = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")
    by_reporter = models.BooleanField(_("上报人所为"), default=False, help_text=_("没有账号的上报人，经查询链接"))
    department = models.ForeignKey(Department, models.PROTECT, null=True, blank=True, related_name="+")
    other = models.ForeignKey(
        Suggestion, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("另一件")
    )
    text = models.TextField(_("内容"), blank=True)
    result = models.CharField(_("办理结果"), max_length=1, choices=Suggestion.Result, blank=True)
    handling = models.CharField(_("对办理工作"), max_length=12, choices=Satisfaction, blank=True)
    outcome = models.CharField(_("对办理结果"), max_length=12, choices=Satisfaction, blank=True)
    due_on = models.DateField(_("期限"), null=True, blank=True)
    planned_on = models.DateField(_("计划落实日期"), null=True, blank=True)
    clock = models.CharField(_("期限种类"), max_length=12, choices=CLOCK_CHOICES, blank=True)
    level = models.PositiveSmallIntegerField(_("层级"), choices=Level, null=True, blank=True)
    basis = models.JSONField(_("判定依据"), default=dict, blank=True, editable=False)
    """The rules of the district that the step was judged by, with their version (`accounts.rules.basis`)."""

    class Meta:
        verbose_name = _("办理事件")
        verbose_name_plural = _("办理事件")
        ordering = ["suggestion", "at", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=~Q(verb="replied") | (Q(due_on__isnull=False) & ~Q(result="")),
                name="a_reply_names_its_day_and_its_result",
            ),
            models.CheckConstraint(
                condition=Q(by_reporter=False) | Q(actor__isnull=True), name="a_reporter_without_account_is_no_user"
            ),
            models.CheckConstraint(
                condition=Q(verb="escalated", level__isnull=False, due_on__isnull=False) & ~Q(clock="")
                | ~Q(verb="escalated") & Q(level__isnull=True),
                name="only_an_escalation_has_a_level",
            ),
            models.UniqueConstraint(
                fields=["suggestion", "clock", "level", "due_on", "department"],
                condition=Q(verb="escalated"),
                nulls_distinct=False,
                name="a_late_clock_is_told_once_a_level",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.suggestion_id} {self.verb}"


class EventFile(models.Model):
    """A file that somebody handed in with a step. Append-only; seen by whoever sees the matter."""

    event = models.ForeignKey(SuggestionEvent, models.PROTECT, related_name="files")
    file = models.FileField(_("文件"), upload_to="matters/%Y/%m/")
    name = models.CharField(_("文件名"), max_length=120)
    sha256 = models.CharField(max_length=64, editable=False)

    class Meta:
        verbose_name = _("附件")
        verbose_name_plural = _("附件")
        ordering = ["pk"]
        constraints = [models.UniqueConstraint(fields=["event", "sha256"], name="one_copy_of_a_file_per_event")]

    def __str__(self) -> str:
        return self.name


class MatterAnswer(models.Model):
    """How a matter was answered, kept beside it by the database as its events are written, so that 50,000 matters are
    counted without their events. Written only by the trigger of migration 0014, which says what counts.

    Whether a matter is overdue is no part of it: that turns with the day (`queries.overdue_condition`).
    """

    suggestion = models.OneToOneField(Suggestion, models.CASCADE, primary_key=True, related_name="answer")
    assigned_on = models.DateField(_("交办日期"), null=True)
    """Of the last department that was given it before the first reply."""
    replied_on = models.DateField(_("首次答复日期"), null=True)
    days = models.IntegerField(_("答复用时"), null=True)
    was_late = models.BooleanField(_("曾经逾期答复"), default=False, db_default=False)
    """Some reply, also one that was given anew, came after its day."""
    satisfied = models.BooleanField(_("对结果满意"), null=True)
    """The last rating of the result; None while there is none."""

    class Meta:
        verbose_name = _("答复情况")
        verbose_name_plural = _("答复情况")

    def __str__(self) -> str:
        return f"{self.suggestion_id}"


class CoHandling(models.Model):
    """A department (会办单位) that gives the lead its opinion by a day. The opinion itself is an event too."""

    suggestion = models.ForeignKey(Suggestion, models.PROTECT, related_name="co_handlings")
    department = models.ForeignKey(Department, models.PROTECT, related_name="co_handlings", verbose_name=_("会办单位"))
    asked_at = models.DateTimeField(_("请会办时间"), default=timezone.now)
    due_on = models.DateField(_("期限"))
    opinion = models.TextField(_("会办意见"), max_length=5000, blank=True)
    answered_at = models.DateTimeField(_("提出意见时间"), null=True, blank=True)

    class Meta:
        verbose_name = _("会办")
        verbose_name_plural = _("会办")
        ordering = ["asked_at", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["suggestion", "department"], name="one_co_handling_per_department"),
            models.CheckConstraint(
                condition=Q(answered_at__isnull=True, opinion="") | (Q(answered_at__isnull=False) & ~Q(opinion="")),
                name="an_opinion_has_its_time",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.suggestion_id} {self.department}"


class MatterLink(models.Model):
    """What a matter is about, besides what its reporter named: exactly one point, project or station a row."""

    suggestion = models.ForeignKey(Suggestion, models.PROTECT, related_name="links")
    point = models.ForeignKey(
        MonitoringPoint, models.PROTECT, null=True, blank=True, related_name="matter_links", verbose_name=_("水质点位")
    )
    project = models.ForeignKey(
        Project, models.PROTECT, null=True, blank=True, related_name="matter_links", verbose_name=_("民生实事项目")
    )
    station = models.ForeignKey(
        Station,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="matter_links",
        verbose_name=pgettext_lazy("one", "代表联络站"),
    )
    made_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    made_at = models.DateTimeField(default=timezone.now)

    class Meta:
        verbose_name = _("关联对象")
        verbose_name_plural = _("关联对象")
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["suggestion", "point", "project", "station"],
                name="one_link_per_matter_and_thing",
                nulls_distinct=False,
            ),
            models.CheckConstraint(
                condition=Q(point__isnull=False, project__isnull=True, station__isnull=True)
                | Q(point__isnull=True, project__isnull=False, station__isnull=True)
                | Q(point__isnull=True, project__isnull=True, station__isnull=False),
                name="a_link_is_about_one_thing",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.suggestion_id} - {self.thing}"

    @property
    def thing(self) -> MonitoringPoint | Project | Station:
        """The point, project or station."""
        found = self.point or self.project or self.station
        assert found is not None  # noqa: S101 - the constraint above
        return found

    @property
    def kind(self) -> str:
        """What the thing is, in words."""
        name = "point" if self.point_id else "project" if self.project_id else "station"
        return str(self._meta.get_field(name).verbose_name)  # type: ignore[union-attr]

    @property
    def url(self) -> str:
        """The page of the thing."""
        return self.thing.get_absolute_url()
