"""Quarterly reports that were ordered and made."""

from datetime import timedelta

from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from river_monitoring.standard.averages import Span

FORMATS = ("pdf", "docx", "xlsx")
GIVEN_UP = timedelta(minutes=30)
"""A job that has said nothing for so long died with its worker."""


class QuarterlyReport(models.Model):
    """One making of the report on a quarter: as it stood on that day. Its files are never changed."""

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

    year = models.PositiveSmallIntegerField(_("年"))
    quarter = models.PositiveSmallIntegerField(_("季度"))
    state = models.CharField(_("状态"), max_length=10, choices=State, default=State.QUEUED)
    step = models.CharField(_("步骤"), max_length=10, choices=Step, default=Step.WAITING)
    progress = models.PositiveSmallIntegerField(_("进度(%)"), default=0)
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
            models.CheckConstraint(condition=Q(quarter__range=(1, 4)), name="report_is_on_one_of_four_quarters"),
            models.CheckConstraint(condition=Q(progress__lte=100), name="report_progress_at_most_100"),
            models.UniqueConstraint(
                fields=["year", "quarter"],
                condition=Q(state__in=["queued", "running"]),
                name="one_report_of_a_quarter_at_a_time",
            ),
            models.CheckConstraint(
                condition=~Q(state="done") | ~(Q(pdf="") | Q(docx="") | Q(xlsx="")), name="a_made_report_has_its_files"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.span}"

    @property
    def span(self) -> Span:
        return Span(self.year, self.quarter, "quarter")

    @property
    def is_open(self) -> bool:
        """Still being made, as far as anybody knows."""
        return self.state in (self.State.QUEUED, self.State.RUNNING)

    @property
    def is_lost(self) -> bool:
        """Its worker has said nothing for too long."""
        return self.is_open and timezone.now() - self.touched_at > GIVEN_UP
