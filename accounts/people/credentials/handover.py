"""Who gets the link with which somebody sets her password: her own mailbox, or two officers together, never one alone.

An address that another than its owner put on the account could be that other's own. Then, and where there is no address
at all, one officer asks and a second one, who has spoken with the owner, gives the link out.
"""

from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.directory.models import Role, User
from accounts.notices import links
from accounts.people import invitations
from accounts.people.credentials.models import CredentialChange, Handover
from accounts.people.credentials.queries import have_kept_each_other, is_locked, mailbox_is_doubtful
from accounts.people.permissions import keeps, may_keep_people, people_visible_to
from geokit.refusal import BadInput, NotPermitted
from ledger import audit


def send_or_ask(actor: Any, user: User) -> str:
    """Send the link to the owner's mailbox, or have a second officer give it out (`open_handover`).

    Returns the link only to the first keeper of an installation, who has no second, and never a deputy's. What was
    asked before is over.
    """
    Handover.objects.filter(user=user, given_at=None).delete()
    if user.email and not mailbox_is_doubtful(user):
        invitations.mail(user)
        return ""
    if user.role != Role.DEPUTY and not _others_keep_accounts(actor, user):
        audit.record(actor, "person-link-given", user, alone=True)
        return links.absolute(invitations.unsealed_path(user))
    Handover.objects.create(user=user, asked_by=actor)
    return ""


def open_handover(user: User) -> Handover | None:
    """What waits for a second officer; nothing once the owner has come in by another way, such as a printed card, or
    once who asked keeps such accounts no more."""
    found = Handover.objects.filter(user=user, given_at=None).select_related("asked_by__area").first()
    return found if found is not None and keeps(found.asked_by, user) and is_locked(user) else None


def may_give(actor: Any, handover: Handover) -> bool:
    """Tell whether `actor` is a second person: she neither asked nor put the address on the account, and neither she
    nor who asked has had the other's account in her hands."""
    if actor.pk in {handover.asked_by_id, handover.user_id, *_who_set_the_address(handover.user)}:
        return False
    return not have_kept_each_other(actor, handover.asked_by)


@transaction.atomic
def give_link(actor: Any, user_id: int) -> tuple[User, str]:
    """Send the link to the mailbox that the second officer vouches for; return it where there is none.

    Raises NotPermitted for whoever asked herself or put the address there, BadInput where nothing waits.
    """
    user = people_visible_to(actor).select_for_update(of=("self",)).filter(pk=user_id).first()
    handover = open_handover(user) if user is not None else None
    if user is None or handover is None or not user.is_active:
        raise BadInput(_("没有等待交付的链接。"), code="nothing-to-give")
    if not may_give(actor, handover):
        raise NotPermitted(
            _(
                "链接要由另一位管理人员交付：不能是申请的人、改过邮箱的人；"
                "与申请人有一方建立、邀请或重置过另一方账号的，也不能。"
            )
        )
    handover.given_by, handover.given_at = actor, timezone.now()
    handover.save(update_fields=["given_by", "given_at"])
    audit.record(actor, "person-link-given", user, asked_by=handover.asked_by_id, mailed=bool(user.email))
    if user.email:
        invitations.mail(user)
        return user, ""
    return user, links.absolute(invitations.unsealed_path(user))


def _who_set_the_address(user: User) -> set[int]:
    changes = CredentialChange.objects.filter(user=user, what=CredentialChange.What.EMAIL, actor__isnull=False)
    vouched = Handover.objects.filter(user=user, given_at__isnull=False).order_by("-given_at").first()
    if vouched is not None and vouched.given_at is not None:
        changes = changes.filter(at__gt=vouched.given_at)
    return set(changes.values_list("actor", flat=True))


def _others_keep_accounts(actor: Any, user: User) -> bool:
    """Tell whether somebody else could give the link out: an active keeper who has signed in."""
    others = User.objects.filter(is_active=True, is_service=False, last_login__isnull=False)
    others = others.filter(role__in=(Role.STAFF, Role.ADMIN)).exclude(pk__in=(actor.pk, user.pk))
    return any(may_keep_people(other) for other in others.select_related("area"))
