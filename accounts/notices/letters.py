"""Messages that let their reader do something at once: sent to their owner's mailbox, kept nowhere, repeated by nobody.

A notice stands in a table, in a digest, in a group. A code of one use must be in none of them, so it is handed to the
mail server while its owner waits.
"""

import logging
from typing import Any

from django.core.mail import EmailMessage
from django.utils.translation import gettext as _

from accounts.district import current
from accounts.district.texts import letter_foot
from geokit.refusal import BadInput, Busy
from ui.forms.mailboxes import require_mailbox

log = logging.getLogger(__name__)


def send_letter(user: Any, title: str, body: str) -> None:
    """Send now, or not at all.

    Raises BadInput for an account without a mailbox, or with one that no letter can be written to, and Busy where the
    mail server fails.
    """
    if not user.email:
        raise BadInput(_("账号没有登记邮箱。"), code="no-mailbox")
    require_mailbox(user.email)
    headers = {"Auto-Submitted": "auto-generated"}
    if foot := letter_foot():
        body = f"{body}\n\n--\n{foot}"
    try:
        EmailMessage(f"{title} - {current().title}", body, to=[user.email], headers=headers).send()
    except OSError as error:  # SMTPException is one too
        log.warning("a letter was not sent: %s", type(error).__name__)
        raise Busy(_("邮件没有发出，请稍后再试。")) from error


def masked(email: str) -> str:
    """Return an address as its owner knows it again and nobody else learns it.

    >>> masked("zhang.li@example.org"), masked("a@b.cn")
    ('z***@example.org', 'a***@b.cn')
    """
    name, _at, host = email.partition("@")
    return f"{name[:1]}***@{host}"
