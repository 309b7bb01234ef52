"""Reports that were ordered and made, and the texts that stand in them from one to the next."""

from datetime import timedelta

from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from papers.models import CongressSession
from river_monitoring.standard.averages import Span
from river_monitoring.wording.quality import span_in_words

FORMATS = ("pdf", "docx", "xlsx")
GIVEN_UP = timedelta(minutes=30)
"""A job that has said nothing for so long died with its worker."""


class Kind(models.TextChoices):
    """What a report is about."""

    QUARTER = "quarter", _("季度报告")
    YEAR = "year", _("年度报告")
    SESSION = "session", _("会议材料")


class QuarterlyReport(models.Model):
    """One making of a report on a quarter, a year or a session: as it stood on that day. Its files never change."""

    class State(models.TextChoices):
        QUEUED = "queued", _("排队中")
        RUNNING = "running", _("正在生成")
        DONE = "done", _("已生成")
        FAILED = "failed", _("没有完成")

    class Step(models.TextChoices):
        WAITING = "waiting", _("等待开始")
        READING = "reading", _("汇总数据")
        PDF = "pdf", _("排版 PDF")
        DOCX = "docx", _("写 Word 文档")
        XLSX = "xlsx", _("写 Excel 表格")
        FINISHED = "finished", _("完成")

    kind = models.CharField(_("种类"), max_length=10, choices=Kind, default=Kind.QUARTER, db_default=Kind.QUARTER)
    year = models.PositiveSmallIntegerField(_("年"))
    quarter = models.PositiveSmallIntegerField(_("季度"), default=0, db_default=0)
    session = models.ForeignKey(
        CongressSession, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("会议"), db_index=False
    )
    contents = models.JSONField(_("选入的内容"), default=dict, db_default={}, blank=True)
    """``boards``: slugs of boards; ``parts``: what a session's pack holds."""
    is_inner = models.BooleanField(_("含不公开的看板"), default=False, db_default=False)
    state = models.CharField(_("状态"), max_length=10, choices=State, default=State.QUEUED)
    step = models.CharField(_("步骤"), max_length=10, choices=Step, default=Step.WAITING)
    progress = models.PositiveSmallIntegerField(_("进度（%）"), default=0)
    problem = models.CharField(_("问题"), max_length=300, blank=True)
    ordered_by = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name=_("申请人"))
    ordered_at = models.DateTimeField(_("申请时间"), default=timezone.now)
    touched_at = models.DateTimeField(_("最近进展"), default=timezone.now)
    finished_at = models.DateTimeField(_("完成时间"), null=True, blank=True)
    pdf = models.FileField("PDF", upload_to="reports/%Y/", blank=True)
    docx = models.FileField("DOCX", upload_to="reports/%Y/", blank=True)
    xlsx = models.FileField("XLSX", upload_to="reports/%Y/", blank=True)

    class Meta:
        verbose_name = _("监督季报")
        verbose_name_plural = _("监督季报")
        ordering = ["-ordered_at", "-pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(kind=Kind.QUARTER, quarter__range=(1, 4)) | ~Q(kind=Kind.QUARTER) & Q(quarter=0),
                name="report_is_on_one_of_four_quarters",
            ),
            models.CheckConstraint(
                condition=Q(kind=Kind.SESSION, session__isnull=False) | ~Q(kind=Kind.SESSION) & Q(session=None),
                name="a_pack_is_of_a_session",
            ),
            models.CheckConstraint(condition=Q(progress__lte=100), name="report_progress_at_most_100"),
            models.UniqueConstraint(
                fields=["kind", "year", "quarter", "session"],
                condition=Q(state__in=["queued", "running"]),
                name="one_report_of_a_quarter_at_a_time",
                nulls_distinct=False,
            ),
            models.CheckConstraint(
                condition=~Q(state="done") | ~(Q(pdf="") | Q(docx="") | Q(xlsx="")), name="a_made_report_has_its_files"
            ),
        ]

    def __str__(self) -> str:
        return self.about

    @property
    def span(self) -> Span:
        """The days that the report is about; of a session its year."""
        return Span(self.year, self.quarter, "quarter") if self.kind == Kind.QUARTER else Span(self.year, 1, "year")

    @property
    def about(self) -> str:
        """``2026年第二季度``, ``2026年``, or the session."""
        return str(self.session) if self.session else span_in_words(self.span)

    @property
    def name(self) -> str:
        """``2026年第二季度监督季报``."""
        words = {
            Kind.QUARTER: _("%(about)s监督季报"),
            Kind.YEAR: _("%(about)s监督年度报告"),
            Kind.SESSION: _("%(about)s会议材料"),
        }
        return words[Kind(self.kind)] % {"about": self.about}

    @property
    def is_open(self) -> bool:
        """Still being made, as far as anybody knows."""
        return self.state in (self.State.QUEUED, self.State.RUNNING)

    @property
    def is_lost(self) -> bool:
        """Its worker has said nothing for too long."""
        return self.is_open and timezone.now() - self.touched_at > GIVEN_UP


class ReportText(models.Model):
    """One wording of a text of reports; the newest that a second person signed stands in every report made after.

    A wording is never changed: who wants another writes the next one.
    """

    kind = models.CharField(_("种类"), max_length=10, choices=Kind)
    slot = models.SlugField(_("位置"), max_length=20)
    number = models.PositiveIntegerField(_("第几稿"))
    text = models.TextField(_("内容"), max_length=4000, blank=True)
    written_by = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name=_("撰写人"))
    written_at = models.DateTimeField(_("撰写时间"), default=timezone.now)
    signed_by = models.ForeignKey(
        User, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("审签人")
    )
    signed_at = models.DateTimeField(_("审签时间"), null=True, blank=True)

    class Meta:
        verbose_name = _("报告文字")
        verbose_name_plural = _("报告文字")
        ordering = ["kind", "slot", "-number"]
        constraints = [
            models.UniqueConstraint(fields=["kind", "slot", "number"], name="one_wording_of_a_number"),
            models.CheckConstraint(
                condition=Q(signed_by=None) | ~Q(signed_by=F("written_by")), name="two_people_sign_a_text"
            ),
            models.CheckConstraint(
                condition=Q(signed_by=None, signed_at=None) | Q(signed_by__isnull=False, signed_at__isnull=False),
                name="a_signature_has_its_moment",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind}/{self.slot} {self.number}"
