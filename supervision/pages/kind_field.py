"""The field that asks what kind of problem it is: pictures to pick from, narrowed by typing where there is a script."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from supervision.kinds.queries import kinds


class KindPicker(forms.Widget):
    """Radio buttons with pictures; the page has every kind with its words, so typing asks nobody."""

    template_name = "supervision/kind_picker.html"
    use_fieldset = True

    def id_for_label(self, id_: str | None, index: str | None = None) -> str:
        """The list is no control of its own: an error leads to the group."""
        return ""

    def get_context(self, name: str, value: Any, attrs: Any) -> dict[str, Any]:
        context = super().get_context(name, value, attrs)
        return context | {"kinds": kinds(), "chosen": str(value or "")}


class KindField(forms.CharField):
    """The code of a kind that may be chosen today; empty where none was. A code that is none is an error."""

    widget = KindPicker

    def __init__(self, **more: Any) -> None:
        given: dict[str, Any] = {"label": _("是什么问题"), "required": False, "max_length": 30} | more
        super().__init__(**given)

    def clean(self, value: Any) -> str:
        code = str(super().clean(value))
        if code and not any(kind.code == code for kind in kinds()):
            raise forms.ValidationError(_("没有这个种类，请重新选择。"), code="unknown")
        return code
