"""A notice as an e-mail."""

from django.conf import settings
from django.core.mail import EmailMessage
from django.template.loader import render_to_string

from accounts.district import current
from accounts.district.texts import letter_foot
from accounts.notices import links
from accounts.notices.channels.base import NeverDelivered
from accounts.notices.models import Delivery
from ui.forms.mailboxes import require_mailbox


def send(delivery: Delivery) -> None:
    """Hand one mail to the mail server. Raises NeverDelivered, NoMailbox, SMTPException or OSError."""
    notice = delivery.notice
    email = notice.address.email if notice.address else notice.recipient.email if notice.recipient else ""
    if not email:
        raise NeverDelivered("The reader has no mailbox any more.")
    require_mailbox(email)
    leave = links.absolute(links.unsubscribe_path(notice.address)) if notice.address else ""
    context = {
        "notice": notice,
        "along": [one.notice for one in delivery.along],
        "link": links.absolute(notice.url),
        "leave": leave,
        "preferences": "" if notice.address else links.absolute(links.preferences_path()),
        "site_name": current().title,
        "foot": letter_foot(),
    }
    headers = {"Message-ID": f"<notice-{notice.pk}@{settings.SITE_HOST}>", "Auto-Submitted": "auto-generated"}
    if leave:  # RFC 8058: mail programs offer to leave by one click
        headers |= {"List-Unsubscribe": f"<{leave}>", "List-Unsubscribe-Post": "List-Unsubscribe=One-Click"}
    body = render_to_string("accounts/notice_mail.txt", context)
    EmailMessage(notice.title, body, to=[email], headers=headers).send()
