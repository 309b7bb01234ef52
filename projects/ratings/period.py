"""When a project can be rated: from its stage 满意度测评 to the end of the day that the rule of its first day says."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.utils import timezone

from accounts import rules
from projects.plan.models import Project
from projects.stages.models import StageChange
from ui.days import midnight_after


@dataclass(frozen=True, slots=True)
class Period:
    """Opening and end of the rating; both None when it was never opened."""

    opens_at: datetime | None
    closes_at: datetime | None
    is_open: bool

    @property
    def last_day(self) -> date | None:
        """The day that pages name: on it one may still answer."""
        return timezone.localdate(self.closes_at - timedelta(microseconds=1)) if self.closes_at else None


def period_of(project: Project, now: datetime) -> Period:
    """Return the period of `project`; the last time that it was moved to the stage counts."""
    opened = StageChange.objects.filter(project=project, after=Project.Status.RATED).order_by("-pk").first()
    if opened is None or project.status != Project.Status.RATED:
        return Period(None, None, False)
    first = timezone.localdate(opened.created_at)
    closes_at = midnight_after(first + timedelta(days=rules.value("projects.rating_days", on=first)))
    return Period(opened.created_at, closes_at, opened.created_at <= now < closes_at)
