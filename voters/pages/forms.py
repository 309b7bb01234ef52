"""Forms of the voter's line. They read what was typed; what is right is decided by the services."""

from typing import Any
from uuid import uuid4

from django import forms
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from accounts.district import examples
from supervision.findings.intake import MOST_PHOTOS
from supervision.pages.kind_field import KindField
from supervision.public.private_links import fresh_secret
from ui.forms.honeypot import HoneypotMixin
from ui.forms.mailboxes import MailboxField
from ui.forms.photos import PhotosField
from ui.forms.refusable import RefusableForm, VersionedForm
from ui.forms.videos import VideoMixin
from voters.line.contacts import Reach
from voters.line.models import MAX_TEXT, Rating
from voters.line.services import MAX_ADDRESS, Written


class ReachMixin(forms.Form):
    """How to reach the voter."""

    reach = forms.ChoiceField(
        label=_("怎么联系您"), choices=Reach.choices, initial=Reach.NONE, widget=forms.RadioSelect
    )
    contact = forms.CharField(
        label=_("号码或邮箱"),
        required=False,
        max_length=120,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
        help_text=_("只有收信的代表看得到；转到联络站以后，联络站工作人员也看得到。加密保存，不公开、不导出。"),
    )


class WriteForm(HoneypotMixin, ReachMixin, VideoMixin, RefusableForm):
    """Three things: what, photos or a video, how to reach me. Kind and place may be left out."""

    field_order = ("text", "kind", "address", "photos", "video", "reach", "contact")

    client_id = forms.UUIDField(widget=forms.HiddenInput)
    secret = forms.CharField(widget=forms.HiddenInput, max_length=60)
    held = forms.CharField(widget=forms.HiddenInput, required=False, max_length=8000)
    text = forms.CharField(
        label=_("什么事"),
        max_length=MAX_TEXT,
        widget=forms.Textarea(attrs={"rows": 5}),
        help_text=_("一事一说：在哪里、是什么情况、希望怎样。不要写他人的姓名和电话。"),
        error_messages={"required": _("请写明是什么事。")},
    )
    kind = KindField()
    address = forms.CharField(
        label=_("在哪里（可不填）"),
        required=False,
        max_length=MAX_ADDRESS,
        help_text=examples.fill_lazily(_("例如：%(place)s，桥东 50 米")),
    )
    photos = PhotosField(
        most=MOST_PHOTOS,
        label=_("照片（可不填）"),
        required=False,
        help_text=format_lazy(_("最多 {most} 张。照片里的位置和设备信息会被清除。"), most=MOST_PHOTOS),
    )

    @staticmethod
    def fresh() -> dict[str, str]:
        """Return the numbers of a new message; the page carries them, so a resend is recognised."""
        return {"client_id": str(uuid4()), "secret": fresh_secret()}

    def written(self) -> Written:
        """Return what was typed."""
        return Written(**{name: self.cleaned_data[name] for name in ("text", "kind", "address", "reach", "contact")})


class SlipForm(ReachMixin, RefusableForm):
    """How to reach the visitor of a reception, and the numbers of the slip."""

    client_id = forms.UUIDField(widget=forms.HiddenInput)
    secret = forms.CharField(widget=forms.HiddenInput, max_length=60)


class SayForm(RefusableForm):
    """What the voter adds."""

    text = forms.CharField(label=_("补充说明"), max_length=MAX_TEXT, widget=forms.Textarea(attrs={"rows": 3}))


class RateForm(VersionedForm):
    """What the voter thinks of the answer."""

    rating = forms.ChoiceField(label=_("您满意吗"), choices=Rating.choices, widget=forms.RadioSelect)
    text = forms.CharField(
        label=_("想说的话（可不填）"), required=False, max_length=MAX_TEXT, widget=forms.Textarea(attrs={"rows": 2})
    )


class ReopenForm(VersionedForm):
    """What is not solved."""

    text = forms.CharField(label=_("哪里还没有解决"), max_length=MAX_TEXT, widget=forms.Textarea(attrs={"rows": 3}))


class AgainForm(RefusableForm):
    """Where the link goes."""

    email = MailboxField(label=_("电子邮箱"), widget=forms.EmailInput(attrs={"autocomplete": "email"}))


class LostForm(RefusableForm):
    """The number of a message and the telephone that was left with it."""

    number = forms.CharField(
        label=_("来信编号"), max_length=12, help_text=_("写信时页面上、回执上都有，以 X 开头。"),
        widget=forms.TextInput(attrs={"autocomplete": "off", "autocapitalize": "characters"}),
    )  # fmt: skip
    phone = forms.CharField(
        label=_("写信时留的手机号"), max_length=20,
        widget=forms.TextInput(attrs={"inputmode": "tel", "autocomplete": "tel"}),
    )  # fmt: skip


class StepForm(VersionedForm):
    """A step of deputies and stations, with its words."""

    def __init__(self, *args: Any, label: Any = "", required: bool = False, help_text: Any = "", **more: Any) -> None:
        super().__init__(*args, **more)
        if label:
            self.fields["text"] = forms.CharField(
                label=label,
                max_length=MAX_TEXT,
                required=required,
                help_text=help_text,
                widget=forms.Textarea(attrs={"rows": 4}),
            )


class DoorsForm(RefusableForm):
    """Doors and walls that get a code."""

    labels = forms.CharField(
        label=_("门牌、单元或墙面"),
        max_length=4000,
        widget=forms.Textarea(attrs={"rows": 5}),
        help_text=_("每行一个，例如：3 幢 2 单元。已有的不重复制作。"),
    )
