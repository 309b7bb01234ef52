"""What each step sets on a paper besides its state, and what its event says of it."""

from collections.abc import Callable, Mapping
from datetime import date
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _

from geokit.refusal import BadInput, FieldError, refuse
from ledger import numbers
from ledger.actors import account_of
from ledger.steps.workflow import Step
from papers.register.models import Paper, PaperVersion, Signatory
from papers.register.rules_read import decline_reasons
from papers.register.table import PaperVerb

PaperStep = Step[Paper, list[Signatory]]
TEXTS = ("title", "facts", "analysis", "request")
LETTER = {Paper.Kind.MOTION: "Y", Paper.Kind.SUGGESTION: "J", Paper.Kind.IMMEDIATE: "S"}
MOST_SIGNERS = 300
LEAST = {"title": 4, "facts": 10, "analysis": 10, "request": 10}


def only_said(step: PaperStep) -> dict[str, Any]:
    """What was given in words, for steps that change nothing else."""
    return {"text": str(step.given.get("text") or "").strip()}


def missing_words(paper: Paper) -> list[FieldError]:
    """Name the parts without which a paper is none: an immediate matter may leave out analysis and proposal."""
    wanted = ("title", "facts") if paper.kind == Paper.Kind.IMMEDIATE else TEXTS
    words = {
        "title": _("题目至少 4 个字。"),
        "facts": _("请写明案由或情况（至少 10 个字）。"),
        "analysis": _("请写明案据或分析（至少 10 个字）。"),
        "request": _("请写明方案或具体意见（至少 10 个字）。"),
    }
    return [
        FieldError(name, "too-short", words[name]) for name in wanted if len(getattr(paper, name).strip()) < LEAST[name]
    ]


def edit(step: PaperStep) -> dict[str, Any]:
    """Write another version of the text. Signatures are under a text, so a change of it asks for them again.

    So does making a motion of it: who signed a suggestion has not signed that.
    """
    paper, given = step.thing, step.given
    was_motion = paper.kind == Paper.Kind.MOTION
    for name in ("kind", "session", "category", "committee", "may_publish"):
        if name in given:
            setattr(paper, name, given[name])
    _require_own_session(paper)
    is_new = any(str(given.get(name, "")).strip() != getattr(paper, name) for name in TEXTS)
    is_new |= paper.kind == Paper.Kind.MOTION and not was_motion
    if is_new:
        for name in TEXTS:
            setattr(paper, name, str(given.get(name, "")).strip())
        paper.text_version += 1
        keep_version(paper, account_of(step.actor))
        lead = next(one for one in step.facts if one.is_lead)
        if lead.member.person.user_id == account_of(step.actor).pk:
            sign(lead, paper)
    return {"detail": {"text_version": paper.text_version, "is_new": is_new}}


def _require_own_session(paper: Paper) -> None:
    if paper.session is not None and paper.session.congress_id != paper.congress_id:
        raise refuse("session", "foreign-session", _("这次会议不是本级人大的。"))


def keep_version(paper: Paper, author: Any) -> None:
    """Append the text as it is now to its history."""
    version_of(paper, author).save()


def version_of(paper: Paper, author: Any) -> PaperVersion:
    """Return the text as it is now, as a row of its history that is not stored yet."""
    texts = {name: getattr(paper, name) for name in TEXTS}
    return PaperVersion(paper=paper, number=paper.text_version, author=author, at=timezone.now(), **texts)


def sign(one: Signatory, paper: Paper) -> None:
    """Put a deputy under the text as it is now."""
    one.signed_version, one.signed_at, one.left_at = paper.text_version, timezone.now(), None
    one.save(update_fields=["signed_version", "signed_at", "left_at"])


def _share(step: PaperStep) -> dict[str, Any]:
    step.thing.group = group = step.given.get("group")
    lead = next(one for one in step.facts if one.is_lead)
    if group is not None and group.pk != lead.member.group_id:
        raise refuse("group", "foreign-group", _("只能与自己的代表小组共享。"))
    return {"text": group.name if group else ""}


def _invite(step: PaperStep) -> dict[str, Any]:
    members = list(step.given["members"])
    known = {one.member_id: one for one in step.facts}
    if len(known) + len(members) > MOST_SIGNERS:
        raise refuse("members", "too-many", _("联名的代表最多 %d 名。") % MOST_SIGNERS)
    for member in members:
        if member.congress_id != step.thing.congress_id or not member.is_in_force(step.today):
            raise refuse("members", "no-deputy", _("%s不是本届在任代表。") % member.person)
        if (one := known.get(member.pk)) is None:
            Signatory.objects.create(paper=step.thing, member=member)
        elif one.left_at is not None:
            one.left_at = one.signed_version = one.signed_at = None
            one.save(update_fields=["left_at", "signed_version", "signed_at"])
    return {"detail": {"members": [member.pk for member in members]}}


def _uninvite(step: PaperStep) -> dict[str, Any]:
    one = next((one for one in step.facts if one.member_id == step.given["member"].pk and not one.is_lead), None)
    if one is None:
        raise refuse("member", "not-invited", _("没有邀请过这名代表。"))
    _leave(one)
    return {"detail": {"member": one.member_id}}


def _leave(one: Signatory) -> None:
    one.left_at, one.signed_version = timezone.now(), None
    one.save(update_fields=["left_at", "signed_version"])


def _own(step: PaperStep) -> Signatory:
    user = account_of(step.actor)
    return next(
        one for one in step.facts if one.member.person.user_id == user.pk and one.left_at is None and not one.is_lead
    )


def _confirm(step: PaperStep) -> dict[str, Any]:
    """One tap, under the text that was on the page."""
    seen = step.given.get("text_version")
    if seen is not None and seen != step.thing.text_version:
        raise BadInput(_("您打开页面后文本有修改，请先看过新的文本再确认。"), code="text-changed")
    one = _own(step)
    sign(one, step.thing)
    return {"detail": {"member": one.member_id, "text_version": step.thing.text_version}}


def _recant(step: PaperStep) -> dict[str, Any]:
    one = _own(step)
    _leave(one)
    return only_said(step) | {"detail": {"member": one.member_id}}


def _submit(step: PaperStep) -> dict[str, Any]:
    """Number it. Who was asked and has not signed this text, or sits no more, does not stand under it; the lead, whose
    deed it is, signs the text by handing it in."""
    paper = step.thing
    lead = next(one for one in step.facts if one.is_lead)
    if lead.signed_version != paper.text_version:
        sign(lead, paper)
    paper.number = paper.number or next_number(paper, step.today.year)
    paper.submitted_at = step.at
    for one in step.facts:
        if one.left_at is None and not stands_under(one, paper, step.today):
            _leave(one)
    names = [str(one) for one in step.facts if one.signed_version == paper.text_version]
    return {"detail": {"text_version": paper.text_version, "signers": names}}


def stands_under(one: Signatory, paper: Paper, today: date) -> bool:
    """Tell whether a deputy in office stands under the text as it is now; who leads it does so by handing it in."""
    has_signed = one.is_lead or one.signed_version == paper.text_version
    return has_signed and one.left_at is None and one.member.is_in_force(today)


def next_number(paper: Paper, year: int) -> str:
    """Return the next number of its kind and congress in a year (``2026-J0012``), held until the transaction ends."""
    before = f"{year}-{LETTER[Paper.Kind(paper.kind)]}"
    return numbers.next_number(Paper.objects.all(), before, 4, turn="papers.number")


def _decline(step: PaperStep) -> dict[str, Any]:
    reason = str(step.given["reason"])
    if reason not in decline_reasons():
        raise refuse("reason", "unknown-reason", _("“%s”不在本区规则所列的理由里。") % reason[:80])
    return only_said(step) | {"detail": {"reason": reason}}


def _accept(step: PaperStep) -> dict[str, Any]:
    kind = step.given.get("kind") or step.thing.kind
    if kind not in Paper.Kind.values:
        raise refuse("kind", "unknown-value", _("没有这个种类。"))
    if kind == Paper.Kind.MOTION and step.thing.kind != Paper.Kind.MOTION:
        raise refuse("kind", "no-motion", _("提出人没有作为议案提出，不能作为议案处理。"))
    said = only_said(step) | {"detail": {"kind": [step.thing.kind, kind]} if kind != step.thing.kind else {}}
    step.thing.kind = kind
    step.thing.committee = str(step.given.get("committee") or step.thing.committee)
    return said


def _mark_key(step: PaperStep) -> dict[str, Any]:
    step.thing.is_key, step.thing.key_leader = True, str(step.given["leader"]).strip()[:60]
    return only_said(step) | {"detail": {"leader": step.thing.key_leader}}


def _assign(step: PaperStep) -> dict[str, Any]:
    return only_said(step) | {"detail": dict(step.given.get("detail") or {})}


def _publish(step: PaperStep) -> dict[str, Any]:
    if not step.thing.may_publish and not str(step.given.get("text") or "").strip():
        raise refuse("text", "no-consent", _("提出人没有同意公开；仍要公开的，请写明依据。"))
    step.thing.is_public = True
    return only_said(step)


def _unpublish(step: PaperStep) -> dict[str, Any]:
    step.thing.is_public = False
    return only_said(step)


def _detail(step: PaperStep) -> dict[str, Any]:
    return {"detail": dict(step.given.get("detail") or {})}


OF_VERB: Mapping[str, Callable[[PaperStep], Mapping[str, Any]]] = {
    PaperVerb.EDIT: edit,
    PaperVerb.SHARE: _share,
    PaperVerb.INVITE: _invite,
    PaperVerb.UNINVITE: _uninvite,
    PaperVerb.CONFIRM: _confirm,
    PaperVerb.RECANT: _recant,
    PaperVerb.PLACE: _detail,
    PaperVerb.ATTACH: _detail,
    PaperVerb.SUBMIT: _submit,
    PaperVerb.DECLINE: _decline,
    PaperVerb.ACCEPT: _accept,
    PaperVerb.MARK_KEY: _mark_key,
    PaperVerb.ASSIGN: _assign,
    PaperVerb.PUBLISH: _publish,
    PaperVerb.UNPUBLISH: _unpublish,
}
