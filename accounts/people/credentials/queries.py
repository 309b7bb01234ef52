"""Reads of credentials: what changed, whether a mailbox is beyond doubt, and who has had a hand in an account."""

from collections.abc import Collection, Mapping
from datetime import datetime
from typing import Any

from django.db.models import Max, Q, QuerySet

from accounts.directory.models import User
from accounts.identities.services import of_user
from accounts.people.credentials.models import CredentialChange, Handover
from ledger.models import AuditEntry

What = CredentialChange.What
HANDLED = (
    "person-invited", "person-invited-again", "person-reopened", "person-link-given", "person-invitation-printed",
)  # fmt: skip
"""What people do to an account by which they may have come to hold its link."""
CONFIRMED = "email-confirmed"
"""In the audit trail: she has opened a link that was sent to the address that she has already."""


def last_change(user_id: int) -> int:
    """The number of the newest change of an account's credentials; 0 for none. It only grows, for each account."""
    return CredentialChange.objects.filter(user=user_id).aggregate(last=Max("pk"))["last"] or 0


def last_changes(users: QuerySet[User]) -> dict[int, int]:
    """`last_change` of many at once; accounts without a change are missing."""
    found = CredentialChange.objects.filter(user__in=users).order_by().values_list("user")
    return dict(found.annotate(last=Max("pk")))


def changes_since(user_id: int, number: int) -> QuerySet[CredentialChange]:
    """What changed after the change with that number."""
    return CredentialChange.objects.filter(user=user_id, pk__gt=number).select_related("actor")


def is_locked(user: User) -> bool:
    """Tell whether nobody signs in until an invitation is accepted (`people.invitations.lock`).

    Who lives by a passkey alone has no password either, but has signed in since hers was taken away.
    """
    if user.has_usable_password() or of_user(user).exists():
        return False
    changes = CredentialChange.objects.filter(user=user, what=What.PASSWORD)
    taken_at = changes.aggregate(at=Max("at"))["at"]
    return user.last_login is None or (taken_at is not None and user.last_login < taken_at)


def mailbox_is_doubtful(user: User) -> bool:
    """Tell whether the address was last changed by another than its owner, and no second officer has vouched for it."""
    last = CredentialChange.objects.filter(user=user, what=What.EMAIL).order_by("-pk").first()
    if last is None or last.actor_id == user.pk:
        return False
    return not Handover.objects.filter(user=user, given_at__gt=last.at).exists()


def mailbox_is_own(user: User) -> bool:
    """Tell whether the owner herself has confirmed the account's address, or a second officer vouched for it.

    Staff write addresses when they make accounts; nobody but its reader knows whose mailbox that is.
    """
    return user.pk in own_mailboxes([user])


def own_mailboxes(users: Collection[User]) -> set[int]:
    """The keys of those accounts of which `mailbox_is_own`, with as many queries for one as for all."""
    joined = {user.pk: user.date_joined for user in users if user.email}
    if not joined:
        return set()
    changes = CredentialChange.objects.filter(user__in=joined, what=What.EMAIL).order_by("user", "-pk").distinct("user")
    last = {user: (actor, at) for user, actor, at in changes.values_list("user", "actor", "at")}
    about = Q(object_type=User._meta.label_lower, object_id__in=[str(key) for key in joined], verb=CONFIRMED)
    said = AuditEntry.objects.filter(about).order_by().values_list("object_id", "actor").annotate(last=Max("at"))
    confirmed = {int(key): at for key, actor, at in said if str(actor) == key}
    given = handed_over(joined)

    def is_own(user: int) -> bool:
        changed_by, since = last.get(user, (None, joined[user]))
        vouched = (at for at in (confirmed.get(user), given.get(user)) if at is not None)
        return changed_by == user or any(at >= since for at in vouched)

    return {user for user in joined if is_own(user)}


def handlers_of(users: Collection[int], since: Mapping[int, datetime] | None = None) -> dict[int, set[int]]:
    """By account the keys of all who changed its credentials, invited her or gave out a link: none vouches for her.

    Accounts that nobody but their owner has had a hand in are missing. `since` leaves out, by account, what was done
    until then.
    """
    found: dict[int, set[int]] = {}
    changed = CredentialChange.objects.filter(user__in=users, actor__isnull=False).order_by()
    changes = changed.values_list("user", "actor").annotate(last=Max("at"))
    for user, actor, last in [*changes, *_handled(users)]:
        is_over = since is not None and user in since and last <= since[user]
        if actor not in (None, user) and not is_over:
            found.setdefault(user, set()).add(actor)
    return found


def have_kept_each_other(first: User, second: User) -> bool:
    """Tell whether one of two keepers of accounts has had a hand in the other's: both may be the same person then.

    What was done before a second officer gave out the link of such an account, and so vouched for it, is over.
    """
    pair = (first.pk, second.pk)
    hands = handlers_of(pair, since=handed_over(pair))
    return second.pk in hands.get(first.pk, ()) or first.pk in hands.get(second.pk, ())


def made_by_officers(users: Collection[int]) -> set[int]:
    """The keys of the accounts whose link an officer had in her hands.

    She may have typed a mailbox of her own: that the account's owner has confirmed it says nothing then.
    """
    return {user for user, *_by_whom in _handled(users)}


def handed_over(users: Collection[int]) -> dict[int, datetime]:
    """By account when a second officer last gave out its link, and so vouched for whose it is."""
    given = Handover.objects.filter(user__in=users, given_at__isnull=False).order_by()
    return dict(given.values_list("user").annotate(last=Max("given_at")))


def _handled(users: Collection[int]) -> list[tuple[int, Any, datetime]]:
    """Accounts to whose link somebody may have come by what she did, the key of who (None for nobody), when last."""
    about = Q(object_type=User._meta.label_lower, object_id__in=[str(key) for key in users], verb__in=HANDLED)
    done = AuditEntry.objects.filter(about).order_by().values_list("object_id", "actor").annotate(last=Max("at"))
    return [(int(key), actor, last) for key, actor, last in done]
