"""The rules of the district that notices work by."""

from django.utils.translation import gettext_lazy as _

from accounts.rate_limits.rules import attempts

RULES = (attempts("texts_day", 300, _("验证码和查询链接的短信：全站每天")),)
