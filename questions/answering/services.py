"""Taking an answer sheet: one function, one transaction; the same sheet sent again is the same sheet."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.core.files.base import ContentFile
from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from accounts import rules
from accounts.areas.locator import marker_of
from accounts.areas.position import town_at
from accounts.directory.levels import lies_in
from accounts.models import Area, User
from accounts.permissions import Asker
from accounts.rate_limits import digest_of, network_of
from geokit.refusal import BadInput, NotPermitted, StaleEdit, refuse
from ledger import audit
from questions.answering.models import AnswerPhoto, AnswerPlace, AnswerSheet, PublishedAnswer, UsedMark
from questions.answering.reading import Taken, read_answers
from questions.register.form import Kind, read_questions
from questions.register.models import FormVersion, Questionnaire
from questions.register.permissions import is_asked, kept_by
from questions.register.table import Status
from ui.field_checks import check_fields

Once, Audience = Questionnaire.Once, Questionnaire.Audience


@dataclass(frozen=True, slots=True, kw_only=True)
class Sender:
    """Who sends: an account or nobody, the browser's own number, a printed code, the network address."""

    user: Asker
    browser: str = ""
    code: str = ""
    address: str = ""


def newest_form(questionnaire: Questionnaire) -> FormVersion | None:
    """Return the form that is answered now."""
    return questionnaire.forms.order_by("-number").first()


def key_of(questionnaire: Questionnaire, sender: Sender) -> str:
    """Return the digest by which a second sheet of the same sender is known. Raises BadInput, NotPermitted."""
    if questionnaire.once == Once.ACCOUNT:
        if not isinstance(sender.user, User):
            raise NotPermitted(_("这份问卷要登录后回答。"), code="sign-in")
        return _digest(questionnaire, f"account:{sender.user.pk}")
    if questionnaire.once == Once.CODE:
        return _digest(questionnaire, f"code:{_known_code(questionnaire, sender.code)}")
    return _digest(questionnaire, f"browser:{sender.browser}")


def _digest(questionnaire: Questionnaire, who: str) -> str:
    return digest_of(f"questionnaire:{questionnaire.pk}:{who}")


def _known_code(questionnaire: Questionnaire, code: str) -> str:
    bare = "".join(code.split()).lower()
    if not bare:
        raise refuse("code", "required", _("请填写纸上印的码。"))
    if len(bare) > 12 or "\0" in bare or not questionnaire.codes.filter(code=bare).exists():
        raise refuse("code", "unknown-code", _("没有这个码，请看清纸上印的字母和数字。"))
    return bare


def has_answered(questionnaire: Questionnaire, sender: Sender) -> bool:
    """Tell whether this sender's sheet is here already."""
    try:
        key = key_of(questionnaire, sender)
    except (BadInput, NotPermitted):
        return False
    return questionnaire.used_marks.filter(key=key).exists()


def takes_answers(questionnaire: Questionnaire, now: datetime | None = None) -> bool:
    """Tell whether it is open now: the end counts by the clock, whenever the site closes it."""
    now = now or timezone.now()
    return questionnaire.state == Status.OPEN and questionnaire.opens_at <= now < questionnaire.closes_at


def answer(
    questionnaire: Questionnaire, sender: Sender, typed: Mapping[str, Any], *, client_id: UUID, form_number: int,
    area: Area | None = None,
) -> AnswerSheet:  # fmt: skip
    """Take a sheet. Raises BadInput (fields), StaleEdit (another wording since), NotPermitted (closed, not asked)."""
    if again := AnswerSheet.objects.filter(client_id=client_id, questionnaire=questionnaire).first():
        return again
    _require_open(questionnaire, sender)
    form = newest_form(questionnaire)
    if form is None or form.number != form_number:
        raise StaleEdit(_("问卷刚刚改过，您填的内容还在；请看过新的问题再提交。"))
    key = key_of(questionnaire, sender)
    _require_area(questionnaire, area)
    taken = read_answers(sender.user, read_questions(form.questions), typed)
    if not taken.answers:
        raise BadInput(_("还没有回答任何问题。"), code="empty")
    # Asked last: who tries whether a code was used spends it.
    if questionnaire.used_marks.filter(key=key).exists():
        raise _answered_already(questionnaire)
    try:
        return _keep(questionnaire, form, sender, key, client_id, area, taken)
    except IntegrityError:
        if again := AnswerSheet.objects.filter(client_id=client_id, questionnaire=questionnaire).first():
            return again
        raise _answered_already(questionnaire) from None


def _require_open(questionnaire: Questionnaire, sender: Sender) -> None:
    if not is_asked(sender.user, questionnaire):
        raise NotPermitted(_("这份问卷不是向您征求的。"))
    now = timezone.now()
    if questionnaire.state == Status.OPEN and now < questionnaire.opens_at:
        on = date_format(timezone.localtime(questionnaire.opens_at), "DATETIME_FORMAT")
        raise NotPermitted(_("%s起可以回答。") % on, code="too-early")
    if not takes_answers(questionnaire, now):
        raise NotPermitted(_("已经截止，不再收答卷。采纳情况会公布在这一页。"), code="closed")


def _require_area(questionnaire: Questionnaire, area: Area | None) -> None:
    if questionnaire.audience != Audience.AREA:
        return
    if area is None:
        raise refuse("area", "required", _("请选择您所在的村社。"))
    if questionnaire.for_area is not None and not lies_in(area, questionnaire.for_area):
        raise refuse("area", "foreign-area", _("这份问卷只向%s的人征求。") % questionnaire.for_area)


def _answered_already(questionnaire: Questionnaire) -> BadInput:
    words = {
        Once.BROWSER: _("这个浏览器已经提交过这份问卷。"),
        Once.CODE: _("这个码已经用过了。"),
        Once.ACCOUNT: _("您已经提交过这份问卷。"),
    }
    return BadInput(words[Once(questionnaire.once)], code="answered-already")


@transaction.atomic
def _keep(
    questionnaire: Questionnaire, form: FormVersion, sender: Sender, key: str, client_id: UUID, area: Area | None,
    taken: Taken,
) -> AnswerSheet:  # fmt: skip
    # Who closes it waits for the sheets that are being kept, and none is kept after.
    locked = Questionnaire.objects.select_for_update(of=("self",), no_key=True).get(pk=questionnaire.pk)
    if not takes_answers(locked):
        raise NotPermitted(_("已经截止，不再收答卷。采纳情况会公布在这一页。"), code="closed")
    if questionnaire.used_marks.filter(key=key).exists():
        raise _answered_already(questionnaire)
    UsedMark.objects.create(key=key, questionnaire=questionnaire)
    now, source = timezone.now(), _source_of(questionnaire, sender)
    sheet = AnswerSheet(
        questionnaire=questionnaire, form=form, client_id=client_id, answers=taken.answers,
        area=area or _town_of(taken), at=now, source=source, in_burst=_is_burst(questionnaire, source, now),
    )  # fmt: skip
    check_fields(sheet, "bad-answers", exclude=["answers"], validate_unique=False, validate_constraints=False)
    sheet.save()
    AnswerPlace.objects.bulk_create(
        [AnswerPlace(sheet=sheet, question=name, geom=geom) for name, geom in taken.places.items()]
    )
    for name, photos in taken.photos.items():
        for photo in photos:
            file = ContentFile(photo.content, name=f"{photo.sha256[:24]}{photo.suffix}")
            AnswerPhoto.objects.create(
                sheet=sheet, question=name, file=file, width=photo.width, height=photo.height, sha256=photo.sha256
            )
    return sheet


def forget_sources(now: datetime | None = None) -> int:
    """Forget from where the sheets of what has ended came, whatever became of it; return how many sheets."""
    rows = AnswerSheet.objects.exclude(source="").filter(questionnaire__closes_at__lte=now or timezone.now())
    return rows.update(source="")


def _town_of(taken: Taken) -> Area | None:
    """The town of the first place that the sheet gives."""
    place = next(iter(taken.places.values()), None)
    return town_at(marker_of(place)) if place is not None else None


def _source_of(questionnaire: Questionnaire, sender: Sender) -> str:
    """Digest of the network around the address: who has one household's addresses has its neighbours' too."""
    around = network_of(sender.address) or sender.address
    return digest_of(f"{questionnaire.pk}:{around}") if around else ""


def _is_burst(questionnaire: Questionnaire, source: str, now: datetime) -> bool:
    """Tell whether more came from this network within the hour than households and an office send."""
    if not source:
        return False
    most = int(rules.value("questions.burst_hour"))
    recent = questionnaire.sheets.filter(source=source, at__gte=now - timedelta(hours=1))
    return recent.count() >= most


@transaction.atomic
def publish(user: User, sheet_id: int, question: str, *, text: str, reply: str = "") -> PublishedAnswer:
    """Show a written answer, in words that the staff went through; again with other words. Raises BadInput."""
    sheet = _kept_sheet(user, sheet_id)
    known = {one.name: one for one in read_questions(sheet.form.questions)}
    if question not in known or known[question].kind != Kind.TEXT or question not in sheet.answers:
        raise BadInput(_("只能公开文字答案。"), code="no-text")
    if not text.strip():
        raise refuse("text", "required", _("请写明公开的文字，不写姓名和电话。"))
    row = sheet.published.filter(question=question).first() or PublishedAnswer(sheet=sheet, question=question)
    row.text, row.reply, row.by, row.at = text.strip(), reply.strip(), user, timezone.now()
    check_fields(row, "bad-answer")
    row.save()
    audit.record(user, "answer-published", row, questionnaire=sheet.questionnaire_id)
    return row


@transaction.atomic
def withdraw(user: User, sheet_id: int, question: str) -> None:
    """Show it no longer. Raises NotPermitted."""
    sheet = _kept_sheet(user, sheet_id)
    for row in sheet.published.filter(question=question):
        audit.record(user, "answer-withdrawn", row, questionnaire=sheet.questionnaire_id)
        row.delete()


def _kept_sheet(user: User, sheet_id: int) -> AnswerSheet:
    rows = AnswerSheet.objects.select_for_update(of=("self",)).select_related("form")
    found = rows.filter(pk=sheet_id, questionnaire__in=kept_by(user)).first()
    if found is None:
        raise NotPermitted(_("答卷由发起单位的人大工作人员管理。"))
    return found
