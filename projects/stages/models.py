"""The stages of a project's life, as they were entered."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from projects.plan.models import Project
from projects.plan.stage_table import STAGES


class StageChange(models.Model):
    """That a project went from one stage to another, when and why. Append-only."""

    project = models.ForeignKey(Project, models.PROTECT, related_name="stage_changes")
    before = models.CharField(_("原阶段"), max_length=20, choices=STAGES.choices(), blank=True)
    after = models.CharField(_("新阶段"), max_length=20, choices=STAGES.choices())
    reason = models.CharField(_("依据"), max_length=200, blank=True)
    actor = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        verbose_name = _("阶段变更")
        verbose_name_plural = _("阶段变更")
        ordering = ["project", "pk"]

    def __str__(self) -> str:
        return f"{self.project_id} {self.before} -> {self.after}"
