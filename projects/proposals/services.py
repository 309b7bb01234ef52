"""Writes of proposals: handed in, published, merged, adopted, declined. Each step is an event."""

from dataclasses import dataclass
from datetime import timedelta
from typing import IO

from django.core.exceptions import ValidationError
from django.core.files.base import ContentFile
from django.core.validators import validate_email
from django.db import transaction
from django.utils import timezone
from django.utils.text import format_lazy
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext

from accounts.models import Area, User
from accounts.notices import notify, notify_address
from geokit.refusal import BadInput, FieldError, NotPermitted, StaleEdit
from ledger import audit
from projects.plan.models import Project
from projects.plan.refusals import field_refusal
from projects.proposals.models import Proposal, ProposalEvent
from projects.proposals.permissions import may_review
from projects.proposals.places import place_of
from projects.proposals.queries import next_number
from ui.photos import sanitise_photo

Verb, State = ProposalEvent.Verb, Proposal.State
DUPLICATE_WITHIN = timedelta(hours=1)
"""The same words for the same town within this time are one proposal, sent twice."""
OPEN = (State.NEW, State.PUBLISHED)
AFTER = {
    Verb.PUBLISH: State.PUBLISHED,
    Verb.MERGE: State.MERGED,
    Verb.ADOPT: State.ADOPTED,
    Verb.DECLINE: State.DECLINED,
}
NOTICE_TITLES = {
    Verb.PUBLISH: gettext_lazy("您的项目建议已公开：{title}"),
    Verb.MERGE: gettext_lazy("您的项目建议已并入同类建议：{title}"),
    Verb.ADOPT: gettext_lazy("您的项目建议已列入候选项目：{title}"),
    Verb.DECLINE: gettext_lazy("您的项目建议未被采纳：{title}"),
}


@dataclass(frozen=True)
class ProposalDraft:
    """What somebody proposes, as typed."""

    title: str
    text: str
    category: str
    lng: float | None = None
    lat: float | None = None
    area: Area | None = None
    address: str = ""
    contact: str = ""


@transaction.atomic
def submit(draft: ProposalDraft, deputy: User | None = None, photo: IO[bytes] | None = None) -> Proposal:
    """Hand in a proposal; it shows to nobody but congress staff until they publish it. Sent twice it is one.

    Raises BadInput (no words, no place, outside the district), PhotoRefused.
    """
    _check_words(draft)
    place, town = place_of(draft.lng, draft.lat, draft.area, draft.address)
    now = timezone.now()
    number = next_number(timezone.localdate().year)  # holds the lock, so that the second of two sees the first
    recent = Proposal.objects.filter(created_at__gte=now - DUPLICATE_WITHIN, area=town, deputy=deputy)
    before = recent.filter(title=draft.title.strip(), text=draft.text.strip()).first()
    if before is not None:
        return before
    proposal = Proposal(
        number=number,
        year=timezone.localdate().year + 1,
        title=draft.title.strip(),
        text=draft.text.strip(),
        category=draft.category,
        area=town,
        address=draft.address.strip(),
        geom=place,
        deputy=deputy,
        contact=draft.contact.strip(),
    )
    _keep_photo(proposal, photo)
    proposal.save()
    ProposalEvent.objects.create(proposal=proposal, verb=Verb.PROPOSE, actor=deputy)
    return proposal


@transaction.atomic
def publish(number: str, actor: User, version: int, text: str = "") -> Proposal:
    """Let everybody read it. Raises NotPermitted, StaleEdit, BadInput."""
    proposal = _lock(number, actor, version, (State.NEW,))
    return _write(proposal, actor, Verb.PUBLISH, text)


@transaction.atomic
def decline(number: str, actor: User, version: int, text: str) -> Proposal:
    """Say no, and why. Raises NotPermitted, StaleEdit, BadInput."""
    proposal = _lock(number, actor, version, OPEN)
    if not text.strip():
        raise field_refusal("text", "reason-missing", _("不采纳要写明理由，提出的人会看到。"))
    return _write(proposal, actor, Verb.DECLINE, text)


@transaction.atomic
def merge(number: str, actor: User, version: int, into: str, text: str = "") -> Proposal:
    """Let it be part of another proposal that is public. Raises NotPermitted, StaleEdit, BadInput."""
    proposal = _lock(number, actor, version, OPEN)
    other = Proposal.objects.filter(number=into.strip()).first()
    if other is None or other.pk == proposal.pk:
        raise field_refusal("into", "unknown", _("没有编号为“%s”的其他建议。") % into)
    if other.state not in (State.PUBLISHED, State.ADOPTED):
        raise field_refusal("into", "not-open", _("只能并入公开征集中或已列入候选的建议。"))
    proposal.same_as, proposal.project = other, other.project
    return _write(proposal, actor, Verb.MERGE, text)


@transaction.atomic
def adopt(number: str, actor: User, version: int, project: Project, text: str = "") -> Proposal:
    """Make it part of a candidate, and with it the proposals that were merged into it. Raises as `merge`."""
    proposal = _lock(number, actor, version, OPEN)
    if project.status not in (Project.Status.PROPOSED, Project.Status.CANDIDATE, Project.Status.RESERVE):
        raise field_refusal("project", "no-candidate", _("“%s”不是候选项目。") % project.name)
    proposal.project = project
    proposal.merged.update(project=project)
    return _write(proposal, actor, Verb.ADOPT, text)


def _write(proposal: Proposal, actor: User, verb: str, text: str) -> Proposal:
    """Write the new state and its event; tell who proposed."""
    proposal.state, proposal.answer = AFTER[Verb(verb)], text.strip()
    proposal.version += 1
    proposal.save(update_fields=["state", "answer", "same_as", "project", "version"])
    ProposalEvent.objects.create(proposal=proposal, verb=verb, text=text.strip(), actor=actor)
    audit.record(actor, f"{verb}_proposal", proposal, state=proposal.state)
    _notify_proposer(proposal, Verb(verb))
    return proposal


def _notify_proposer(proposal: Proposal, verb: ProposalEvent.Verb) -> None:
    """Tell the deputy, or the e-mail address that was left."""
    title = format_lazy(NOTICE_TITLES[verb], title=proposal.title)
    url, key = proposal.get_absolute_url(), f"proposal:{proposal.pk}:{verb}"
    if proposal.deputy is not None:
        notify([proposal.deputy], "project-proposal", title, proposal.answer, url, key=key)
    elif _is_email(proposal.contact):
        notify_address(proposal.contact, "project-proposal", title, proposal.answer, url, key=key)


def _is_email(contact: str) -> bool:
    try:
        validate_email(contact)
    except ValidationError:
        return False
    return True


def _lock(number: str, actor: User, version: int, states: tuple[str, ...]) -> Proposal:
    if not may_review(actor):
        raise NotPermitted(_("项目建议由人大工作人员审核。"))
    proposal = Proposal.objects.select_for_update(of=("self",)).get(number=number)
    if proposal.version != version:
        raise StaleEdit(
            pgettext("proposal", "建议 %(number)s 在您打开页面后已变为“%(state)s”，请查看最新情况后再操作。")
            % {"number": number, "state": proposal.get_state_display()}
        )
    if proposal.state not in states:
        state = {"number": number, "state": proposal.get_state_display()}
        raise BadInput(_("建议 %(number)s 现在是“%(state)s”，不能这样办理。") % state, code="no-such-step")
    return proposal


def _check_words(draft: ProposalDraft) -> None:
    errors = []
    for name, least, message in (
        ("title", 4, _("请用一句话写明建议做什么（至少 4 个字）。")),
        ("text", 10, _("请写明理由：谁需要、现在缺什么（至少 10 个字）。")),
    ):
        if len(getattr(draft, name).strip()) < least:
            errors.append(FieldError(name, "too-short", message))
    if draft.category not in Project.Category.values:
        errors.append(FieldError("category", "unknown", _("请选择一个类别。")))
    if errors:
        raise BadInput(errors[0].message, code="bad-proposal", errors=errors)


def _keep_photo(proposal: Proposal, photo: IO[bytes] | None) -> None:
    if photo is not None:
        clean = sanitise_photo(photo)
        # The name is the content's own: what the uploader called her file is nobody's business.
        proposal.photo.save(f"{clean.sha256[:24]}{clean.suffix}", ContentFile(clean.content), save=False)
