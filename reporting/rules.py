"""The rules of the district that this room works by."""

import re

from django.utils.translation import gettext_lazy as _

from accounts import rules
from accounts.rules import OWN, Kind, Rule

EMBED_HOSTS = "boards.embed_hosts"
MOST_HOSTS = 20
_HOST = re.compile(r"(?:https?://)?(?:\*\.)?[a-z0-9-]+(?:\.[a-z0-9-]+)+(?::\d{1,5})?", re.ASCII)

RULES = (
    Rule(
        key=EMBED_HOSTS, kind=Kind.TEXT, default="", title=_("可以嵌入公开看板的网站"), group=_("监督看板"),
        help=_("用空格分开，例如 www.example.gov.cn 或 *.example.gov.cn。没有写时，别的网站都不能嵌入。"), source=OWN,
    ),
)  # fmt: skip


def embed_hosts() -> list[str]:
    """The sites that may show a public board in a frame; what is no host is left out."""
    words = str(rules.value(EMBED_HOSTS)).lower().replace(",", " ").replace("，", " ").split()
    return [word for word in words if _HOST.fullmatch(word)][:MOST_HOSTS]
