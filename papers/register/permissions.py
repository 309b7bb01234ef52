"""Who may see which papers. Lists, pages, tiles, the API and the sheets all start here.

* A draft is seen by its lead, whoever was asked to sign it, and the group that it is shared with.
* Congress staff see what was filed with their congress; those of the district what was filed with any.
* An officer sees what her department has or had to handle, unless it gave it back.
* Everybody sees what staff published.
"""

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils import timezone

from accounts.congress.permissions import congresses_kept_by, own_groups
from accounts.looking import shown_with_above
from accounts.models import Congress, Membership, Role, User
from accounts.permissions import Asker, department_of, has_role, role_of
from papers.register.models import Paper, PaperEvent, Signatory
from papers.register.table import PAPERS, PaperState


def seats_of(user: Asker) -> QuerySet[Membership]:
    """Return the memberships of `user` that are in force today."""
    if not isinstance(user, User) or not user.is_active:
        return Membership.objects.none()
    seats: QuerySet[Membership] = Membership.objects.in_force(timezone.localdate()).filter(person__user=user)
    return seats


def has_sat(user: Asker) -> bool:
    """Tell whether `user` sits or ever sat in a congress: what she signed she sees after her seat has ended too."""
    return isinstance(user, User) and user.is_active and Membership.objects.filter(person__user=user).exists()


def seats_by_level(user: Asker) -> list[Membership]:
    """Return the seats of `user`, that in the district's congress first."""
    seats = seats_of(user).select_related("congress__area", "person")
    return sorted(seats, key=lambda one: (one.congress.level != Congress.Level.DISTRICT, one.pk))


def signatures_of(user: Asker) -> QuerySet[Signatory]:
    """Return where `user` stands under a paper, leads it or was asked to sign it, as a deputy of today.

    By a seat in force, or by one of an earlier time in a congress that she sits in again: she goes on with her papers
    of the last term.
    """
    if not isinstance(user, User):
        return Signatory.objects.none()
    same = Q(congress__area=OuterRef("member__congress__area")) | Q(congress__level=Congress.Level.NATIONAL)
    sits = seats_of(user).filter(same, congress__level=OuterRef("member__congress__level"))
    return Signatory.objects.filter(Exists(sits), member__person__user=user, left_at=None)


def papers_visible_to(user: Asker) -> QuerySet[Paper]:
    """Return the papers that `user` may see."""
    return Paper.objects.filter(published(user) | _concerns(user))


def papers_concerning(user: Asker) -> QuerySet[Paper]:
    """Return the papers that `user` has a part in or sees to, published or not."""
    return Paper.objects.filter(_concerns(user))


def papers_led_by(user: Asker) -> QuerySet[Paper]:
    """Return the papers of which `user` is the lead deputy, in whichever state."""
    return Paper.objects.filter(pk__in=signatures_of(user).filter(is_lead=True).values("paper"))


def papers_signed_by(user: Asker) -> QuerySet[Paper]:
    """Return the papers that `user` leads, and those filed under which she stands."""
    signed = signatures_of(user).filter(signed_version__isnull=False)
    filed = Q(pk__in=signed.values("paper")) & ~Q(state=PaperState.DRAFT)
    return Paper.objects.filter(filed | Q(pk__in=papers_led_by(user).values("pk"))).select_related("congress__area")


def _concerns(user: Asker) -> Q:
    concerned = Q(pk__in=[])
    if not isinstance(user, User) or not user.is_active:
        return concerned
    if has_role(user, Role.STAFF):
        filed = ~Q(submitted_at=None) & ~Q(state__in=PAPERS.in_group("drafting"))  # what was sent back is a draft again
        given_up = Exists(PaperEvent.objects.filter(paper=OuterRef("pk"), verb="discarded"))
        concerned |= Q(congress__in=congresses_kept_by(user)) & filed & ~Q(given_up, state=PaperState.WITHDRAWN)
    if role_of(user) == Role.OFFICER:
        concerned |= Q(pk__in=_handled_by(department_of(user)).values("pk"))
    return concerned | _of_deputy(user)


def published(user: Asker = None) -> Q:
    """Match what everybody may read; of several districts' congresses that of the district which `user` looks at."""
    return Q(is_public=True, state__in=PAPERS.in_group("taken_up")) & shown_with_above(user, "congress__area")


def papers_published(user: Asker = None) -> QuerySet[Paper]:
    """Return what everybody may read."""
    return Paper.objects.filter(published(user))


def _handled_by(department: int | None) -> QuerySet[Paper]:
    return Paper.objects.filter(handlings__department=department, handlings__returned_on=None)


def _of_deputy(user: User) -> Q:
    """Match what she signs or was asked to sign, and the drafts of her group."""
    mine = Q(signatories__member__person__user=user, signatories__left_at=None)
    shared = Q(state=PaperState.DRAFT, group__in=own_groups(user))
    return Q(pk__in=Paper.objects.filter(mine).values("pk")) | Q(pk__in=Paper.objects.filter(shared).values("pk"))


def is_staff_for(user: Asker, congress: Congress) -> bool:
    """Tell whether `user` receives the papers of a congress."""
    return has_role(user, Role.STAFF) and congresses_kept_by(user).filter(pk=congress.pk).exists()
