"""Writes of those who ask. Each is one function, one transaction, one event or audit entry."""

from collections.abc import Collection, Mapping, Sequence
from contextlib import suppress
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import User
from accounts.permissions import has_role, serves
from geokit.refusal import NotPermitted, StaleEdit, refuse
from ledger import audit
from ledger.actors import SITE
from ledger.steps.apply import apply
from questions.register.form import Question, check_questions
from questions.register.models import ABOUT, FormVersion, PrintedCode, Questionnaire, QuestionnaireEvent
from questions.register.permissions import kept_by
from questions.register.table import Status, Verb
from questions.register.workflow import QUESTIONNAIRES
from ui.field_checks import check_fields

MOST_CODES = 5000
LONGEST = timedelta(days=366)
MOST_CODES_AT_ONCE = 500
Audience, Once = Questionnaire.Audience, Questionnaire.Once
FIXED = ("audience", "once", "for_area", "group", "area", *ABOUT)
"""Fields that stay as they are once somebody has answered."""


@transaction.atomic
def make(user: User, **values: Any) -> Questionnaire:
    """Begin a questionnaire. Raises NotPermitted, BadInput."""
    if not has_role(user, "staff"):
        raise NotPermitted(_("征求意见由人大工作人员发起。"))
    questionnaire = Questionnaire(**values)
    _check(user, questionnaire)
    questionnaire.save()
    QuestionnaireEvent.objects.create(questionnaire=questionnaire, verb="made", actor=user, at=timezone.now())
    audit.record(user, "questionnaire-made", questionnaire)
    return questionnaire


@transaction.atomic
def change(user: User, pk: int, version: int, values: Mapping[str, Any]) -> Questionnaire:
    """Change what stands above the questions; only while it is a draft. Raises NotPermitted, StaleEdit, BadInput."""
    questionnaire = _locked_draft(user, pk, version)
    changed = [name for name, value in values.items() if getattr(questionnaire, name) != value]
    _require_not_fixed(questionnaire, changed)
    for name in changed:
        setattr(questionnaire, name, values[name])
    _check(user, questionnaire)
    questionnaire.version += 1
    questionnaire.save()
    audit.record(user, "questionnaire-changed", questionnaire, fields=sorted(changed))
    return questionnaire


@transaction.atomic
def save_form(user: User, pk: int, version: int, questions: Sequence[Question], source: str = "") -> FormVersion:
    """Keep the questions in a new wording; only while it is a draft. Answers to an earlier one stay with that.

    Raises NotPermitted, StaleEdit, BadInput.
    """
    questionnaire = _locked_draft(user, pk, version)
    check_questions(questions)
    last = questionnaire.forms.first()
    form = FormVersion(
        questionnaire=questionnaire, number=last.number + 1 if last else 1, source=source[:120], made_by=user,
        made_at=timezone.now(),
        questions=[question.as_data() for question in questions],
    )  # fmt: skip
    check_fields(form, "bad-form", exclude=["questions"])
    form.save()
    questionnaire.version += 1
    questionnaire.save()
    audit.record(user, "questionnaire-form-saved", questionnaire, number=form.number, questions=len(questions))
    return form


def step(user: User, pk: int, verb: str, version: int, text: str = "") -> QuestionnaireEvent:
    """Submit, approve, send back, close, answer, archive or drop. Raises NotPermitted, StaleEdit, MissingEvidence."""
    return apply(QUESTIONNAIRES, user, pk, verb, version, {"text": text})


def close_due(now: datetime | None = None) -> list[Questionnaire]:
    """Close what has reached its end, one by one; what somebody closes meanwhile is closed."""
    now, closed = now or timezone.now(), []
    due = Questionnaire.objects.filter(state=Status.OPEN, closes_at__lte=now).values_list("pk", flat=True)
    for pk in list(due):
        with suppress(NotPermitted):
            closed.append(apply(QUESTIONNAIRES, SITE, pk, Verb.CLOSE, at=now).questionnaire)
    return closed


@transaction.atomic
def add_codes(user: User, pk: int, number: int) -> int:
    """Make codes to print. Raises NotPermitted, BadInput."""
    questionnaire = _locked(user, pk)
    if questionnaire.once != Once.CODE:
        raise refuse("number", "no-codes", _("这份问卷不按印发的码计。"))
    if not 1 <= number <= MOST_CODES_AT_ONCE:
        raise refuse("number", "out-of-bounds", _("一次制作 1 到 %d 个码。") % MOST_CODES_AT_ONCE)
    if questionnaire.codes.count() + number > MOST_CODES:
        raise refuse("number", "too-many", _("一份问卷最多 %d 个码。") % MOST_CODES)
    PrintedCode.objects.bulk_create([PrintedCode(questionnaire=questionnaire) for _one in range(number)])
    audit.record(user, "questionnaire-codes-made", questionnaire, number=number)
    return number


def _require_not_fixed(questionnaire: Questionnaire, changed: Collection[str]) -> None:
    """Whom it asked, what about and how often stays as it was for those who have answered."""
    fixed = [name for name in changed if name in FIXED]
    if fixed and questionnaire.sheets.exists():
        field = "about_code" if fixed[0] in ABOUT else fixed[0]
        raise refuse(field, "fixed", _("已经有人回答，征求谁、关于什么、一人一次怎样算都不能再改。"))


def _locked(user: User, pk: int) -> Questionnaire:
    rows = kept_by(user).select_for_update(of=("self",)).select_related("area")
    found = rows.filter(pk=pk).first()
    if found is None:
        raise NotPermitted(_("问卷由发起单位的人大工作人员管理。"))
    return found


def _locked_draft(user: User, pk: int, version: int) -> Questionnaire:
    found = _locked(user, pk)
    if found.version != version:
        raise StaleEdit(_("您打开页面后有人改过，请看过新的内容再保存。"))
    if found.state != Status.DRAFT:
        raise NotPermitted(_("只有起草中的问卷可以修改；征求中的请先“撤下修改”。"), code="wrong-state")
    return found


def _check(user: User, questionnaire: Questionnaire) -> None:
    """Refuse what does not fit together: whom it asks, how often, of whose area."""
    if not serves(user, questionnaire.area):
        raise refuse("area", "foreign-area", _("只能以本单位的名义征求意见。"))
    needs_account = questionnaire.audience in (Audience.GROUP, Audience.DEPUTIES)
    if needs_account and questionnaire.once != Once.ACCOUNT:
        raise refuse("once", "needs-account", _("只向代表征求的，按账号计一次。"))
    if (questionnaire.audience == Audience.CODES) != (questionnaire.once == Once.CODE):
        raise refuse("once", "needs-codes", _("向持码的人征求的，按印发的码计一次；别的对象不用码。"))
    for wanted, name, words in (
        (Audience.GROUP, "group", _("请选择代表小组。")),
        (Audience.AREA, "for_area", _("请选择选区或镇村。")),
    ):
        if questionnaire.audience == wanted and getattr(questionnaire, f"{name}_id") is None:
            raise refuse(name, "required", words)
    if questionnaire.closes_at <= questionnaire.opens_at:
        raise refuse("closes_at", "before-start", _("截止要晚于开始。"))
    if questionnaire.closes_at - questionnaire.opens_at > LONGEST:
        raise refuse("closes_at", "too-long", _("征求意见最长一年，请核对截止时间。"))
    check_fields(questionnaire, "bad-questionnaire")
