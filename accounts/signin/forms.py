"""Forms of signing in, and of what somebody changes about her own way in."""

from typing import Any

from allauth.account.adapter import get_adapter
from allauth.account.forms import ChangePasswordForm as AllauthChangePasswordForm
from allauth.account.forms import LoginForm, ReauthenticateForm
from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.sessions.models import SignInEvent
from accounts.tokens.models import ApiToken
from accounts.tokens.services import end_of_maker
from ui.forms.mailboxes import MailboxField
from ui.forms.refusable import RefusableForm


class SignInForm(LoginForm):
    """User name and password, in the words of this site."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        labels = {"login": _("用户名"), "password": _("密码"), "remember": _("在这台设备上保持登录")}
        _plain(self, labels)
        self.fields["remember"].help_text = _("多久要重新登录，由本区规则按角色规定。")
        self.fields["login"].widget.attrs |= {"autocapitalize": "none", "spellcheck": "false"}


class PasswordAgainForm(ReauthenticateForm):
    """The password once more, before something that matters."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _plain(self, {"password": _("密码")})


class ChangePasswordForm(AllauthChangePasswordForm):
    """A new password, and whether programs that were let in must be let in anew."""

    end_tokens = forms.BooleanField(
        label=_("同时停用我创建的接口令牌"),
        required=False,
        help_text=_("怀疑密码泄露时请选。用这些令牌的程序马上连不上。"),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        labels = {"oldpassword": _("现在的密码"), "password1": _("新密码"), "password2": _("再输一遍新密码")}
        _plain(self, labels)
        self.fields["password1"].help_text = _("至少 8 个字符，不要容易猜到的。几个互不相干的词连起来，又长又好记。")
        if not ApiToken.objects.filter(created_by=self.user, revoked_at=None).exists():
            del self.fields["end_tokens"]

    def save(self) -> None:
        super().save()
        if self.cleaned_data.get("end_tokens"):
            end_of_maker(self.user, self.user)


class EmailForm(RefusableForm):
    """Another mailbox; the password shows that it is the owner who asks."""

    email = MailboxField(
        label=_("新的邮箱"),
        required=False,
        help_text=_("会发一封确认邮件到新的邮箱，同时通知旧的。确认以前旧的继续有效。留空则不再收邮件。"),
    )
    password = forms.CharField(
        label=_("现在的密码"), widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}), strip=False
    )

    def __init__(self, user: Any, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.user = user

    def clean_password(self) -> str:
        password: str = self.cleaned_data["password"]
        if not get_adapter().reauthenticate(self.user, password):
            raise get_adapter().validation_error("incorrect_password")
        return password


class ResetForm(RefusableForm):
    """Whose password was lost."""

    name = forms.CharField(
        label=_("用户名或邮箱"),
        max_length=150,
        widget=forms.TextInput(attrs={"autocomplete": "username", "autocapitalize": "none", "spellcheck": "false"}),
    )


class SignInFilter(forms.Form):
    """Narrows the log by the address."""

    q = forms.CharField(label=_("姓名或账号"), max_length=60, required=False)
    outcome = forms.ChoiceField(
        label=_("结果"), required=False, choices=[("", _("全部")), *SignInEvent.Outcome.choices]
    )
    since = forms.DateField(label=_("从"), required=False, widget=forms.DateInput(attrs={"type": "date"}))
    until = forms.DateField(label=_("到"), required=False, widget=forms.DateInput(attrs={"type": "date"}))


def _plain(form: forms.Form, labels: dict[str, Any]) -> None:
    """Our words, no help in the library's, and no words inside a field that vanish when one types."""
    for name, label in labels.items():
        field = form.fields[name]
        field.label, field.help_text = label, ""
        field.widget.attrs.pop("placeholder", None)
