"""Three tables: what is to be done, what runs by the clock, who is at work."""

from django.db import models
from django.db.models import Q
from django.utils import timezone


class Job(models.Model):
    """One call of a function, waiting, at work or finished.

    A claimed job belongs to `worker` until `leased_until`, which the worker's heartbeat moves on.
    """

    lane = models.CharField(max_length=16)
    func = models.CharField(max_length=200)
    args = models.JSONField(default=list)
    queued = models.DateTimeField(default=timezone.now)
    due = models.DateTimeField(default=timezone.now)
    schedule = models.CharField(max_length=200, blank=True)
    """The name of the schedule that queued it; empty for all others."""
    worker = models.CharField(max_length=100, blank=True)
    attempts = models.PositiveSmallIntegerField(default=0)
    leased_until = models.DateTimeField(null=True)
    started = models.DateTimeField(null=True)
    finished = models.DateTimeField(null=True)
    succeeded = models.BooleanField(null=True)
    said = models.TextField(blank=True)
    """What the function returned, or why it failed; cut to `claims.MOST_SAID` characters."""

    class Meta:
        indexes = [
            models.Index(fields=["lane", "due", "id"], condition=Q(finished=None), name="jobs_open"),
            models.Index(fields=["finished"], condition=Q(finished__isnull=False), name="jobs_finished"),
        ]
        constraints = [
            models.CheckConstraint(condition=~Q(lane="") & ~Q(func=""), name="jobs_job_says_what"),
            models.CheckConstraint(
                condition=Q(finished=None, succeeded=None) | Q(finished__isnull=False, succeeded__isnull=False),
                name="jobs_finished_says_how",
            ),
            # However many runners queue what is due: of one schedule, one job is open.
            models.UniqueConstraint(
                fields=["schedule"], condition=~Q(schedule="") & Q(finished=None), name="jobs_one_open_per_schedule"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.func} #{self.pk}"


class Schedule(models.Model):
    """What runs by the clock: every day at a local time, or every so many minutes."""

    name = models.CharField(max_length=200, unique=True)
    func = models.CharField(max_length=200)
    args = models.JSONField(default=list)
    lane = models.CharField(max_length=16)
    daily_at = models.TimeField(null=True)
    minutes = models.PositiveIntegerField(null=True)
    next_run = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(daily_at=None, minutes__gt=0) | Q(daily_at__isnull=False, minutes=None),
                name="jobs_schedule_daily_or_minutes",
            ),
        ]

    def __str__(self) -> str:
        return self.name


class Worker(models.Model):
    """A process that takes jobs of one lane, and when it last said that it lives."""

    name = models.CharField(max_length=100, primary_key=True)
    host = models.CharField(max_length=200)
    lane = models.CharField(max_length=16)
    started = models.DateTimeField(default=timezone.now)
    heartbeat = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ["lane", "name"]

    def __str__(self) -> str:
        return self.name
