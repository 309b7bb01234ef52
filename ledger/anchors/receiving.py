"""Keeping the anchors of other instances: who may deposit, what is taken, what contradicts what came before."""

import secrets

from django.db import transaction
from django.utils.translation import gettext as _

from geokit.digests import digest_of_secret
from geokit.refusal import BadInput, NotPermitted
from ledger.anchors.keys import is_signed
from ledger.anchors.statement import Statement, Unreadable, digest, parsed
from ledger.models import ForeignAnchor, Peer

KEY_LENGTH = 64
MOST_SHOWN = 1000
"""So many of the newest anchors are shown to the instance whose they are."""


def register_peer(name: str, public_key: str) -> tuple[Peer, str]:
    """Let another instance deposit anchors signed by `public_key` (hex); the peer, and its token, shown this once.

    Raises BadInput for a key that is none or a name that is taken.
    """
    try:
        well_formed = len(bytes.fromhex(public_key)) * 2 == KEY_LENGTH
    except ValueError:
        well_formed = False
    if not well_formed:
        raise BadInput(_("公钥应为 64 位十六进制数。"), code="bad-key")
    if Peer.objects.filter(name=name).exists():
        raise BadInput(_("已有名为“%s”的平台。") % name, code="name-taken")
    token = secrets.token_urlsafe(32)
    return Peer.objects.create(name=name, public_key=public_key.lower(), token_digest=digest_of_secret(token)), token


def peer_of(authorization: str) -> Peer:
    """The instance that an Authorization header stands for. Raises NotPermitted."""
    scheme, _blank, token = authorization.partition(" ")
    found = Peer.objects.filter(token_digest=digest_of_secret(token), is_active=True).first() if token else None
    if scheme.lower() != "bearer" or found is None:
        raise NotPermitted(_("令牌无效。"), code="unknown-token")
    return found


@transaction.atomic
def keep(peer: Peer, statement: str, signature: str) -> tuple[ForeignAnchor, bool]:
    """Keep an anchor of `peer`, and whether it is new; the same again is the same.

    One that does not follow from the one before is kept as well, and marked. Raises BadInput for what is no statement,
    or is not signed by the key that was registered.
    """
    try:
        said = parsed(statement)
    except Unreadable as error:
        raise BadInput(_("不是锚定声明。"), code="not-a-statement") from error
    if not is_signed(peer.public_key, statement.encode(), signature):
        raise BadInput(_("签名与登记的公钥不符。"), code="bad-signature")
    signature = bytes.fromhex(signature).hex()  # written in one way, however it came
    Peer.objects.select_for_update().get(pk=peer.pk)
    if known := peer.anchors.filter(signature=signature).first():
        return known, False
    last = peer.anchors.order_by("pk").last()
    wrong = last is not None and not _follows(said, last.statement)
    kept = ForeignAnchor.objects.create(peer=peer, statement=statement, signature=signature, contradicts=wrong)
    return kept, True


def _follows(said: Statement, before: str) -> bool:
    earlier = parsed(before)
    return said.previous == digest(before) and said.links >= earlier.links and said.link >= earlier.link
