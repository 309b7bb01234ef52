"""The one check of a mail address: in every form, and once more before a letter is written.

What is stored may be older than the check, so senders ask too: such a letter is given up and never tried again.
"""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.core.mail import EmailMessage
from django.core.validators import validate_email
from django.utils.encoding import punycode
from django.utils.translation import gettext_lazy as _

from geokit.refusal import BadInput

MOST, MOST_NAME = 254, 64
"""Characters of an address and of what stands before the @ (RFC 5321, 4.5.3.1), as they go over the line."""
WORDS = _("邮箱写成 name@example.com 的样子。")


class NoMailbox(BadInput):
    """No letter can be written to this address; the sentence does not repeat it."""

    default_code = "mailbox-invalid"


def is_mailbox(address: str) -> bool:
    """Tell whether our mail library can write a letter to `address`, a domain of Chinese characters included.

    >>> is_mailbox("li@例子.中国"), is_mailbox("李@b.cn"), is_mailbox("a" * 65 + "@b.cn")
    (True, False, False)
    """
    name, _at, host = address.rpartition("@")
    try:
        validate_email(address)
        sent_as = f"{name}@{punycode(host)}"
        validate_email(sent_as)
        EmailMessage(to=[address]).message()
    except (ValidationError, ValueError):  # of a host that has no other spelling: UnicodeError, a ValueError too
        return False
    return address.isprintable() and len(sent_as) <= MOST and len(name) <= MOST_NAME


def require_mailbox(address: str) -> None:
    """Raise NoMailbox where no letter can be written to `address`."""
    if not is_mailbox(address):
        raise NoMailbox(str(WORDS))


def check_mailbox(value: str) -> None:
    """The validator of forms."""
    if not is_mailbox(value):
        raise ValidationError(WORDS, code="invalid")


class MailboxField(forms.EmailField):
    """An address that a letter can be written to."""

    default_validators = [check_mailbox]

    def __init__(self, **given: Any) -> None:
        super().__init__(**{"max_length": MOST, **given})
