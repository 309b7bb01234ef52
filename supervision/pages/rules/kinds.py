"""Pages of the kinds of problem: all of them, and one with its history and the form for what counts next."""

import re
from datetime import date
from typing import Any

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods, require_safe

from accounts.models import Department, Role
from accounts.permissions import require_role
from geokit.refusal import Refusal
from supervision.findings.models import Category
from supervision.kinds.definition import ProblemKind, Unit, Urgency
from supervision.kinds.models import LONGEST
from supervision.kinds.queries import all_kinds, versions
from supervision.kinds.services import begin_version, may_keep_kinds
from ui.forms.refusable import RefusableForm, posted, render_form
from ui.icons import NAMES
from ui.text.slug import first_free, slug

CODE = re.compile(r"[a-z][a-z0-9-]{1,29}")
MOST_QUESTIONS = 5
NAME_LENGTH = 30


class KindForm(RefusableForm):
    """What counts for a kind from a day on."""

    name = forms.CharField(label=_("名称"), max_length=NAME_LENGTH)
    icon = forms.ChoiceField(label=_("图标"), choices=list(NAMES.items()))
    words = forms.CharField(
        label=_("常用说法"), max_length=300, required=False, widget=forms.Textarea(attrs={"rows": 2}),
        help_text=_("群众怎么说，就怎么写，用空格隔开。"),
    )  # fmt: skip
    questions = forms.CharField(
        label=_("提示的问题"), max_length=400, required=False, widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("每行一个，最多五个。"),
    )  # fmt: skip
    photos = forms.CharField(label=_("照片要求"), max_length=120, required=False)
    urgency = forms.ChoiceField(label=_("紧急程度"), choices=Urgency.choices)
    amount = forms.IntegerField(label=_("期限"), required=False, min_value=1, max_value=LONGEST)
    unit = forms.ChoiceField(
        label=_("单位"), choices=Unit.choices, help_text=_("比法定期限长的，按法定期限。按法定期限的不填数字。")
    )
    category = forms.ChoiceField(label=_("类别"), choices=Category.choices)
    department = forms.ModelChoiceField(
        Department.objects.all(), label=_("主办单位"), required=False, empty_label=_("按交办规则")
    )
    position = forms.IntegerField(label=_("排序"), min_value=0, max_value=9999, help_text=_("数字小的排在前面。"))
    is_active = forms.BooleanField(label=_("启用"), required=False)
    since = forms.DateField(
        label=_("启用日期"),
        widget=forms.DateInput(attrs={"type": "date"}),
        help_text=_("今天或以后；已经开始的期限不变。"),
    )
    reason = forms.CharField(label=_("修改理由"), max_length=200)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        kept = self.initial.get("icon")
        if kept and kept not in NAMES:  # chosen when every icon could be
            self.fields["icon"].choices = [*NAMES.items(), (kept, kept)]  # type: ignore[attr-defined]  # a ChoiceField

    def clean_questions(self) -> list[str]:
        """Return the questions, one a line."""
        lines = [line.strip() for line in self.cleaned_data["questions"].splitlines() if line.strip()]
        if len(lines) > MOST_QUESTIONS:
            raise forms.ValidationError(_("最多五个问题。"), code="too-many")
        return lines

    def facts(self) -> dict[str, Any]:
        """Return what the service takes of the kind itself."""
        return {name: value for name, value in self.cleaned_data.items() if name not in ("since", "reason")}


@require_safe
@require_role(Role.STAFF)
def kind_list(request: HttpRequest) -> HttpResponse:
    """Every kind with its clock, its category and who answers; `?new=` leads to the form of one of that name."""
    if wanted := request.GET.get("new", "").strip()[:NAME_LENGTH]:
        return redirect(reverse("supervision:kind", args=[_free_code(wanted)], query={"name": wanted}))
    rows = [(kind, Category(kind.category).label) for kind in all_kinds()]
    return render(request, "supervision/rules/kinds.html", {"rows": rows, "may_keep": may_keep_kinds(request.user)})


@require_http_methods(["GET", "HEAD", "POST"])
@require_role(Role.STAFF)
def kind(request: HttpRequest, code: str) -> HttpResponse:
    """One kind: its history, and for those who may the form. A code that is not known yet begins a new kind."""
    found = next((row for row in all_kinds(date.max) if row.code == code), None)
    if not CODE.fullmatch(code) or not may_keep_kinds(request.user):
        raise Http404
    form = KindForm(posted(request), initial=_initial(found, request.GET.get("name", "")[:NAME_LENGTH]))
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        try:
            begin_version(request.user, code, form.facts(), since=given["since"], reason=given["reason"])
        except Refusal as refusal:
            form.show(refusal)
        else:
            messages.success(request, gettext("已保存，从启用日期起使用。"))
            return redirect("supervision:kinds")
    context = {"form": form, "kind": found, "code": code, "versions": versions(code)}
    return render_form(request, "supervision/rules/kind.html", context)


def _free_code(name: str) -> str:
    """A code for a new kind that no kind has; it stays when the name changes."""
    stem = slug(name, most=26)
    stem = stem if CODE.fullmatch(stem) else "kind"
    return first_free(stem, {row.code for row in all_kinds(date.max)})


def _initial(found: ProblemKind | None, name: str = "") -> dict[str, Any]:
    today = timezone.localdate()
    if found is None:
        return {
            "name": name,
            "since": today,
            "is_active": True,
            "position": 500,
            "unit": Unit.WORKDAYS,
            "urgency": Urgency.ORDINARY,
        }
    names = ("name", "icon", "words", "photos", "urgency", "amount", "unit", "category", "department", "position")
    shown = {name: getattr(found, name) for name in (*names, "is_active")}
    return shown | {"questions": "\n".join(found.questions), "since": today}
