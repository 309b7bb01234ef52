"""Pages that take one text: an objection to a delisting, the answer to it, the word for a photo, why one is covered."""

from collections.abc import Callable
from typing import Any

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from accounts.models import Role
from accounts.permissions import require_role
from geokit.refusal import NotPermitted, Refusal
from river_monitoring.points.models import MonitoringPoint
from river_monitoring.points.permissions import points_visible_to
from river_monitoring.rectification import covering, objections, vouching
from river_monitoring.rectification.given_words import MAX_WORDS
from river_monitoring.rectification.models import Objection
from river_monitoring.rectification.permissions import evidence_visible_to
from ui.forms.refusable import RefusableForm, render_form


class WordsForm(RefusableForm):
    """One text."""

    field_of = {"reason": "words"}
    words = forms.CharField(label=gettext_lazy("内容"), max_length=MAX_WORDS, widget=forms.Textarea(attrs={"rows": 6}))


@require_role(Role.DEPUTY, Role.STAFF)
@require_http_methods(["GET", "HEAD", "POST"])
def object_to(request: HttpRequest, code: str) -> HttpResponse:
    """Object to the delisting of a point."""
    point = get_object_or_404(points_visible_to(request.user), code=code)
    if not objections.may_object(request.user, point):
        raise Http404
    page = {
        "title": _("对销号提出异议"),
        "help": _("异议和答复都公开，不能撤回。验收单位答复之前，这个点位不能销号。"),
        "button": _("提出异议"),
    }
    return _words(request, point, page, lambda words: objections.object_to(point.pk, request.user, words))


@require_role(Role.OFFICER)
@require_http_methods(["GET", "HEAD", "POST"])
def answer(request: HttpRequest, pk: int) -> HttpResponse:
    """Answer an objection for the accepting body."""
    objection = get_object_or_404(Objection, pk=pk, answer=None, point__in=points_visible_to(request.user))
    if not objections.may_answer(request.user, objection.point):
        raise Http404
    page = {"title": _("答复异议"), "quoted": objection.reason, "help": _("答复公开，不能更改。"), "button": _("答复")}
    return _words(request, objection.point, page, lambda words: objections.answer_objection(pk, request.user, words))


@require_role(Role.OFFICER)
@require_http_methods(["GET", "HEAD", "POST"])
def vouch(request: HttpRequest, pk: int) -> HttpResponse:
    """Vouch for a photo that does not say where or when it was taken."""
    piece = get_object_or_404(evidence_visible_to(request.user).select_related("event__point"), pk=pk)
    if not vouching.may_vouch(request.user, piece):
        raise Http404
    page = {
        "title": _("说明照片的拍摄位置和时间"),
        "photo": piece,
        "help": _("照片里没有写全拍摄位置和时间。请写明凭什么认定拍的是这个点位、这个时间；说明公开，并写进验收单。"),
        "button": _("提交说明"),
    }
    return _words(request, piece.event.point, page, lambda words: vouching.vouch_for(pk, request.user, words))


@require_role(Role.OFFICER, Role.STAFF)
@require_http_methods(["GET", "HEAD", "POST"])
def cover(request: HttpRequest, pk: int) -> HttpResponse:
    """Take a photo out of sight."""
    found = evidence_visible_to(request.user).filter(cover=None).select_related("event__point__area")
    piece = get_object_or_404(found, pk=pk)
    if not covering.may_cover(request.user, piece):
        raise Http404
    page = {
        "title": _("遮盖这张照片"),
        "photo": piece,
        "help": _(
            "公众不再看到照片，只看到已遮盖和理由；照片仍是佐证，由工作人员、责任部门和验收单位查看。遮盖不能撤回。"
        ),
        "button": _("遮盖"),
    }
    return _words(request, piece.event.point, page, lambda words: covering.cover(pk, request.user, words))


def _words(
    request: HttpRequest, point: MonitoringPoint, page: dict[str, Any], write: Callable[[str], object]
) -> HttpResponse:
    """The page, and what was written on it; a refusal stands beside the text, which is kept."""
    form = WordsForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        try:
            write(form.cleaned_data["words"])
        except NotPermitted:
            raise
        except Refusal as refusal:
            form.show(refusal)
        else:
            messages.success(request, _("已记录。"))
            return redirect(f"{point.get_absolute_url()}#objections")
    return render_form(request, "river/words.html", {"form": form, "point": point, **page})
