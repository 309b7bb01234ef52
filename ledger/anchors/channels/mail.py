"""E-mail to named witnesses, who keep it: the head in words that can be read out, and the signed statement."""

import json

from django.core.mail import EmailMessage
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from ledger.anchors.channels.http import NotDelivered
from ledger.anchors.statement import as_json
from ledger.models import Anchor
from ui.forms.mailboxes import require_mailbox


def send(anchor: Anchor, target: str) -> bytes:
    """Send one mail; what it said of the head. Raises NotDelivered, NoMailbox."""
    require_mailbox(target)
    day = date_format(timezone.localtime(anchor.at), "DATETIME_FORMAT")
    words = {"day": day, "links": anchor.links, "head": anchor.head}
    text = _(
        "请保存这封邮件。它证明截至 %(day)s 监督平台的证据链共 %(links)d 环，链尾摘要为：\n\n%(head)s\n\n"
        "以后可用 manage.py verify_chain --expect 加上这个摘要核对，附件是签名的声明。"
    )
    mail = EmailMessage(_("证据链锚定 %s") % day, text % words, to=[target])
    mail.attach("anchor.json", json.dumps(as_json(anchor), ensure_ascii=False), "application/json")
    try:
        mail.send()
    except OSError as error:
        raise NotDelivered(str(error)) from error
    return anchor.head.encode()
