"""Forms of supervision. They read what was typed; what is right is decided by the services."""

from typing import Any
from uuid import uuid4

from django import forms
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from accounts.areas.fields import AreaChoiceField
from accounts.district import examples
from supervision.findings.intake import MAX_ADDRESS, MAX_TEXT, MOST_PHOTOS
from supervision.findings.models import Category
from supervision.pages.kind_field import KindField
from ui.forms.mailboxes import MailboxField
from ui.forms.photos import ClaimField, PhotosField
from ui.forms.refusable import RefusableForm
from ui.forms.videos import VideoMixin
from ui.forms.widgets import COORDINATE


class ReportForm(VideoMixin, RefusableForm):
    """What I saw, in three steps: place, photo, what it is. One form for the public and for deputies.

    The place may be a position, an address, or the town alone (`public.geocoding`), so nothing of it is required here.
    """

    field_of = {"place": "lng"}

    client_id = forms.UUIDField(widget=forms.HiddenInput)
    secret = forms.CharField(widget=forms.HiddenInput, required=False, max_length=60)
    held = forms.CharField(widget=forms.HiddenInput, required=False, max_length=8000)
    photo_sha256 = ClaimField(keeps=True)
    seen_at = forms.DateTimeField(widget=forms.HiddenInput, required=False)
    """When it was written without signal, by the device's clock."""
    point = forms.CharField(widget=forms.HiddenInput, required=False, max_length=30)
    project = forms.CharField(widget=forms.HiddenInput, required=False, max_length=30)
    photos = PhotosField(
        most=MOST_PHOTOS,
        label=_("照片"),
        required=False,
        help_text=format_lazy(
            _("最多 {most} 张，JPEG、PNG 或 WebP。照片里的位置和设备信息会被清除。"), most=MOST_PHOTOS
        ),
    )
    drop_held = forms.BooleanField(label=_("不用这些照片"), required=False)
    lng = forms.FloatField(label=_("经度"), required=False, widget=forms.TextInput(attrs=COORDINATE))
    lat = forms.FloatField(label=_("纬度"), required=False, widget=forms.TextInput(attrs=COORDINATE))
    address = forms.CharField(
        label=_("地点"),
        required=False,
        max_length=MAX_ADDRESS,
        help_text=examples.fill_lazily(_("写到村、社区或路名，例如：%(place)s，桥东 50 米")),
    )
    choice = forms.CharField(required=False, max_length=20)
    town = AreaChoiceField()
    category = forms.ChoiceField(
        label=_("属于哪一类"),
        choices=Category.choices,
        initial=Category.ENVIRONMENT,
        widget=forms.RadioSelect,
        help_text=_("上面选了是什么问题的，不用再选。"),
    )
    kind = KindField()
    text = forms.CharField(
        label=_("看到了什么"),
        max_length=MAX_TEXT,
        widget=forms.Textarea(attrs={"rows": 5}),
        help_text=_("一事一报。写明现象、范围和时间，不要写他人的姓名和电话。"),
        error_messages={"required": _("请写明看到的情况。")},
    )
    email = MailboxField(
        label=_("电子邮箱（可不填）"),
        required=False,
        help_text=_("填了会把答复发到邮箱。不用于其他用途，任何公开页面都看不到。"),
        widget=forms.EmailInput(attrs={"autocomplete": "email"}),
    )
    anyway = forms.BooleanField(required=False, widget=forms.HiddenInput)
    """Sent although something alike was shown."""

    def __init__(self, *args: Any, with_account: bool = False, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if with_account:
            del self.fields["email"], self.fields["secret"]

    @staticmethod
    def fresh_number() -> str:
        """Return a new client number; the page that shows the form carries it, so a resend is recognised."""
        return str(uuid4())
