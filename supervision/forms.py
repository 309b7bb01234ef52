"""Forms of supervision. They read what was typed; what is right is decided by the services."""

from typing import Any
from uuid import uuid4

from django import forms
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from accounts.models import Department
from geokit.refusal import Refusal
from supervision.intake import MAX_ADDRESS, MAX_PHOTOS, MAX_TEXT
from supervision.models import Category, Suggestion, SuggestionEvent
from supervision.workflow import Verb

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


class StepForm(RefusableForm):
    """One step of a suggestion, with the version that the person saw."""

    version = forms.IntegerField(widget=forms.HiddenInput)


def _text(label: Any, help_text: Any = "", *, required: bool = True) -> forms.CharField:
    return forms.CharField(
        label=label, help_text=help_text, required=required, max_length=5000, widget=forms.Textarea(attrs={"rows": 4})
    )


class AssignForm(StepForm):
    department = forms.ModelChoiceField(Department.objects.all(), label=_("主办单位"), required=False)
    wide = forms.BooleanField(
        label=_("涉及面广、处理难度大，答复期限六个月"),
        required=False,
        help_text=_("一般事项为三个月(代表法第五十一条)。"),
    )
    text = _text(_("交办意见"), required=False)


class ReturnForm(StepForm):
    text = _text(_("退回理由"), _("写明应由哪个单位办理、依据是什么。"), required=False)


class ReplyForm(StepForm):
    text = _text(_("答复内容"), _("办了什么、结果如何；未办成的写明原因和打算。"), required=False)
    result = forms.ChoiceField(
        label=_("办理结果"), choices=[("", _("请选择")), *Suggestion.Result.choices], required=False
    )


class RateForm(StepForm):
    handling = forms.ChoiceField(
        label=_("对办理工作"), choices=[*EMPTY_RATING, *SuggestionEvent.Satisfaction.choices], required=False
    )
    outcome = forms.ChoiceField(
        label=_("对办理结果"),
        choices=[*EMPTY_RATING, *SuggestionEvent.Satisfaction.choices],
        required=False,
        help_text=_("不满意的，退回原单位重新办理一次，一个月内再答复。"),
    )
    text = _text(_("意见"), _("不满意时请写明哪些问题还没有解决。"), required=False)


class UrgeForm(StepForm):
    text = _text(_("催办说明"), required=False)


STEP_FORMS: dict[Verb, type[StepForm]] = {
    Verb.ASSIGN: AssignForm,
    Verb.RETURN: ReturnForm,
    Verb.REPLY: ReplyForm,
    Verb.RATE: RateForm,
    Verb.URGE: UrgeForm,
}
