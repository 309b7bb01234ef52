"""The rules of the district that this room works by."""

from django.utils.translation import gettext_lazy as _

from accounts.rules import OWN, Kind, Rule

RULES = (
    Rule(
        key="publishing.reviews", kind=Kind.INT, default=3, title=_("网站页面要几审才能发布"), group=_("人大网站"),
        unit=_("审"), help=_("三审三校：每一审都由没有写过、也没有审过这一稿的人做。人手少的可以减到一审。"),
        least=1, most=3, source=OWN,
    ),
)  # fmt: skip
