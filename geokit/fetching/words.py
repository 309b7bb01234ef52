"""Why another server was not read, in plain words without its address, which may hold a token."""

import socket
import ssl

from geokit.fetching import https
from geokit.fetching.download import CutOff, TooLong, Unpackable
from geokit.wording import gettext as _

REFUSING = (401, 403)
NOT_THERE = 404


def no_answer(error: OSError, host: str, *, tells_inner: bool = True) -> str:
    """Say why there was no answer, or no whole one.

    Without `tells_inner` a name of an inner address and a name of none are the same: for people who may type any name,
    and would learn which names the inner network has.
    """
    cause = getattr(error, "reason", None)
    cause = cause if isinstance(cause, OSError) else error
    if not tells_inner and isinstance(cause, https.NotPublic | socket.gaierror):
        return _("找不到主机“%s”，或者它指向内部网络。") % host
    words: tuple[tuple[type[OSError], str], ...] = (
        (https.NotPublic, _("主机“%s”指向内部网络，没有去取。") % host),
        (socket.gaierror, _("找不到主机“%s”。") % host),
        (ssl.SSLCertVerificationError, _("对方的证书无效。")),
        (TimeoutError, _("对方没有在限定的时间内答复完。")),
        (TooLong, _("对方的答复太大，超过了一次能读的上限。")),
        (CutOff, _("对方的答复在中途断了。")),
        (Unpackable, _("对方的答复压缩方式不对，或者已损坏。")),
    )
    return next((text for kind, text in words if isinstance(cause, kind)), _("连不上对方的服务器。"))


def bad_status(status: int) -> str:
    """Say what an answer with another status than 200 means."""
    if 300 <= status < 400:
        return _("这个地址转到了别处（HTTP %d），请填写最终的地址。") % status
    if status in REFUSING:
        return _("对方不让读取（HTTP %d），请核对令牌。") % status
    if status == NOT_THERE:
        return _("对方没有这个地址（HTTP 404），请核对。")
    return _("对方答复 HTTP %d。") % status
