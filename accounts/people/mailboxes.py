"""What the owner of a mailbox is told when it is hers no longer, whoever changed it."""

from typing import Any

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.notices import notify
from accounts.notices.services import ask_address


def tell_of_new_email(user: Any, before: str) -> None:
    """Write to the mailbox that was hers until now, and in the site; whoever changed it cannot take that back."""
    body = _("您账号的邮箱已更换，以后的通知发到新的邮箱。如果不是您要求的，请马上联系代表联络服务中心。")
    key = f"email-changed:{user.pk}:{timezone.now().timestamp()}"
    notify([user], "account-email", _("您账号的邮箱已更换"), body, "/accounts/", key=key)
    if before:
        ask_address(before, _("您账号的邮箱已更换"), body, "", key=key)
