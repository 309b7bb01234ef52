"""Pages of the texts that a department keeps for its replies."""

from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.models import Role
from accounts.permissions import require_role
from geokit.refusal import Refusal
from supervision.reply_texts.filling import NAMES
from supervision.reply_texts.models import ReplyText
from supervision.reply_texts.services import MOST, delete_text, save_text, texts_of
from ui.forms.refusable import VersionedForm, posted, posted_version, render_form


class ReplyTextForm(VersionedForm):
    """A text and its name."""

    name = forms.CharField(label=_("名称"), max_length=40, help_text=_("例如：河面油污已清除"))
    text = forms.CharField(label=_("内容"), max_length=4000, widget=forms.Textarea(attrs={"rows": 10}))


@require_safe
@require_role(Role.OFFICER)
def text_list(request: HttpRequest) -> HttpResponse:
    """Every text of this person's department."""
    context = {"texts": texts_of(request.user), "most": MOST}
    return render(request, "supervision/reply_texts/list.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@require_role(Role.OFFICER)
def text(request: HttpRequest, pk: int | None = None) -> HttpResponse:
    """One text, or a new one."""
    found = get_object_or_404(texts_of(request.user), pk=pk) if pk else None
    form = ReplyTextForm(posted(request), initial=_initial(found))
    if request.method == "POST" and form.is_valid():
        try:
            save_text(request.user, pk, **form.cleaned_data)
        except Refusal as refusal:
            form.show(refusal)
        else:
            messages.success(request, gettext("常用答复已保存，写答复时可以选用。"))
            return redirect("supervision:reply_texts")
    context = {"form": form, "text": found, "names": [f"{{{name}}}" for name in NAMES]}
    return render_form(request, "supervision/reply_texts/text.html", context)


def _initial(found: ReplyText | None) -> dict[str, Any]:
    return {"version": found.version, "name": found.name, "text": found.text} if found else {"version": 0}


@require_POST
@require_role(Role.OFFICER)
def delete(request: HttpRequest, pk: int) -> HttpResponse:
    """Remove a text."""
    found = get_object_or_404(texts_of(request.user), pk=pk)
    try:
        delete_text(request.user, found.pk, version=posted_version(request))
    except Refusal as refusal:
        messages.error(request, refusal.message)
        return redirect("supervision:reply_text", pk)
    messages.success(request, gettext("常用答复已删除。"))
    return redirect("supervision:reply_texts")
