"""Forms about a layer of the catalogue: what is said of it, and who may see it."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.areas.filters import departments_around, offer_departments
from layers.catalogue.publication import REQUIRED
from layers.storage.columns import columns_from
from layers.storage.models import Layer
from ui.forms.refusable import RefusableMixin
from ui.forms.widgets import DayInput


class LayerForm(RefusableMixin, forms.ModelForm):
    """What people say about a layer. It can be taken back inside here; opening it has a page of its own."""

    revision = forms.IntegerField(widget=forms.HiddenInput)

    class Meta:
        model = Layer
        fields = [
            "title", "description", "visibility", "source", "data_date", "licence", "review_number", "department",
            "expected_days",
        ]  # fmt: skip
        widgets = {
            "visibility": forms.RadioSelect,
            "description": forms.Textarea(attrs={"rows": 3}),
            "data_date": DayInput,
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offer_departments(self, departments_around(self.instance.area))
        self.initial["revision"] = self.instance.revision

    def renew(self, revision: int) -> None:
        """After a stale edit: saving again is a decision about the newer revision."""
        self.data = {**self.data, "revision": str(revision)}

    def clean(self) -> dict[str, Any]:
        """What the public sees keeps everything that had to be said before it was opened."""
        given = super().clean() or {}
        if given.get("visibility") == Layer.Visibility.PUBLIC:
            for name, why in REQUIRED.items():
                if name in self.fields and not given.get(name):
                    self.add_error(name, forms.ValidationError(why, code="required"))
        return given

    def clean_visibility(self) -> str:
        wanted = self.cleaned_data["visibility"]
        if wanted == Layer.Visibility.PUBLIC != self.initial.get("visibility"):
            raise forms.ValidationError(_("公开之前要核对内容：请用“公开这个图层”。"), code="publish-page")
        return wanted


class PublishForm(RefusableMixin, forms.ModelForm):
    """What becomes public, and what must be said about it."""

    field_of = {"not-confirmed": "confirmed"}

    public_fields = forms.MultipleChoiceField(
        label=_("公开哪些字段"), required=False, widget=forms.CheckboxSelectMultiple
    )
    confirmed = forms.BooleanField(label=_("我确认上面列出的内容可以向公众公开"), required=False)
    revision = forms.IntegerField(widget=forms.HiddenInput)

    class Meta:
        model = Layer
        fields = list(REQUIRED)
        widgets = {"data_date": DayInput}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        layer: Layer = self.instance
        offer_departments(self, departments_around(layer.area))
        columns = columns_from(layer.current_version.fields if layer.current_version else [])
        field = self.fields["public_fields"]
        if isinstance(field, forms.MultipleChoiceField):
            field.choices = [(column.name, column.label) for column in columns]
        names = [column.name for column in columns]
        chosen = names if layer.public_fields is None else layer.public_fields
        self.initial.setdefault("public_fields", chosen)
        self.initial["revision"] = layer.revision
        for name in REQUIRED:
            self.fields[name].label_suffix = ""

    def renew(self, revision: int) -> None:
        """After a stale edit: what was chosen stays, and saving again is a decision about the newer revision."""
        self.data = {**self.data, "public_fields": self.cleaned_data["public_fields"], "revision": str(revision)}
