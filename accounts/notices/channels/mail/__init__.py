"""Notices by e-mail: to people who gave an address, and to addresses without an account that have confirmed."""

from django.utils.translation import gettext_lazy as _

from accounts.notices.channels.base import Channel
from accounts.notices.channels.mail.plan import plan
from accounts.notices.channels.mail.send import send
from accounts.notices.models import MAIL
from accounts.notices.wishes import quiet_hours

CHANNEL = Channel(MAIL, _("邮件"), plan, send, quiet_hours, bundles=True)
