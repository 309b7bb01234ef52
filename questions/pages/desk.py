"""The desk of those who ask: whom, what, the questions, the steps, the codes, the answers to publish."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.directory.levels import held
from accounts.models import Role
from accounts.permissions import require_role, scope_of
from geokit.refusal import Refusal
from ledger.filestore.responses import stored_response
from ledger.steps.apply import steps_now
from questions.answering import services as answering
from questions.answering.models import AnswerPhoto, AnswerSheet
from questions.answering.services import newest_form
from questions.exchange.xlsform import read_xlsform
from questions.pages.forms import (
    CodesForm,
    PublishForm,
    QuestionForm,
    QuestionnaireForm,
    SheetForm,
    StepForm,
)
from questions.register import services
from questions.register.about import about_fields, choices
from questions.register.form import CHOSEN, Kind, Question, codes_of, read_questions, when_in_words
from questions.register.models import ABOUT, Questionnaire
from questions.register.permissions import kept_by
from questions.register.table import Party, Status
from questions.register.workflow import QUESTIONNAIRES
from ui.forms.refusable import posted, posted_version, render_form
from ui.pagination import page_of
from ui.qr import qr_svg

NEXT_NAME = "q%d"


def kept_or_404(request: HttpRequest, pk: int) -> Questionnaire:
    """Return a questionnaire that this person keeps."""
    return get_object_or_404(kept_by(request.user).select_related("area", "for_area", "group"), pk=pk)


@require_http_methods(["GET", "HEAD", "POST"])
@require_role(Role.STAFF)
def new(request: HttpRequest) -> HttpResponse:
    """Begin a questionnaire; ``?about=project:CODE`` fills in what it is about."""
    kind, _colon, code = request.GET.get("about", "").partition(":")
    initial = {"area": _own_area(request), "about_kind": kind, "about_code": code[:60], "version": 0}
    form = QuestionnaireForm(posted(request), initial=initial, user=request.user, abouts=choices())  # type: ignore[arg-type]
    if form.is_bound and form.is_valid():
        try:
            made = services.make(request.user, **_values(request, form))  # type: ignore[arg-type]
        except Refusal as refusal:
            form.show(refusal)
        else:
            messages.success(request, _("已建立，接着写问题。"))
            return redirect("questions:desk", made.pk)
    return render_form(request, "questions/new.html", {"form": form})


def _own_area(request: HttpRequest) -> Any:
    return scope_of(request.user) or held().first()


def _values(request: HttpRequest, form: QuestionnaireForm) -> dict[str, Any]:
    given = form.cleaned_data
    return form.values() | about_fields(request.user, given.get("about_kind", ""), given.get("about_code", ""))


@require_http_methods(["GET", "HEAD", "POST"])
@require_role(Role.STAFF)
def edit(request: HttpRequest, pk: int) -> HttpResponse:
    """Change what stands above the questions."""
    found = kept_or_404(request, pk)
    about = next((name for name in ABOUT if getattr(found, f"{name}_id")), "")
    initial = {
        "version": found.version,
        "about_kind": about,
        "about_code": getattr(found.about, "code", ""),
    }
    form = QuestionnaireForm(posted(request), instance=found, initial=initial, user=request.user, abouts=choices())  # type: ignore[arg-type]
    if form.is_bound and form.is_valid():
        try:
            services.change(request.user, pk, posted_version(request), _values(request, form))  # type: ignore[arg-type]
        except Refusal as refusal:
            form.show(refusal)
        else:
            messages.success(request, _("已保存。"))
            return redirect("questions:desk", pk)
    return render_form(request, "questions/new.html", {"form": form, "questionnaire": found})


@require_http_methods(["GET", "HEAD", "POST"])
@require_role(Role.STAFF)
def desk(request: HttpRequest, pk: int) -> HttpResponse:
    """The desk; a POST takes a step."""
    found = kept_or_404(request, pk)
    form = StepForm(posted(request))
    if form.is_bound and form.is_valid():
        given = form.cleaned_data
        try:
            services.step(request.user, pk, given["verb"], given["version"], given["text"])  # type: ignore[arg-type]
        except Refusal as refusal:
            form.show(refusal)
        else:
            messages.success(request, _("已办理。"))
            return redirect("questions:desk", pk)
        found.refresh_from_db()
    return render_form(request, "questions/desk.html", _desk_context(request, found, form))


def _desk_context(request: HttpRequest, found: Questionnaire, form: StepForm) -> dict[str, Any]:
    newest = newest_form(found)
    questions = read_questions(newest.questions) if newest else []
    lines = steps_now(QUESTIONNAIRES, request.user, found)
    return {
        "questionnaire": found,
        "is_draft": found.state == Status.DRAFT,
        "questions": [(one, when_in_words(one, questions)) for one in questions],
        "newest": newest,
        "steps": [(line.verb, QUESTIONNAIRES.table.verbs[line.verb], "text" in line.needs) for line in lines],
        "form": form,
        "sheet_form": SheetForm(initial={"version": found.version}),
        "codes_form": CodesForm(),
        "codes": found.codes.count(),
        "by_code": found.once == Questionnaire.Once.CODE,
        "total": found.sheets.count(),
        "events": found.events.select_related("actor").order_by("at", "pk"),
        "waits_for_second": found.state == Status.REVIEW
        and Party.REVIEWER not in QUESTIONNAIRES.parties(request.user, found, None),
    }


@require_http_methods(["GET", "HEAD", "POST"])
@require_role(Role.STAFF)
def question(request: HttpRequest, pk: int, name: str = "") -> HttpResponse:
    """Add a question, or change the one of that name."""
    found = kept_or_404(request, pk)
    questions = _questions(found)
    old = next((one for one in questions if one.name == name), None)
    if name and old is None:
        raise Http404
    form = QuestionForm(posted(request), initial=_as_typed(old) | {"version": found.version})
    if form.is_bound and form.is_valid():
        made = _made(form.cleaned_data, old.name if old else _free_name(questions), old)
        changed = [made if one.name == made.name else one for one in questions] if old else [*questions, made]
        try:
            services.save_form(request.user, pk, form.cleaned_data["version"], changed)  # type: ignore[arg-type]
        except Refusal as refusal:
            form.show(refusal)
        else:
            messages.success(request, _("已保存。"))
            return redirect("questions:desk", pk)
    context = {"questionnaire": found, "form": form, "old": old, "questions": questions}
    return render_form(request, "questions/question.html", context)


def _questions(found: Questionnaire) -> list[Question]:
    newest = newest_form(found)
    return read_questions(newest.questions) if newest else []


def _free_name(questions: Sequence[Question]) -> str:
    known = {one.name for one in questions}
    return next(name for number in range(1, 1000) if (name := NEXT_NAME % number) not in known)


def _made(given: dict[str, Any], name: str, old: Question | None) -> Question:
    rows = [row.strip() for row in given["choices"].splitlines() if row.strip()]
    pairs = [row.partition("=") for row in rows]
    kind = given["kind"]
    options = tuple(
        (code.strip(), label.strip()) if equals else (f"c{number}", code)
        for number, (code, equals, label) in enumerate(pairs, start=1)
    )
    return Question(
        name=name, kind=kind, label=given["label"].strip(), hint=given["hint"].strip(), required=given["required"],
        choices=options if kind in CHOSEN else (), low=given["low"], high=given["high"],
        most=given["most"], when=given["when"].strip(), must=old.must if old else "",
        must_words=old.must_words if old else "", whole=old.whole if old else False,
    )  # fmt: skip


def _as_typed(old: Question | None) -> dict[str, Any]:
    if old is None:
        return {}
    data = old.as_data()
    return data | {"choices": "\n".join(f"{code}={label}" for code, label in old.choices)}


@require_POST
@require_role(Role.STAFF)
def arrange(request: HttpRequest, pk: int, name: str) -> HttpResponse:
    """Move a question up or down, or take it away."""
    found = kept_or_404(request, pk)
    questions = _questions(found)
    at = next((index for index, one in enumerate(questions) if one.name == name), None)
    if at is None:
        raise Http404
    one = questions.pop(at)
    where = request.POST.get("do", "")
    if where in ("up", "down"):
        questions.insert(max(0, at + (-1 if where == "up" else 1)), one)
    elif where != "remove":
        raise Http404
    try:
        services.save_form(request.user, pk, posted_version(request), questions)  # type: ignore[arg-type]
    except Refusal as refusal:
        form = StepForm({"version": found.version, "verb": ""})
        form.show(refusal)
        return render_form(request, "questions/desk.html", _desk_context(request, found, form))
    return redirect(f"{reverse('questions:desk', args=[pk])}#questions-heading")


@require_POST
@require_role(Role.STAFF)
def load_sheet(request: HttpRequest, pk: int) -> HttpResponse:
    """Take the questions of an XLSForm in place of those that are there."""
    found = kept_or_404(request, pk)
    form = SheetForm(request.POST, request.FILES)
    if form.is_valid():
        file = form.cleaned_data["file"]
        try:
            questions = read_xlsform(file.name, file.read())
            services.save_form(request.user, pk, form.cleaned_data["version"], questions, file.name)  # type: ignore[arg-type]
        except Refusal as refusal:
            form.show(refusal)
        else:
            messages.success(request, _("已读入 %d 个问题。") % len(questions))
            return redirect("questions:desk", pk)
    context = _desk_context(request, found, StepForm()) | {"sheet_form": form, "shown": form}
    return render_form(request, "questions/desk.html", context, form)


@require_POST
@require_role(Role.STAFF)
def add_codes(request: HttpRequest, pk: int) -> HttpResponse:
    """Make more codes to print."""
    found = kept_or_404(request, pk)
    form = CodesForm(request.POST)
    if form.is_valid():
        try:
            made = services.add_codes(request.user, pk, form.cleaned_data["number"])  # type: ignore[arg-type]
        except Refusal as refusal:
            form.show(refusal)
        else:
            messages.success(request, _("已制作 %d 个码。") % made)
            return redirect("questions:code_sheet", pk)
    context = _desk_context(request, found, StepForm()) | {"codes_form": form, "shown": form}
    return render_form(request, "questions/desk.html", context, form)


@require_safe
@require_role(Role.STAFF)
def code_sheet(request: HttpRequest, pk: int) -> HttpResponse:
    """The codes to print, sixty a page. Which of them are used is not said: beside the answers it would say whose."""
    found = kept_or_404(request, pk)
    page = page_of(request, found.codes.order_by("-pk"), 60)
    codes = [
        (one.code, qr_svg(request.build_absolute_uri(reverse("questions:by_code", args=[one.code])))) for one in page
    ]
    address = request.build_absolute_uri(found.get_absolute_url())
    context = {"questionnaire": found, "codes": codes, "page": page, "link": address}
    return render(request, "questions/code_sheet.html", context)


@require_safe
@require_role(Role.STAFF)
def texts(request: HttpRequest, pk: int) -> HttpResponse:
    """The written answers, photos and places one by one, to be chosen for publication; in no order of arrival."""
    found = kept_or_404(request, pk)
    rows = found.sheets.select_related("form", "area").prefetch_related("published", "photos", "places")
    page = page_of(request, rows.order_by("client_id"), 20)
    sheets = [_sheet_in_words(sheet) for sheet in page]
    return render(request, "questions/texts.html", {
        "questionnaire": found, "page": page, "sheets": sheets,
    })  # fmt: skip


def _sheet_in_words(sheet: AnswerSheet) -> dict[str, Any]:
    published = {row.question: row for row in sheet.published.all()}
    rows = []
    for one in read_questions(sheet.form.questions):
        if one.name not in sheet.answers:
            continue
        said = _("、").join(one.label_of(code) for code in codes_of(sheet.answers[one.name]))
        rows.append(
            {"question": one, "said": said, "published": published.get(one.name), "is_text": one.kind == Kind.TEXT}
        )
    return {"sheet": sheet, "rows": rows}


@require_http_methods(["GET", "HEAD", "POST"])
@require_role(Role.STAFF)
def publish(request: HttpRequest, pk: int, number: UUID, name: str) -> HttpResponse:
    """Publish a written answer in words that were gone through, or take it back."""
    found = kept_or_404(request, pk)
    sheet = get_object_or_404(found.sheets.select_related("form"), client_id=number)
    if not isinstance(sheet.answers.get(name), str):
        raise Http404
    row = sheet.published.filter(question=name).first()
    initial = {"text": row.text, "reply": row.reply} if row else {"text": sheet.answers[name]}
    withdraws = request.POST.get("do") == "withdraw"
    form = PublishForm(None if withdraws else posted(request), initial=initial)
    if request.method == "POST" and (withdraws or form.is_valid()):
        try:
            if withdraws:
                answering.withdraw(request.user, sheet.pk, name)  # type: ignore[arg-type]
            else:
                answering.publish(request.user, sheet.pk, name, **form.cleaned_data)  # type: ignore[arg-type]
        except Refusal as refusal:
            form.show(refusal)
        else:
            messages.success(request, _("已不再公开。") if withdraws else _("已选为公开，答复以后可以看到。"))
            return redirect("questions:texts", pk)
    context = {"questionnaire": found, "sheet": sheet, "said": sheet.answers[name], "form": form, "row": row}
    return render_form(request, "questions/publish.html", context)


@require_safe
@require_role(Role.STAFF)
def photo(request: HttpRequest, number: UUID, sha256: str) -> HttpResponseBase:
    """A photo of a sheet, for those who asked."""
    rows = AnswerPhoto.objects.filter(sheet__client_id=number, sheet__questionnaire__in=kept_by(request.user))
    found = rows.filter(sha256=sha256).first()
    if found is None:
        raise Http404
    return stored_response(request, found.file, cache="private, no-store")
