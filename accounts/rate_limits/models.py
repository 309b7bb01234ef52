"""Counters of attempts."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class RateCount(models.Model):
    """How often somebody did something since a moment. Written by `accounts.rate_limits` only."""

    name = models.CharField(max_length=40)
    who = models.CharField(max_length=32)
    since = models.DateTimeField()
    count = models.PositiveIntegerField()

    class Meta:
        verbose_name = _("频次计数")
        verbose_name_plural = _("频次计数")
        indexes = [models.Index(fields=["since"])]
        constraints = [models.UniqueConstraint(fields=["name", "who", "since"], name="one_count_per_span")]

    def __str__(self) -> str:
        return f"{self.name} {self.count}"
