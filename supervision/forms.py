"""Forms of supervision. They read what was typed; what is right is decided by the services."""

from typing import Any
from uuid import uuid4

from django import forms
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from geokit.refusal import Refusal
from supervision.intake import MAX_ADDRESS, MAX_PHOTOS, MAX_TEXT
from supervision.models import Category

# The browser asks for a place before it sends, since it would forget the chosen photos on an error page.
COORDINATE = {"inputmode": "decimal", "autocomplete": "off", "required": True}
EMPTY_RATING = [("", _("请选择"))]


class RefusableForm(forms.Form):
    """A form that shows a service's refusal beside its fields and keeps what was typed."""

    use_required_attribute = True
    field_of: dict[str, str] = {}
    """Where an error belongs whose field has another name in the service."""

    def show(self, refusal: Refusal) -> None:
        """Put each error of `refusal` beside its field, the rest on top."""
        for error in refusal.errors:
            name = self.field_of.get(error.field, error.field)
            self.add_error(name if name in self.fields else None, error.message)
        if not refusal.errors:
            self.add_error(None, refusal.message)


class PhotosInput(forms.FileInput):
    """Several photos at once; a phone offers its camera and its album."""

    allow_multiple_selected = True

    def __init__(self) -> None:
        super().__init__(attrs={"multiple": True, "accept": "image/jpeg,image/png,image/webp"})

    def value_from_datadict(self, data: Any, files: Any, name: str) -> Any:
        return files.getlist(name) if hasattr(files, "getlist") else files.get(name)


class PhotosField(forms.Field):
    """A list of uploads; each is checked by its content when the finding is filed."""

    widget = PhotosInput

    def clean(self, value: Any) -> list:
        return list(value or [])


class ReportForm(RefusableForm):
    """What I saw, in three steps: photo, place, what it is."""

    field_of = {"place": "lng"}

    client_id = forms.UUIDField(widget=forms.HiddenInput)
    point = forms.CharField(widget=forms.HiddenInput, required=False, max_length=30)
    project = forms.CharField(widget=forms.HiddenInput, required=False, max_length=30)
    photos = PhotosField(
        label=_("照片"),
        required=False,
        help_text=format_lazy(
            _("最多 {most} 张，JPEG、PNG 或 WebP。照片里的位置和设备信息会被清除。"), most=MAX_PHOTOS
        ),
    )
    lng = forms.FloatField(label=_("经度"), required=False, widget=forms.TextInput(attrs=COORDINATE))
    lat = forms.FloatField(label=_("纬度"), required=False, widget=forms.TextInput(attrs=COORDINATE))
    address = forms.CharField(
        label=_("地点说明"),
        required=False,
        max_length=MAX_ADDRESS,
        help_text=_("可不填，例如：望春桥下游约 50 米，东岸"),
    )
    category = forms.ChoiceField(
        label=_("属于哪一类"), choices=Category.choices, initial=Category.ENVIRONMENT, widget=forms.RadioSelect
    )
    text = forms.CharField(
        label=_("看到了什么"),
        max_length=MAX_TEXT,
        widget=forms.Textarea(attrs={"rows": 5}),
        help_text=_("一事一报。写明现象、范围和时间，不要写他人的姓名和电话。"),
        error_messages={"required": _("请写明看到的情况。")},
    )

    @staticmethod
    def fresh_number() -> str:
        """Return a new client number; the page that shows the form carries it, so a resend is recognised."""
        return str(uuid4())
