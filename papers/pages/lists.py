"""The list of papers, for everybody, and what can be narrowed in it."""

from typing import Any

from django import forms
from django.db.models import F
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy
from django.views.decorators.http import require_safe

from accounts.areas.fields import AreaChoiceField
from accounts.areas.filters import departments_shown, offer_departments
from accounts.congress.permissions import congresses_kept_by
from accounts.models import Department, Role
from accounts.permissions import Asker, has_role, role_of
from papers.register.models import Paper
from papers.register.permissions import papers_visible_to, seats_of
from papers.register.queries import filtered, for_lists
from papers.register.table import PAPERS
from projects.open_data.downloads import LICENCE, LICENCE_URL
from supervision.models import Category
from ui.pagination import page_of

PAGE_SIZE = 20
NEWEST = (F("submitted_at").desc(nulls_first=True), "-pk")
"""Drafts first, then the newest."""


class PaperFilter(forms.Form):
    """What the address of the list asks for."""

    q = forms.CharField(label=_("题目或编号"), required=False, max_length=60)
    kind = forms.ChoiceField(
        label=pgettext_lazy("paper", "种类"), required=False, choices=[("", _("全部")), *Paper.Kind.choices]
    )
    state = forms.ChoiceField(label=_("状态"), required=False, choices=[("", _("全部")), *PAPERS.choices()])
    category = forms.ChoiceField(label=_("类别"), required=False, choices=[("", _("全部")), *Category.choices])
    area = AreaChoiceField(every=True)
    department = forms.ModelChoiceField(
        Department.objects.all(), label=_("承办单位"), required=False, to_field_name="code", empty_label=_("全部")
    )
    year = forms.IntegerField(label=_("年份"), required=False, min_value=1990, max_value=2100)
    is_key = forms.BooleanField(label=_("只看重点督办"), required=False)

    def __init__(self, *args: Any, user: Asker, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        area: Any = self.fields["area"]
        area.offer(user)
        offer_departments(self, departments_shown(user))


def asked_papers(request: HttpRequest) -> tuple[PaperFilter, Any]:
    """Return the filter of the address and the papers that it leaves; a broken filter leaves none."""
    chosen = PaperFilter(request.GET, user=request.user)
    visible = papers_visible_to(request.user)
    return chosen, filtered(visible, request.user, **chosen.cleaned_data) if chosen.is_valid() else visible.none()


@require_safe
def paper_list(request: HttpRequest) -> HttpResponse:
    """Papers that this person may see; the public reads what is published."""
    chosen, found = asked_papers(request)
    user = request.user
    context = {
        "filter": chosen,
        "page": page_of(request, for_lists(found).order_by(*NEWEST), PAGE_SIZE),
        "total": papers_visible_to(user).count(),
        "may_begin": seats_of(user).exists(),
        "is_staff": has_role(user, Role.STAFF) and congresses_kept_by(user).exists(),
        "is_officer": role_of(user) == Role.OFFICER,
        "licence": LICENCE,
        "licence_url": LICENCE_URL,
        "is_narrowed": any(request.GET.values()),
    }
    return render(request, "papers/list.html", context)
