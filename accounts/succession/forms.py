"""Forms of handing over: who takes it on, and the confirmation of what was shown."""

from typing import Any

from django import forms
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from accounts.directory.models import User
from ui.forms.refusable import RefusableForm


class SuccessorForm(RefusableForm):
    """Whom the things go to; asked by GET, so that the list has an address."""

    field_of = {"": "to"}

    to = forms.ModelChoiceField(label=_("接替人"), queryset=User.objects.none(), empty_label=_("请选择"))
    double = forms.BooleanField(
        label=_("是同一个人的另一个账号"),
        required=False,
        help_text=_("重复的账号合并到接替人：席位一起过去，这个账号停用。不能撤销；以前做过的事仍记在原账号名下。"),
    )

    def __init__(self, people: QuerySet[User], *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field: Any = self.fields["to"]
        field.queryset = people
        field.label_from_instance = lambda user: f"{user}（{user.username}）"


class ConfirmForm(RefusableForm):
    """What was shown is what is confirmed."""

    seen = forms.CharField(widget=forms.HiddenInput, max_length=20)
    close = forms.BooleanField(label=_("同时停用原账号"), required=False)
