"""The ways by which notices reach their readers, one folder each.

A new channel is a folder with a `CHANNEL` and a line in `CHANNELS`; what it must know of the deployment is a setting.
"""

from accounts.notices.channels import mail, robots
from accounts.notices.channels.base import Channel, NotDelivered

CHANNELS: dict[str, Channel] = {channel.name: channel for channel in (mail.CHANNEL, robots.CHANNEL)}

__all__ = ["CHANNELS", "Channel", "NotDelivered"]
