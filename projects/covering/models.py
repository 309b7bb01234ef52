"""The covered copy of one photo of this room."""

from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from projects.feedback.models import Feedback
from projects.plan.models import ProgressReport
from projects.proposals.models import Proposal

OF = ("report", "feedback", "proposal")


class CoveredPhoto(models.Model):
    """What the public sees in place of a photo. `boxes` are in pixels of the original: left, top, width, height."""

    report = models.OneToOneField(ProgressReport, models.PROTECT, null=True, blank=True, related_name="covered")
    feedback = models.OneToOneField(Feedback, models.PROTECT, null=True, blank=True, related_name="covered")
    proposal = models.OneToOneField(Proposal, models.PROTECT, null=True, blank=True, related_name="covered")
    file = models.ImageField(upload_to="projects/covered/%Y/%m/", editable=False)
    boxes = models.JSONField(_("遮盖区域"), default=list, blank=True)
    made_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    made_at = models.DateTimeField(default=timezone.now)

    class Meta:
        verbose_name = _("遮盖后的照片")
        verbose_name_plural = _("遮盖后的照片")
        ordering = ["pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(report__isnull=False, feedback=None, proposal=None)
                | Q(report=None, feedback__isnull=False, proposal=None)
                | Q(report=None, feedback=None, proposal__isnull=False),
                name="a_covered_photo_is_of_one_thing",
            )
        ]

    def __str__(self) -> str:
        return str(self.pk)
