"""What stations announce to the rooms above them, and what they ask of them."""

from stations.duty.signals import gathering_duty
from stations.receptions.signals import matter_forwarded

__all__ = ["gathering_duty", "matter_forwarded"]
