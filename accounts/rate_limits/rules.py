"""What rules of the district about attempts share: how often one address, account or network may do something."""

from typing import Any

from django.utils.translation import gettext_lazy as _

from accounts.rules import OWN, Kind, Rule

GROUP = _("防止滥用的次数限制")


def attempts(key: str, default: int, title: Any, most: int = 1_000_000) -> Rule:
    """Return a rule of at most `default` attempts; the title says whose, of what and in which time."""
    return Rule(
        key=f"limits.{key}",
        kind=Kind.INT,
        default=default,
        title=title,
        group=GROUP,
        unit=_("次"),
        help=_("超过后请对方稍后再试。同一单位或学校常共用一个网络地址，集中开展活动时可以调高。"),
        least=1,
        most=most,
        source=OWN,
    )
