"""Followers of a project, and the news that feeds and letters carry."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from projects.plan.models import ProgressReport, Project

TOKEN_LENGTH = 43


class Follower(models.Model):
    """An e-mail address that follows a project. It gets nothing before its owner has said yes to this very project.

    `token` is in every letter and ends following this one project; then the row is deleted.
    """

    project = models.ForeignKey(Project, models.CASCADE, related_name="followers")
    email = models.EmailField(_("邮箱"), max_length=254)
    token = models.CharField(max_length=TOKEN_LENGTH, unique=True, editable=False)
    created_at = models.DateTimeField(_("申请时间"), auto_now_add=True)
    confirmed_at = models.DateTimeField(_("确认时间"), null=True, blank=True, editable=False)

    class Meta:
        verbose_name = _("关注者")
        verbose_name_plural = _("关注者")
        ordering = ["project", "pk"]
        constraints = [models.UniqueConstraint(fields=["project", "email"], name="one_follower_per_address")]

    def __str__(self) -> str:
        return f"{self.project_id} {self.pk}"


class News(models.Model):
    """One thing that happened to a project. Written by triggers of the database, whoever writes the thing itself.

    `before` and `after` are stages or lights; `subject` is a milestone's title. Nobody edits news, and nothing is
    proven by them: the events that they repeat are elsewhere.
    """

    class Kind(models.TextChoices):
        STAGE = "stage", _("阶段")
        MILESTONE = "milestone", _("节点")
        REPORT = "report", _("进展")
        LIGHT = "light", _("亮灯")

    project = models.ForeignKey(Project, models.CASCADE, related_name="news")
    kind = models.CharField(_("种类"), max_length=10, choices=Kind)
    before = models.CharField(_("原来"), max_length=20, blank=True)
    after = models.CharField(_("现在"), max_length=20, blank=True)
    subject = models.CharField(_("节点"), max_length=80, blank=True)
    report = models.ForeignKey(ProgressReport, models.CASCADE, null=True, blank=True, related_name="+")
    on = models.DateField(_("日期"), help_text=_("事情发生的日期"))
    at = models.DateTimeField(_("记录时间"))
    told_on = models.DateField(_("告知关注者的日期"), null=True, blank=True, editable=False)

    class Meta:
        verbose_name = _("项目动态")
        verbose_name_plural = _("项目动态")
        ordering = ["-on", "-pk"]
        indexes = [
            models.Index(fields=["project", "-on"]),
            models.Index(fields=["-at"]),
            models.Index(fields=["project"], name="news_to_be_told", condition=models.Q(told_on=None)),
        ]

    def __str__(self) -> str:
        return f"{self.project_id} {self.kind} {self.on}"
