"""Forms of partners, packages that are brought as files, answers, and webhooks."""

from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.areas.filters import departments_shown, offer_departments
from accounts.permissions import Asker
from exchange.register.models import Partner, Reply
from exchange.standard.kinds import KINDS
from exchange.webhooks.models import Subject
from ui.forms.refusable import RefusableForm, RefusableMixin
from ui.forms.widgets import DayInput


class PartnerForm(RefusableMixin, forms.ModelForm):
    """A partner; the secret is written and never shown again."""

    kinds = forms.MultipleChoiceField(
        label=_("发给对方的内容"), choices=[(kind.slug, kind.title) for kind in KINDS.values()], required=False,
        widget=forms.CheckboxSelectMultiple,
    )  # fmt: skip
    secret = forms.CharField(
        label=_("对方给的令牌"), max_length=200, required=False, strip=True, widget=forms.PasswordInput,
        help_text=_("登记本平台时对方看到的令牌。留空则不改，推送地址换了主机时要重新填写。"),
    )  # fmt: skip

    class Meta:
        model = Partner
        fields = ("origin", "name", "public_key", "url", "secret", "kinds", "is_internal", "is_active")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.instance.pk:
            del self.fields["origin"]
            self.fields["version"] = forms.IntegerField(widget=forms.HiddenInput, initial=self.instance.version)
        else:
            self.initial.setdefault("kinds", list(KINDS))


class PackageForm(RefusableForm):
    """A package as a file: first what it would change, then taken."""

    field_of = {"": "file"}
    file = forms.FileField(label=_("数据包"), help_text=_("对方导出的 zip 文件，最多 120 MB。"))
    take = forms.BooleanField(label=_("接收"), required=False, help_text=_("不勾选就只看会有哪些变化，什么也不改。"))


class ReplyForm(RefusableMixin, forms.ModelForm):
    """Our answer to a paper of another instance."""

    class Meta:
        model = Reply
        fields = ("department", "number", "text", "signer", "signed_on")
        widgets = {"signed_on": DayInput(), "text": forms.Textarea(attrs={"rows": 8})}

    def __init__(self, user: Asker, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offer_departments(self, departments_shown(user).order_by("name"))
        self.initial.setdefault("signed_on", timezone.localdate())


class WebhookForm(RefusableForm):
    """An address of another system, and which changes it is told of."""

    name = forms.CharField(label=_("名称"), max_length=60, help_text=_("例如：区数据平台"))
    url = forms.CharField(
        label=_("地址"), max_length=500, widget=forms.URLInput(attrs={"autocomplete": "off", "placeholder": "https://"}),
        help_text=_("只能是 https，主机须在管理员允许的名单里。"),
    )  # fmt: skip
    subjects = forms.MultipleChoiceField(
        label=_("通知哪些变化"), choices=Subject.choices, initial=Subject.values, widget=forms.CheckboxSelectMultiple,
        help_text=_("只通知您本人能看到的。"),
    )  # fmt: skip
