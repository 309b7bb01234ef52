"""What a citizen says of a project, and what staff fill in at the desk where feedback is looked at."""

from typing import Any
from uuid import uuid4

from django import forms
from django.utils.translation import gettext_lazy as _

from ui.forms.honeypot import HoneypotMixin
from ui.forms.photos import ClaimedPhotosMixin
from ui.forms.refusable import RefusableForm, VersionedForm
from ui.forms.widgets import PhotoInput


class FeedbackForm(HoneypotMixin, ClaimedPhotosMixin, RefusableForm):
    """What somebody sees at a project, with a photo."""

    text = forms.CharField(
        label=_("您看到的情况或意见"),
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 5}),
        help_text=_("请不要写人名、电话和门牌号。最多 1000 字。"),
        error_messages={"required": _("请写下您看到的情况或意见。")},
    )
    photo = forms.FileField(
        label=_("照片"),
        required=False,
        widget=PhotoInput,
        help_text=_("可不附。JPEG、PNG 或 WebP，不超过 15 MB；照片里的拍摄位置等信息会被去掉。"),
    )
    contact = forms.CharField(
        label=_("联系方式"),
        max_length=80,
        required=False,
        widget=forms.TextInput(attrs={"autocomplete": "email"}),
        help_text=_("可不填。只有工作人员看得到。"),
    )
    form_id = forms.UUIDField(widget=forms.HiddenInput, required=False, initial=uuid4)
    field_order = ["text", "photo", "contact", "website"]


class ModerationForm(VersionedForm):
    """Show or hide one feedback."""

    step = forms.ChoiceField(choices=[("show", _("公开")), ("hide", _("不公开"))])
    reason = forms.CharField(label=_("不公开的理由"), max_length=200, required=False)

    def clean(self) -> dict[str, Any]:
        given = super().clean() or {}
        if given.get("step") == "hide" and not given.get("reason", "").strip():
            self.add_error("reason", _("请写明不公开的理由，提出人看得到。"))
        return given


class ReplyForm(forms.Form):
    """An answer below what was said."""

    text = forms.CharField(
        label=_("回应"), max_length=1000, widget=forms.Textarea(attrs={"rows": 3}),
        error_messages={"required": _("请写下回应。")},
    )  # fmt: skip
