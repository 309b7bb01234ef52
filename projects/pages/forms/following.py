"""What somebody fills in to follow a project."""

from django import forms
from django.utils.translation import gettext_lazy as _

from ui.forms.honeypot import HoneypotMixin
from ui.forms.mailboxes import MailboxField
from ui.forms.refusable import RefusableForm


class FollowForm(HoneypotMixin, RefusableForm):
    """An e-mail address."""

    email = MailboxField(
        label=_("邮箱"),
        widget=forms.EmailInput(attrs={"autocomplete": "email", "inputmode": "email"}),
        help_text=_("先发一封信请您确认，之后有进展时每天最多一封，随时一键退订。邮箱不公开，也不作他用。"),
        error_messages={"required": _("请填写邮箱。")},
    )
    field_order = ["email", "website"]
