"""What is asked of the inbox by its address, and what is given with an act for many."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.areas.fields import AreaChoiceField
from accounts.areas.filters import areas_to_choose
from accounts.models import Department
from accounts.permissions import departments_visible_to, level_with
from geo_portal.work.inbox import Choice, Span
from ui.forms.refusable import RefusableForm

MOST_PAGES = 10**6


class InboxForm(forms.Form):
    """Reads the question from the address; what cannot be understood is left out."""

    q = forms.CharField(label=_("在待办里找"), required=False, max_length=60)
    kind = forms.SlugField(required=False)
    due = forms.ChoiceField(required=False, choices=[("", _("全部")), *Span.NAMES])
    area = AreaChoiceField(every=True)
    department = forms.ModelChoiceField(
        label=_("单位"),
        queryset=Department.objects.none(),
        to_field_name="code",
        required=False,
        empty_label=_("全部单位"),
    )
    law = forms.BooleanField(label=_("只看法定期限"), required=False)
    page = forms.IntegerField(required=False, min_value=1, max_value=MOST_PAGES)
    view = forms.ChoiceField(required=False, choices=[("", ""), ("following", "")])

    def __init__(self, user: Any, data: Any) -> None:
        super().__init__(data)
        towns: Any = self.fields["area"]
        towns.queryset = areas_to_choose(user).defer("geom")
        departments: Any = self.fields["department"]
        departments.queryset = departments_visible_to(user).filter(level_with(user, "area"))

    def choice(self) -> Choice:
        self.is_valid()
        given = self.cleaned_data
        return Choice(
            kind=given.get("kind") or "",
            span=given.get("due") or "",
            area=given.get("area"),
            page=given.get("page") or 1,
            following=given.get("view") == "following",
            words=" ".join((given.get("q") or "").split()),
            department=given.get("department"),
            law=bool(given.get("law")),
        )


class ActForm(RefusableForm):
    """What goes with an act for many; which of it is needed is the act's to say."""

    department = forms.ModelChoiceField(
        label=_("单位"), queryset=Department.objects.none(), required=False, empty_label=_("请选择")
    )
    text = forms.CharField(label=_("说明或理由"), required=False, max_length=500)

    def __init__(self, user: Any, data: Any = None) -> None:
        super().__init__(data, auto_id="act-%s")
        departments: Any = self.fields["department"]
        departments.queryset = departments_visible_to(user).filter(level_with(user, "area"))
