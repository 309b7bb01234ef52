"""Writes of a paper until organs have it: each is one function, one transaction, one event."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import DeputyGroup, Membership, User
from geokit.refusal import NotPermitted, refuse
from ledger import audit
from ledger.steps.apply import apply
from papers.register.changes import keep_version, sign
from papers.register.models import CongressSession, Paper, Signatory
from papers.register.permissions import is_staff_for, seats_of
from papers.register.table import PaperVerb
from papers.register.workflow import WORKFLOW, write_event


def take(actor: Any, paper: Paper | int, verb: PaperVerb, version: int | None = None, **given: Any) -> Paper:
    """Take one step of the table. Raises Refusal."""
    return apply(WORKFLOW, actor, paper, verb, version, given).paper


@transaction.atomic
def begin(user: User, seat: Membership, **texts: Any) -> Paper:
    """Begin a draft; who begins it leads it. Raises NotPermitted for a seat that is not her own, BadInput."""
    if not seats_of(user).filter(pk=seat.pk).exists():
        raise NotPermitted(_("议案和建议由在任代表提出。"))
    if not str(texts.get("title", "")).strip():
        raise refuse("title", "required", _("请写题目。"))
    session = texts.get("session")
    if session is not None and session.congress_id != seat.congress_id:
        raise refuse("session", "foreign-session", _("这次会议不是本级人大的。"))
    paper = Paper.objects.create(congress=seat.congress, created_at=timezone.now(), **texts)
    keep_version(paper, user)
    _lead(paper, seat)
    write_event(paper, "drafted", user)
    audit.record(user, "paper-drafted", paper)
    return paper


def _lead(paper: Paper, seat: Membership) -> None:
    one = Signatory.objects.create(paper=paper, member=seat, is_lead=True)
    sign(one, paper)


def edit(user: User, paper: Paper | int, version: int, **texts: Any) -> Paper:
    """Write the text anew; who had confirmed is asked again. Raises NotPermitted, StaleEdit, MissingEvidence."""
    return take(user, paper, PaperVerb.EDIT, version, **texts)


def share(user: User, paper: Paper | int, version: int, group: DeputyGroup | None) -> Paper:
    """Let one's own deputy group read and write the draft, or nobody (None)."""
    return take(user, paper, PaperVerb.SHARE, version, group=group)


def invite(user: User, paper: Paper | int, version: int, members: Sequence[Membership]) -> Paper:
    """Ask deputies of the same congress to sign."""
    return take(user, paper, PaperVerb.INVITE, version, members=list(members))


def uninvite(user: User, paper: Paper | int, version: int, member: Membership) -> Paper:
    """Take back an invitation, or a signature that the lead does not want."""
    return take(user, paper, PaperVerb.UNINVITE, version, member=member)


def confirm(user: User, paper: Paper | int, text_version: int | None = None) -> Paper:
    """Sign the text that was seen. Raises BadInput (``text-changed``) where it was changed since."""
    return take(user, paper, PaperVerb.CONFIRM, text_version=text_version)


def recant(user: User, paper: Paper | int, text: str = "") -> Paper:
    """Leave a paper before it is submitted."""
    return take(user, paper, PaperVerb.RECANT, text=text)


def submit(user: User, paper: Paper | int, version: int, at: datetime | None = None) -> Paper:
    """Hand a paper in. Raises NotPermitted (``not-now``: too late, too few), MissingEvidence."""
    return apply(WORKFLOW, user, paper, PaperVerb.SUBMIT, version, {}, at=at).paper


def withdraw(user: User, paper: Paper | int, version: int, text: str) -> Paper:
    """Take a paper back before it was found admissible."""
    return take(user, paper, PaperVerb.WITHDRAW, version, text=text)


def discard(user: User, paper: Paper | int, version: int) -> Paper:
    """Give a draft up; it stays on record."""
    return take(user, paper, PaperVerb.DISCARD, version)


def revise(user: User, paper: Paper | int, version: int) -> Paper:
    """Begin anew on a paper that was sent back; its number stays."""
    return take(user, paper, PaperVerb.REVISE, version)


def accept(user: User, paper: Paper | int, version: int, **given: Any) -> Paper:
    """Find a paper admissible, as it is or as another kind (a motion treated as a suggestion)."""
    return take(user, paper, PaperVerb.ACCEPT, version, **given)


def decline(user: User, paper: Paper | int, version: int, reason: str, text: str) -> Paper:
    """Send a paper back with one of the district's reasons and words for the deputies."""
    return take(user, paper, PaperVerb.DECLINE, version, reason=reason, text=text)


def mark_key(user: User, paper: Paper | int, version: int, leader: str, text: str = "") -> Paper:
    """Make a paper one of those that a leader sees to (重点督办)."""
    return take(user, paper, PaperVerb.MARK_KEY, version, leader=leader, text=text)


def publish(user: User, paper: Paper | int, version: int, text: str = "") -> Paper:
    """Publish text and answers in full. Without the deputies' consent the ground must be given."""
    return take(user, paper, PaperVerb.PUBLISH, version, text=text)


def unpublish(user: User, paper: Paper | int, version: int, text: str) -> Paper:
    """Take a paper out of the public pages again."""
    return take(user, paper, PaperVerb.UNPUBLISH, version, text=text)


@transaction.atomic
def save_session(user: User, session: CongressSession, **values: Any) -> CongressSession:
    """Enter or change a session. Raises NotPermitted, BadInput."""
    for name, value in values.items():
        setattr(session, name, value)
    if not is_staff_for(user, session.congress):
        raise NotPermitted(_("会议由本级人大工作人员登记。"))
    _check_session(session, values)
    session.save()
    audit.record(user, "save_session", session, **_plain(values))
    return session


def _check_session(session: CongressSession, values: Mapping[str, Any]) -> None:
    if session.closes_on < session.opens_on:
        raise refuse("closes_on", "before-opening", _("闭幕不能早于开幕。"))
    before = CongressSession.objects.filter(pk=session.pk).values_list("congress", flat=True).first()
    if before not in (None, session.congress_id) and session.papers.exists():
        raise refuse("congress", "has-papers", _("这次会议已有议案建议，不能改到另一届或另一级人大。"))
    same = CongressSession.objects.filter(congress=session.congress, number=session.number).exclude(pk=session.pk)
    if same.exists():
        raise refuse("number", "entered-already", _("这一次会议已经登记。"))


def _plain(values: Mapping[str, Any]) -> dict[str, str]:
    return {name: str(value) for name, value in values.items()}
