"""Notices to groups: robots of DingTalk and WeCom, and webhooks of other systems."""

from django.utils.translation import gettext_lazy as _

from accounts.notices.channels.base import Channel
from accounts.notices.channels.robots.plan import must_wait, plan, quiet_hours
from accounts.notices.channels.robots.send import send
from accounts.notices.models import ROBOT

CHANNEL = Channel(ROBOT, _("群机器人"), plan, send, quiet_hours, must_wait)
