"""The rules of the district that this room works by."""

from django.utils.translation import gettext_lazy as _

from accounts.rules import OWN, Kind, Rule

RULES = (
    Rule(
        key="meetings.sign_in_minutes", kind=Kind.INT, default=60, title=_("会前多久起签到"), group=_("人代会专栏"),
        unit=_("分钟"), help=_("每一场会议开始之前多少分钟起可以扫码签到。"), least=5, most=720, source=OWN,
    ),
)  # fmt: skip
