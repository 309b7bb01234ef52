"""The ways by which notices reach their readers, one folder each.

A new channel is a folder with a `CHANNEL` and a line in `CHANNELS`; what it must know of the deployment is a setting.
"""

from accounts.notices.channels import dingtalk, feishu, mail, robots, sms, wecom, weixin
from accounts.notices.channels.base import Channel, NotDelivered

_ALL = (
    mail.CHANNEL, robots.CHANNEL, sms.CHANNEL, dingtalk.CHANNEL, wecom.CHANNEL, feishu.CHANNEL, weixin.CHANNEL,
)  # fmt: skip
CHANNELS: dict[str, Channel] = {channel.name: channel for channel in _ALL}
OWN_CHANNELS = {name: channel.own for name, channel in CHANNELS.items() if channel.own is not None}
"""Those that lead to an address of one person's own."""

__all__ = ["CHANNELS", "OWN_CHANNELS", "Channel", "NotDelivered"]
