"""The inbox: what waits for the person who is signed in."""

from typing import Any
from uuid import uuid4

from django import forms
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from accounts.models import Area, Role
from accounts.people.permissions import may_keep_people
from accounts.permissions import areas_visible_to, is_district_staff, require_role, role_of
from backups import runs
from geo_portal.setup import steps
from geo_portal.work import inbox
from geo_portal.work.inbox import Choice, Span
from inspections.patrols.permissions import may_patrol
from supervision.permissions import may_report


class InboxForm(forms.Form):
    """Reads the question from the address; what cannot be understood is left out."""

    kind = forms.SlugField(required=False)
    due = forms.ChoiceField(required=False, choices=[("", _("全部")), *Span.NAMES])
    area = forms.ModelChoiceField(
        label=_("镇街"), queryset=Area.objects.none(), to_field_name="code", required=False, empty_label=_("全部镇街")
    )
    page = forms.IntegerField(required=False, min_value=1, max_value=inbox.MOST_PAGES)
    view = forms.ChoiceField(required=False, choices=[("", ""), ("following", "")])

    def __init__(self, user: Any, data: Any) -> None:
        super().__init__(data)
        towns: Any = self.fields["area"]
        towns.queryset = areas_visible_to(user).filter(level=Area.Level.TOWN)

    def choice(self) -> Choice:
        self.is_valid()
        given = self.cleaned_data
        return Choice(
            kind=given.get("kind") or "",
            span=given.get("due") or "",
            area=given.get("area"),
            page=given.get("page") or 1,
            following=given.get("view") == "following",
        )


@require_safe
@require_role()
def work(request: HttpRequest) -> HttpResponse:
    """What waits for this person, by role, the earliest due first."""
    form = InboxForm(request.user, request.GET)
    choice = form.choice()
    found = inbox.look(request.user, choice, timezone.localdate())
    context = {
        "inbox": found,
        "choice": choice,
        "form": form,
        "is_filtered": bool(choice.kind or choice.span or choice.area),
        "spans": [(span, title, found.counts.of(span)) for span, title in Span.NAMES],
        "page": Paginator(range(found.pages), 1).page(found.page),
        "may_keep_people": may_keep_people(request.user),
        "may_report": may_report(request.user),
        "may_patrol": may_patrol(request.user),
        "patrol_number": uuid4(),
        "backup_is_old": role_of(request.user) == Role.ADMIN and runs.is_old(),
        "setup_missing": steps.missing() if is_district_staff(request.user) else 0,
    }
    return render(request, "work.html", context)
