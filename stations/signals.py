"""Signals of stations that rooms above receive."""

from stations.duty.signals import gathering_duty
from stations.receptions.signals import matter_forwarded

__all__ = ["gathering_duty", "matter_forwarded"]
