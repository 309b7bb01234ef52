"""A page of the site, the versions of what it says, and every step (append-only)."""

from django.contrib.gis.db import models
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db.models import F, Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from accounts.models import Area, DeputyGroup, User
from ledger.steps import State
from publishing.register.table import TABLE, Status
from ui.text.codes import random_code

MAX_REASON = 1000
MAX_TITLE, MAX_SUMMARY = 120, 300
CODE_LENGTH = 8
RESERVED = frozenset({"new", "feed", "files", "journal", "terms", "read", "videos"})
"""Words below `/news/` that are no page's."""


def new_code() -> str:
    """Return an address that nobody has thought of."""
    return random_code(CODE_LENGTH)


class SitePage(models.Model):
    """A page. What the public reads is its `live` version; a newer one waits for its reviews meanwhile."""

    class Column(models.TextChoices):
        NEWS = "news", pgettext_lazy("column", "人大新闻")
        NOTICE = "notice", _("通知公告")
        RULE = "rule", _("制度规范")
        DECISION = "decision", _("决议决定公告")
        APPOINTMENT = "appointment", _("人事任免")
        JOURNAL = "journal", pgettext_lazy("column", "会刊")
        ABOUT = "about", _("本站说明")

    class Audience(models.TextChoices):
        EVERYBODY = "everybody", pgettext_lazy("page", "向社会公开")
        INSIDE = "inside", _("登录的代表和工作人员")
        TOWN = "town", _("一个镇街的代表和工作人员")
        GROUP = "group", pgettext_lazy("page", "一个代表小组")
        DEPUTIES = "deputies", pgettext_lazy("page", "全体代表")

    code = models.SlugField(_("网址"), max_length=40, unique=True, default=new_code)
    column = models.CharField(_("栏目"), max_length=12, choices=Column, default=Column.NEWS)
    area = models.ForeignKey(Area, models.PROTECT, related_name="+", verbose_name=_("发布单位所在"))
    audience = models.CharField(_("给谁看"), max_length=10, choices=Audience, default=Audience.EVERYBODY)
    for_area = models.ForeignKey(
        Area, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=pgettext_lazy("page", "镇街")
    )
    group = models.ForeignKey(
        DeputyGroup, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("代表小组")
    )
    place_area = models.ForeignKey(
        Area, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("说的是哪个镇街、村社")
    )
    geom = models.PointField(_("位置"), srid=4326, null=True, blank=True)
    issue_year = models.PositiveSmallIntegerField(
        pgettext_lazy("issue", "年份"),
        null=True,
        blank=True,
        validators=[MinValueValidator(1954), MaxValueValidator(2200)],
    )
    """Of an issue of the journal, as are `issue_number` and `issued_on`; empty for any other page."""
    issue_number = models.PositiveSmallIntegerField(
        pgettext_lazy("issue", "期号"), null=True, blank=True, validators=[MinValueValidator(1), MaxValueValidator(999)]
    )
    issued_on = models.DateField(pgettext_lazy("issue", "出版日期"), null=True, blank=True)
    title = models.CharField(_("标题"), max_length=MAX_TITLE)
    """Of the live version; while there is none, of the newest."""
    state = models.CharField(_("状态"), max_length=10, choices=TABLE.choices(), default=Status.DRAFT)
    live = models.ForeignKey(
        "publishing.PageRevision", models.PROTECT, null=True, blank=True, related_name="+", editable=False
    )
    publish_at = models.DateTimeField(_("定时发布"), null=True, blank=True, help_text=_("留空则终审通过就发布"))
    withdraw_at = models.DateTimeField(_("定时撤下"), null=True, blank=True, help_text=_("留空则一直显示"))
    published_at = models.DateTimeField(_("发布时间"), null=True, blank=True, editable=False)
    changed_at = models.DateTimeField(_("更新时间"), null=True, blank=True, editable=False)
    version = models.PositiveIntegerField(_("版本"), default=1, db_default=1, editable=False)

    class Meta:
        verbose_name = pgettext_lazy("website", "网站页面")
        verbose_name_plural = pgettext_lazy("website", "网站页面")
        ordering = ["-published_at", "-pk"]
        indexes = [
            models.Index(fields=["column", "-published_at"], condition=Q(live__isnull=False), name="pages_shown"),
            models.Index(fields=["state"], name="pages_by_state"),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["area", "issue_year", "issue_number"], condition=~Q(state="withdrawn"),
                name="an_issue_is_once_in_a_year", violation_error_message=_("这一年的这一期已经有了。"),
            ),
            models.CheckConstraint(
                condition=Q(live=None) | Q(published_at__isnull=False), name="a_live_page_has_its_day"
            ),
            models.CheckConstraint(
                condition=~Q(state="published") | Q(live__isnull=False), name="a_published_page_says_something"
            ),
            models.CheckConstraint(
                condition=~Q(state="withdrawn") | Q(live=None), name="a_withdrawn_page_is_not_shown"
            ),
            models.CheckConstraint(
                condition=Q(publish_at=None) | Q(withdraw_at=None) | Q(withdraw_at__gt=F("publish_at")),
                name="a_page_is_taken_down_after_it_is_put_up",
                violation_error_message=_("定时撤下要晚于定时发布。"),
            ),
        ]  # fmt: skip

    def __str__(self) -> str:
        return self.title

    def get_absolute_url(self) -> str:
        return reverse("publishing:page", args=[self.code])

    @property
    def standing(self) -> State[str]:
        """The state with its label and tone."""
        return TABLE.state(self.state)


class PageRevision(models.Model):
    """What a page says, in one wording (`body.blocks` has the shape). Append-only: another wording is another row."""

    page = models.ForeignKey(SitePage, models.PROTECT, related_name="revisions")
    number = models.PositiveIntegerField(_("版本"))
    title = models.CharField(_("标题"), max_length=MAX_TITLE)
    summary = models.CharField(pgettext_lazy("page", "摘要"), max_length=MAX_SUMMARY, blank=True)
    source = models.CharField(_("来源"), max_length=80, blank=True)
    body = models.JSONField(_("正文"), default=list)
    made_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    made_at = models.DateTimeField(_("时间"), default=timezone.now)

    class Meta:
        verbose_name = _("页面版本")
        verbose_name_plural = _("页面版本")
        ordering = ["page", "-number"]
        constraints = [models.UniqueConstraint(fields=["page", "number"], name="one_wording_per_number")]

    def __str__(self) -> str:
        return f"{self.title} v{self.number}"


class PageEvent(models.Model):
    """One step of a page. Append-only."""

    class Verb(models.TextChoices):
        MADE = "made", _("起草")
        SUBMITTED = "submitted", _("提交审校")
        PASSED_FIRST = "passed_first", _("初审通过")
        PASSED_SECOND = "passed_second", _("复审通过")
        SCHEDULED = "scheduled", _("终审通过，待定时发布")
        PUBLISHED = "published", _("发布")
        SENT_BACK = "sent_back", _("退回修改")
        REVISED = "revised", _("开始修改")
        WITHDRAWN = "withdrawn", _("撤下")

    page = models.ForeignKey(SitePage, models.PROTECT, related_name="events")
    verb = models.CharField(_("动作"), max_length=14, choices=Verb)
    at = models.DateTimeField(_("时间"), default=timezone.now)
    actor = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")
    revision = models.ForeignKey(PageRevision, models.PROTECT, null=True, blank=True, related_name="+")
    text = models.TextField(_("内容"), max_length=MAX_REASON, blank=True)

    class Meta:
        verbose_name = _("页面经过")
        verbose_name_plural = _("页面经过")
        ordering = ["page", "at", "pk"]

    def __str__(self) -> str:
        return f"{self.page_id} {self.verb}"
