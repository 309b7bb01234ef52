"""`/work/audit/`: the trail on a page with filters, and as a file."""

from collections.abc import Iterator
from itertools import batched
from typing import Any

from django import forms
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from accounts.permissions import Asker, require_district_staff
from accounts.prepared.answers import table_or_wait
from geo_portal.audit_trail import verbs
from geo_portal.audit_trail.queries import chosen, entries_visible_to, lines, model_of
from ledger.models import AuditEntry
from ui.downloads import TABLE_FILES
from ui.forms.widgets import DayInput
from ui.pagination import page_of

PAGE_SIZE = 60
MOST_ROWS = 1_000_000
BATCH = 2_000


class AuditFilter(forms.Form):
    """Who, when, what; what cannot be understood counts as not said."""

    who = forms.CharField(label=gettext_lazy("操作人"), required=False, max_length=60)
    since = forms.DateField(label=gettext_lazy("从"), required=False, widget=DayInput)
    until = forms.DateField(label=gettext_lazy("到"), required=False, widget=DayInput)
    verb = forms.ChoiceField(label=gettext_lazy("动作"), required=False)
    object_type = forms.CharField(required=False, max_length=60, widget=forms.HiddenInput)
    object_id = forms.CharField(required=False, max_length=60, widget=forms.HiddenInput)

    def __init__(self, data: QueryDict) -> None:
        super().__init__(data)
        verb: forms.ChoiceField = self.fields["verb"]  # type: ignore[assignment]
        verb.choices = [("", _("全部")), *verbs.choices()]
        self.is_valid()

    @property
    def about(self) -> str:
        """The kind of thing that was asked for, in words."""
        model = model_of(self.cleaned_data.get("object_type") or "")
        return str(model._meta.verbose_name) if model else ""


@never_cache
@require_safe
@require_district_staff
def trail(request: HttpRequest) -> HttpResponse:
    """Who changed what, the newest first."""
    form = AuditFilter(request.GET)
    page = page_of(request, chosen(entries_visible_to(request.user), form.cleaned_data), PAGE_SIZE)
    query = request.GET.copy()
    query.pop("page", None)
    context = {"form": form, "page": page, "lines": lines(page), "query": query.urlencode()}
    return render(request, "audit_trail.html", context)


@never_cache
@require_safe
@require_district_staff
def download(request: HttpRequest, extension: str) -> HttpResponse:
    """What the page with the same filters shows, all its pages; a worker writes what is long."""
    if extension not in TABLE_FILES:
        raise Http404
    name = f"audit-{timezone.localdate()}.{extension}"
    found = _asked(request.user, request.GET)
    answer: Any = table_or_wait(request, "geo_portal.audit_trail.views.table", found, name)
    return answer


def _asked(reader: Asker, query: QueryDict) -> QuerySet[AuditEntry]:
    return chosen(entries_visible_to(reader), AuditFilter(query).cleaned_data)


def table(reader: Asker, query: QueryDict) -> Iterator[list[str]]:
    """The rows of the file, its head first."""
    yield [_("时间"), _("操作人"), _("动作"), _("对象类型"), _("对象"), _("改动")]
    entries = _asked(reader, query)[:MOST_ROWS].iterator(chunk_size=BATCH)
    for some in batched(entries, BATCH, strict=False):
        for line in lines(some):
            at = timezone.localtime(line.entry.at).strftime("%Y-%m-%d %H:%M:%S")
            yield [at, line.who, line.verb, line.kind, line.title, _("；").join(line.changes)]
