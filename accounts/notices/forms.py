"""Forms of notices."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.directory.models import Department
from accounts.notices.models import ALWAYS, QUIET_FROM, QUIET_UNTIL, NoticePreference, Robot, Topic
from ui.forms.refusable import RefusableForm
from ui.forms.shadowed import ShadowedNames

MUTABLE = [topic for topic in Topic.choices if topic[0] not in {Topic.DIGEST, *ALWAYS}]
"""What is said about one's own account always goes out: whoever has taken it over must not be able to silence that."""


def _clock() -> forms.TimeInput:
    return forms.TimeInput(attrs={"type": "time"}, format="%H:%M")


class PreferenceForm(forms.ModelForm):
    """How I want to be told."""

    muted = forms.MultipleChoiceField(
        label=_("这些主题只在站内通知"), choices=MUTABLE, required=False, widget=forms.CheckboxSelectMultiple
    )

    class Meta:
        model = NoticePreference
        fields = ["mail", "muted", "quiet_from", "quiet_until", "digest"]
        widgets = {"mail": forms.RadioSelect, "quiet_from": _clock(), "quiet_until": _clock()}
        help_texts = {
            "quiet_from": _("免打扰时段里的邮件等到时段结束再发。开始和结束相同表示不设免打扰。"),
            "digest": _("每天早上一封：哪些事快到期、哪些已超期、哪些通知没读。没有内容的日子不发。"),
        }


class RobotForm(ShadowedNames, forms.Form):
    """A group's robot, or another system's address."""

    name = forms.CharField(label=_("名称"), max_length=60, help_text=_("例如：区水利局河道科钉钉群"))
    form = forms.ChoiceField(label=_("格式"), choices=Robot.Form.choices, widget=forms.RadioSelect)
    department = forms.ModelChoiceField(
        label=_("部门"), queryset=Department.objects.all(), required=False, empty_label=_("人大机关")
    )
    url = forms.CharField(
        label=_("地址"),
        max_length=500,
        widget=forms.URLInput(attrs={"autocomplete": "off", "placeholder": "https://"}),
        help_text=_("群机器人设置里给出的 Webhook 地址。只能是 https，主机须在管理员允许的名单里。保存后不再显示。"),
    )
    secret = forms.CharField(
        label=_("加签密钥"),
        max_length=200,
        required=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "off"}),
        help_text=_("钉钉选“加签”后给出的 SEC 开头的一串；企业微信不用填。保存后不再显示。"),
    )
    quiet_from = forms.TimeField(label=_("免打扰开始"), initial=QUIET_FROM, widget=_clock())
    quiet_until = forms.TimeField(label=_("免打扰结束"), initial=QUIET_UNTIL, widget=_clock())

    def __init__(self, user: Any, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.user = user
        if user.role != "admin":
            del self.fields["department"]

    def clean(self) -> dict[str, Any]:
        given = super().clean() or self.cleaned_data
        if self.user.role == "officer":
            given["department"] = self.user.department
        return given


class AddressForm(RefusableForm):
    """An address of one's own on a channel, which says what the field is called."""

    address = forms.CharField(max_length=64, widget=forms.TextInput(attrs={"autocomplete": "off"}))

    def __init__(self, own: Any, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.own = own
        self.fields["address"].label, self.fields["address"].help_text = own.field, own.help

    def filled(self, data: Any) -> "AddressForm":
        return AddressForm(self.own, data, auto_id=self.auto_id)


class CodeForm(RefusableForm):
    """The code that came."""

    code = forms.CharField(
        label=_("验证码"),
        max_length=10,
        widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "one-time-code"}),
    )

    def filled(self, data: Any) -> "CodeForm":
        return CodeForm(data)


class WantedForm(RefusableForm):
    """When messages go to an address."""

    WHEN = (
        (NoticePreference.Mail.AT_ONCE, _("每件事立即发送")),
        (NoticePreference.Mail.DAILY, _("只发每日提要")),
        (NoticePreference.Mail.NEVER, _("先不发")),
    )
    wanted = forms.ChoiceField(label=_("什么时候发"), choices=WHEN, widget=forms.RadioSelect)

    def filled(self, data: Any) -> "WantedForm":
        return WantedForm(data)
