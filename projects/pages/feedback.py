"""Pages of feedback: the form, what became of it, the photo, and the staff's desk."""

from datetime import timedelta
from typing import Any

from django.contrib import messages
from django.db.models import Count, Prefetch
from django.forms import Form
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts import rules
from accounts.models import Role
from accounts.permissions import require_role
from accounts.rate_limits import Limit, address_of, spend
from geokit.refusal import BadInput, NotPermitted, StaleEdit, TooMany
from projects.covering.services import photo_for
from projects.feedback import services as feedback
from projects.feedback.models import Feedback, FeedbackEvent
from projects.pages.access import signed_in
from projects.pages.forms.feedback import FeedbackForm, ModerationForm, ReplyForm
from projects.pages.photos import photo_response
from projects.plan import queries
from ui.forms.photos import taken
from ui.forms.refusable import render_form
from ui.pagination import page_of
from ui.refusals import status_of_form

PAGE_SIZE = 20
GUESSES = Limit("feedback-link", 30, timedelta(hours=1))
State = Feedback.State


@require_http_methods(["GET", "HEAD", "POST"])
def write(request: HttpRequest, code: str) -> HttpResponse:
    """The form for feedback on one project; taken in, it leads to the writer's own page."""
    project = queries.get_project(request.user, code)
    sent = request.method == "POST"
    form = FeedbackForm(request.POST if sent else None, request.FILES if sent else None)
    context = {"project": project, "form": form}
    if not sent or not form.is_valid():
        return render_form(request, "projects/public/feedback_form.html", context)
    given = {name: form.cleaned_data[name] for name in ("text", "photo", "contact")}
    try:
        spend(Limit("feedback", rules.value("limits.feedback_hour"), timedelta(hours=1)), address_of(request))
        stored = feedback.submit_feedback(project, sender=request.user, form=form.cleaned_data["form_id"], **given)
    except (TooMany, BadInput) as refusal:
        form.show(refusal)
        return render_form(request, "projects/public/feedback_form.html", context)
    messages.success(request, _("收到了，谢谢。工作人员看过之后公开。"))
    address = reverse("projects:feedback_receipt", args=[feedback.receipt_token(stored)])
    return taken(request, address, form.arrivals)


@never_cache
@require_safe
def receipt(request: HttpRequest, token: str) -> HttpResponse:
    """The private page of who wrote a feedback. A wrong link is 404 and counted."""
    found = feedback.find_by_receipt(token)
    if found is None:
        spend(GUESSES, address_of(request))
        raise Http404
    replies = found.events.filter(verb=FeedbackEvent.Verb.REPLY)
    context = {"item": found, "replies": replies, "address": request.build_absolute_uri()}
    response = render(request, "projects/public/feedback_receipt.html", context)
    response["Referrer-Policy"] = "no-referrer"
    response["X-Robots-Tag"] = "noindex"
    return response


@require_safe
def photo(request: HttpRequest, pk: int, size: str = "") -> HttpResponseBase:
    """A feedback's photo, for whoever may see the feedback."""
    found = get_object_or_404(feedback.feedback_visible_to(request.user), pk=pk)
    return photo_response(request, photo_for(request.user, "feedback", found), small=size == "small")


@require_role(Role.STAFF)
@require_safe
def desk(request: HttpRequest) -> HttpResponse:
    """What waits to be looked at, the oldest first; what was decided, the newest first."""
    return _desk(request, _chosen(request))


@require_role(Role.STAFF)
@require_POST
def moderate(request: HttpRequest, pk: int) -> HttpResponse:
    """Show or hide one feedback."""
    item = get_object_or_404(feedback.feedback_decided_by(request.user), pk=pk)
    form = ModerationForm(request.POST)
    if not form.is_valid():
        return _desk(request, item.state, item, form)
    given, actor = form.cleaned_data, signed_in(request)
    try:
        if given["step"] == "show":
            feedback.show_feedback(pk, actor, given["version"])
        else:
            feedback.hide_feedback(pk, actor, given["version"], given["reason"])
    except (StaleEdit, BadInput) as refusal:
        form.show(refusal)
        return _desk(request, item.state, item, form)
    messages.success(request, _("已公开。") if given["step"] == "show" else _("已设为不公开，理由提出人看得到。"))
    return redirect("projects:feedback_desk")


@require_role(Role.STAFF, Role.OFFICER)
@require_POST
def reply(request: HttpRequest, pk: int) -> HttpResponse:
    """Answer below what was said: staff from the desk, the lead department from the project's page."""
    item = get_object_or_404(feedback.feedback_visible_to(request.user).select_related("project"), pk=pk)
    if not feedback.may_reply(request.user, item):
        raise Http404
    form = ReplyForm(request.POST)
    if not form.is_valid():
        messages.error(request, _("请写下回应。"))
        return _back(request, item)
    try:
        feedback.reply_to_feedback(pk, signed_in(request), form.cleaned_data["text"])
    except (NotPermitted, BadInput) as refusal:
        messages.error(request, refusal.message)
    else:
        messages.success(request, _("已回应。"))
    return _back(request, item)


def _back(request: HttpRequest, item: Feedback) -> HttpResponse:
    if feedback.may_moderate(request.user):
        return redirect("projects:feedback_desk")
    return redirect(f"{item.project.get_absolute_url()}#feedback-{item.pk}")


def _chosen(request: HttpRequest) -> str:
    wanted = request.GET.get("state", "")
    return wanted if wanted in State.values else State.WAITING


def _desk(request: HttpRequest, state: str, failed: Feedback | None = None, form: Form | None = None) -> HttpResponse:
    """The desk with one state's rows; with a form that failed, that row says why."""
    hers = feedback.feedback_decided_by(request.user)
    counts = dict(hers.order_by().values_list("state").annotate(n=Count("pk")))
    rows = hers.filter(state=state).select_related("project", "deputy").prefetch_related(
        Prefetch("events", FeedbackEvent.objects.filter(verb=FeedbackEvent.Verb.REPLY), to_attr="replies")
    )  # fmt: skip
    rows = rows.order_by("created_at", "pk") if state == State.WAITING else rows.order_by("-created_at", "-pk")
    context: dict[str, Any] = {
        "state": state,
        "states": [(value, label, counts.get(value, 0)) for value, label in State.choices],
        "page": page_of(request, rows, PAGE_SIZE),
        "failed": failed,
        "failed_form": form,
    }
    status = status_of_form(form) if form is not None else 200
    return render(request, "projects/public/feedback_desk.html", context, status=status)
