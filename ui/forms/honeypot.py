"""A field that people do not see and programs fill in."""

from django import forms
from django.utils.translation import gettext_lazy as _


class HoneypotMixin(forms.Form):
    """For forms that anybody may send without an account. The field draws itself hidden (``as_field_group``)."""

    website = forms.CharField(
        label=_("请不要填写"),
        required=False,
        widget=forms.TextInput(attrs={"autocomplete": "off", "tabindex": "-1"}),
        template_name="ui/honeypot.html",  # type: ignore[call-arg]  # the stubs do not know it yet
    )

    def clean_website(self) -> str:
        if self.cleaned_data["website"]:
            raise forms.ValidationError(_("提交的内容像是程序填写的，没有收下。"), code="honeypot")
        return ""
