"""A form that anybody may send in, with a trap for programs."""

from django import forms
from django.utils.translation import gettext_lazy as _

from geokit.refusal import Refusal
from ui.photos import PhotoRefused


class PublicForm(forms.Form):
    """A form for everybody. `website` is a trap: people do not see it, programs fill it in."""

    website = forms.CharField(
        label=_("请不要填写"),
        required=False,
        widget=forms.TextInput(attrs={"autocomplete": "off", "tabindex": "-1"}),
    )

    def clean_website(self) -> str:
        if self.cleaned_data["website"]:
            raise forms.ValidationError(_("提交的内容像是程序填写的，没有收下。"))
        return ""

    def show(self, refusal: Refusal) -> None:
        """Put each error of `refusal` beside its field, the rest on top; what was typed stays."""
        if isinstance(refusal, PhotoRefused):
            self.add_error("photo", refusal.message)
        elif not refusal.errors:
            self.add_error(None, refusal.message)
        for error in refusal.errors:
            self.add_error(error.field if error.field in self.fields else None, error.message)
