"""Notices by text message (短信), sent over HTTPS by one of the providers; one message a minute and five an hour."""

from datetime import timedelta

from django.utils.translation import gettext_lazy as _

from accounts.notices.channels.base import Own
from accounts.notices.channels.own import channel
from accounts.notices.channels.sms.send import clean, given, needed, say
from accounts.notices.models import SMS

OWN = Own(
    _("手机号"), _("会收到一条带验证码的短信。手机号只用来发通知，不公开。"), clean, say, needed, given,
    notes=[_("服务商不许变量是网址，所以来信查询链接的网址写在模板正文里，变量只是它后面的一段。")],
)  # fmt: skip
CHANNEL = channel(SMS, _("短信"), OWN, (timedelta(minutes=1), 1), (timedelta(hours=1), 5))
