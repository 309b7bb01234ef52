"""The ways of signing in, in the order in which they are offered and a browser is looked at: WeCom before WeChat."""

from collections.abc import Sequence

from accounts.signin.ways import dingtalk, feishu, oidc, wecom, weixin, zhezhengding
from accounts.signin.ways.base import Way

WAYS: dict[str, Way] = {
    way.name: way
    for way in (
        dingtalk.WAY, wecom.WAY, weixin.INSIDE, weixin.ELSEWHERE, feishu.WAY, zhezhengding.WAY, oidc.WAY,
    )
}  # fmt: skip
KINDS = {way.kind: way.label for way in reversed(WAYS.values())}
"""What each kind of identity is called."""
LONGEST_AGENT = 1000


def offered(name: str) -> Way | None:
    """Return the way of that name; None where it is not offered."""
    way = WAYS.get(name)
    return way if way is not None and way.is_offered() else None


def ways_for(user_agent: str) -> tuple[Sequence[Way], Sequence[Way]]:
    """Return what is offered in this browser: first its own program's ways, then the others."""
    own = inside(user_agent)
    there = [way for way in WAYS.values() if way.is_offered()]
    first = [way for way in there if own in way.inside and not way.not_inside] if own else []
    rest = [way for way in there if way not in first and not way.only_inside and not (own and own in way.inside)]
    return first, rest


def inside(user_agent: str) -> str:
    """Return the sign of the program in whose browser somebody is; empty for none. WeCom also calls itself WeChat.

    >>> inside("Mozilla/5.0 (iPhone) MicroMessenger/7.0.1 wxwork/4.1.20"), inside("Mozilla/5.0 Chrome/126")
    ('wxwork', '')
    >>> inside("Mozilla/5.0 (Linux; Android 14) MicroMessenger/8.0.50"), inside("Mozilla/5.0 Lark/7.1")
    ('micromessenger', 'lark/')
    """
    said = user_agent[:LONGEST_AGENT].lower()
    return next((sign for way in WAYS.values() for sign in way.inside if sign in said), "")
