"""When a project can be rated: from the day it entered the stage 满意度测评, as long as that day's rule says."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.utils import timezone

from accounts import rules
from projects.plan.models import Project
from projects.stages.models import StageChange


@dataclass(frozen=True, slots=True)
class Period:
    """Opening and end of the rating; both None when it was never opened."""

    opens_at: datetime | None
    closes_at: datetime | None
    is_open: bool


def period_of(project: Project, now: datetime) -> Period:
    """Return the period of `project`; the last time that it was moved to the stage counts."""
    opened = StageChange.objects.filter(project=project, after=Project.Status.RATED).order_by("-pk").first()
    if opened is None or project.status != Project.Status.RATED:
        return Period(None, None, False)
    closes_at = opened.created_at + timedelta(
        days=rules.value("projects.rating_days", on=timezone.localdate(opened.created_at))
    )
    return Period(opened.created_at, closes_at, opened.created_at <= now < closes_at)
