"""What everybody sees: the list, a questionnaire with its form, and what became of it."""

import secrets
from datetime import timedelta
from typing import Any

from django.contrib import messages
from django.db.models import Case, Value, When
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from accounts import rules
from accounts.models import Role
from accounts.permissions import has_role
from accounts.rate_limits import Limit, address_of, network_of, spend
from geokit.refusal import BadInput, Refusal, StaleEdit, refuse
from questions.answering import services
from questions.answering.models import PublishedAnswer
from questions.answering.services import Sender
from questions.pages.forms import AnswerForm
from questions.pages.results import results_context
from questions.register.about import about_of
from questions.register.form import read_questions
from questions.register.models import Questionnaire
from questions.register.permissions import is_asked, keeps, questionnaires_visible_to
from questions.register.table import TABLE, Status
from supervision.public.rate_limits import spend_guess
from ui.forms.refusable import render_form
from ui.pagination import page_of
from ui.private_pages import private_page

COOKIE = "asked"
COOKIE_DAYS = 400
MOST_PUBLISHED = 200
HOUR = timedelta(hours=1)


def questionnaire_or_404(request: HttpRequest, pk: int) -> Questionnaire:
    """Return a questionnaire that this person may read; missing and hidden look the same."""
    rows = questionnaires_visible_to(request.user).select_related("area", "for_area", "group")
    return get_object_or_404(rows, pk=pk)


@require_safe
def questionnaire_list(request: HttpRequest) -> HttpResponse:
    """Questions to the people: the open ones first, then what closed last before the rest."""
    rows = questionnaires_visible_to(request.user).select_related("area").exclude(state=Status.DROPPED)
    chosen = request.GET.get("state", "")
    rows = rows.filter(state__in=TABLE.in_group(chosen)) if chosen in ("open", "waiting", "answered") else rows
    is_over = Case(When(state=Status.OPEN, closes_at__gt=timezone.now(), then=Value(0)), default=Value(1))
    context = {
        "page": page_of(request, rows.order_by(is_over, "-closes_at", "-pk"), 20),
        "chosen": chosen,
        "may_make": has_role(request.user, Role.STAFF),
    }
    return render(request, "questions/list.html", context)


@require_safe
def petitions(request: HttpRequest) -> HttpResponse:
    """What a petition (信访) is, and where it goes; where everything else goes."""
    return render(request, "questions/petitions.html")


@require_safe
def contributions(request: HttpRequest) -> HttpResponse:
    """How to send in a contribution: by the same form as every report."""
    return render(request, "questions/contributions.html")


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def questionnaire(request: HttpRequest, pk: int) -> HttpResponse:
    """One questionnaire: its form while it is open, what became of it afterwards."""
    found = questionnaire_or_404(request, pk)
    form = _form_of(request, found)
    if form is not None and form.is_bound:
        try:
            return _answered(request, found, form)
        except Refusal as refusal:
            form.is_valid()
            if isinstance(refusal, BadInput | StaleEdit):  # who is refused for another reason gets no work done
                form.keep_photos()
            form.show(refusal)
    return _shown(request, found, form)


def _shown(request: HttpRequest, found: Questionnaire, form: AnswerForm | None) -> HttpResponse:
    context = _context(request, found, form)
    if form is None:
        return render(request, "questions/questionnaire.html", context)
    return render_form(request, "questions/questionnaire.html", context)


@never_cache
@require_safe
def by_code(request: HttpRequest, code: str) -> HttpResponse:
    """What a printed code leads to: its questionnaire with the code filled in. A guess is not there, and is counted."""
    rows = questionnaires_visible_to(request.user).select_related("area", "for_area", "group")
    found = rows.filter(codes__code=code.lower()).first() if "\0" not in code else None
    if found is None:
        spend_guess(request)
        raise Http404
    return private_page(_shown(request, found, _form_of(request, found, code.lower())))


def _form_of(request: HttpRequest, found: Questionnaire, code: str = "") -> AnswerForm | None:
    """Return what was sent, also where it comes too late; the empty form where answers are taken."""
    if request.method == "POST":
        return AnswerForm(request.POST, request.FILES or None, **_questions_of(found))
    if not services.takes_answers(found):
        return None
    form = AnswerForm(**_questions_of(found))
    form.initial["code"] = code
    return form


def _questions_of(found: Questionnaire) -> dict[str, Any]:
    newest = services.newest_form(found)
    return {
        "questionnaire": found,
        "questions": read_questions(newest.questions) if newest else [],
        "number": newest.number if newest else 0,
    }


def _sender(request: HttpRequest, code: str = "") -> Sender:
    browser = request.COOKIES.get(COOKIE, "")[:64] or secrets.token_urlsafe(24)
    return Sender(user=request.user, browser=browser, code=code, address=address_of(request))


def _answered(request: HttpRequest, found: Questionnaire, form: AnswerForm) -> HttpResponse:
    most = int(rules.value("limits.answers_address_hour"))
    address = address_of(request)
    spend(Limit("answers-address", most, HOUR), f"{found.pk}>{address}")
    most = int(rules.value("limits.answers_network_hour"))
    spend(Limit("answers-network", most, HOUR), f"{found.pk}>{network_of(address) or address}")
    form.is_valid()
    given = form.cleaned_data
    if form.errors.keys() & {"client_id", "form_number", "website", "area"}:
        raise refuse("", "bad-form", _("填写的内容有 %d 处需要修改。") % len(form.errors))
    sender = _sender(request, str(given.get("code") or form.data.get("code", ""))[:40])
    services.answer(
        found, sender, form.typed(), client_id=given["client_id"], form_number=given["form_number"],
        area=given.get("area"),
    )  # fmt: skip
    form.forget_photos()
    messages.success(request, _("已收到您的答卷，谢谢。截止以后，采纳情况会公布在这一页。"))
    answer = redirect(found)
    age = COOKIE_DAYS * 86400
    answer.set_cookie(COOKIE, sender.browser, max_age=age, httponly=True, samesite="Lax", secure=request.is_secure(),
                      path=reverse("questions:list"))  # fmt: skip
    return answer


def _context(request: HttpRequest, found: Questionnaire, form: AnswerForm | None) -> dict[str, Any]:
    now = timezone.now()
    is_answered = found.state in TABLE.in_group("answered")
    has_codes = found.once == Questionnaire.Once.CODE
    may_fill = form is not None and services.takes_answers(found, now) and is_asked(request.user, found)
    is_over = found.state == Status.CLOSED or (found.state == Status.OPEN and now >= found.closes_at)
    keeps_it = keeps(request.user, found)
    previewed = keeps_it and not may_fill and not is_over and found.state in (Status.DRAFT, Status.REVIEW, Status.OPEN)
    preview = AnswerForm(**_questions_of(found)) if previewed else None
    return {
        "questionnaire": found,
        "form": form,
        "rows": form.rows() if form is not None and may_fill else [],
        "may_fill": may_fill,
        "said": form.said() if form is not None and form.is_bound and not may_fill else [],
        "preview": preview,
        "preview_rows": preview.rows() if preview else [],
        "is_draft": found.state in TABLE.in_group("drafting"),
        "needs_account": found.once == Questionnaire.Once.ACCOUNT and not request.user.is_authenticated,
        "has_answered": may_fill and not has_codes and services.has_answered(found, _sender(request)),
        "is_early": found.state == Status.OPEN and now < found.opens_at,
        "is_over": is_over,
        "is_answered": is_answered,
        "about": about_of(request.user, found),
        "keeps": keeps_it,
        "published": _published(found) if is_answered else [],
        **(results_context(request, found, exact=False) if is_answered else {}),
    }


def _published(found: Questionnaire) -> list[dict[str, Any]]:
    rows = PublishedAnswer.objects.filter(sheet__questionnaire=found).select_related("sheet").order_by("question", "pk")
    labels = {
        (form.pk, question.name): question.label
        for form in found.forms.all()
        for question in read_questions(form.questions)
    }
    return [
        {"row": row, "label": labels.get((row.sheet.form_id, row.question), row.question)}
        for row in rows[:MOST_PUBLISHED]
    ]
