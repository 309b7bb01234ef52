"""Forms of patrols. They read what was typed; what is right is decided by the services."""

from typing import Any, Self
from uuid import uuid4

from django import forms
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from accounts.permissions import Asker
from inspections.patrols.models import Capacity, PatrolFinding
from river_monitoring.models import River
from river_monitoring.permissions import rivers_visible_to
from supervision.findings.intake import MAX_TEXT, MOST_PHOTOS
from supervision.models import Category
from ui.forms.photos import ClaimedPhotosMixin, PhotosField
from ui.forms.refusable import RefusableForm
from ui.forms.widgets import COORDINATE


class StartForm(RefusableForm):
    """As whom, and along which water."""

    client_id = forms.UUIDField(widget=forms.HiddenInput)
    capacity = forms.ChoiceField(label=_("以什么身份巡查"), choices=Capacity.choices, initial=Capacity.DEPUTY)
    river = forms.ModelChoiceField(
        label=_("巡查哪条河"),
        queryset=River.objects.all(),
        to_field_name="code",
        required=False,
        empty_label=_("不限一条河"),
        help_text=_("经过了哪些河由轨迹算出，这里只写打算。"),
    )

    @classmethod
    def offered_to(cls, user: Asker, **more: Any) -> Self:
        form = cls(**more)
        form.offer(user)
        return form

    @classmethod
    def fresh(cls, user: Asker) -> Self:
        return cls.offered_to(user, initial={"client_id": str(uuid4())})

    def offer(self, user: Asker) -> None:
        """Let her choose among the waters of her own district."""
        self.fields["river"].queryset = rivers_visible_to(user)  # type: ignore[attr-defined]


class StopForm(RefusableForm):
    """What is to be said at the end."""

    note = forms.CharField(
        label=_("巡查小结（可不填）"), required=False, max_length=1000, widget=forms.Textarea(attrs={"rows": 3})
    )


class FoundForm(ClaimedPhotosMixin, RefusableForm):
    """What was found: what it is, where, and what it looks like."""

    field_of = {"place": "lng"}

    client_id = forms.UUIDField(widget=forms.HiddenInput)
    seen_at = forms.DateTimeField(widget=forms.HiddenInput, required=False)
    """When it was kept without signal, by the phone's clock."""
    point = forms.CharField(widget=forms.HiddenInput, required=False, max_length=30)
    kind = forms.ChoiceField(
        label=_("发现了什么"), choices=PatrolFinding.Kind.choices, widget=forms.RadioSelect,
        error_messages={"required": _("请选择发现的类型。")},
    )  # fmt: skip
    photos = PhotosField(
        most=MOST_PHOTOS,
        label=_("照片"),
        required=False,
        help_text=format_lazy(
            _("最多 {most} 张。照片里的时间和位置先用来核对，再从照片中清除；核对结果只给经办的人看。"),
            most=MOST_PHOTOS,
        ),
    )
    lng = forms.FloatField(label=_("经度"), required=False, widget=forms.TextInput(attrs=COORDINATE))
    lat = forms.FloatField(label=_("纬度"), required=False, widget=forms.TextInput(attrs=COORDINATE))
    text = forms.CharField(
        label=_("情况说明"),
        max_length=MAX_TEXT,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text=_("写明现象和范围，不要写他人的姓名和电话。"),
        error_messages={"required": _("请写明看到的情况。")},
    )

    @staticmethod
    def fresh_number() -> str:
        return str(uuid4())


class SendForm(RefusableForm):
    """Under which topic it is sent on."""

    category = forms.ChoiceField(label=_("属于哪一类"), choices=Category.choices, initial=Category.ENVIRONMENT)


def given(form: forms.Form, *names: str) -> dict[str, Any]:
    """The cleaned fields of these names."""
    return {name: form.cleaned_data[name] for name in names}
