"""Writes of congresses: enter a term or a member, end a membership, begin a new term. Each is audited.

A membership is never deleted when somebody leaves: it gets a last day and a reason, and who comes after her gets one of
her own.
"""

from collections.abc import Collection, Mapping
from datetime import date, timedelta
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.congress.models import NATIONAL, Congress, DeputyGroup, GroupPost, Membership, Person
from accounts.congress.permissions import congresses_kept_by, may_keep, own_groups
from accounts.directory.models import Area, User
from accounts.permissions import Asker, is_district_staff, leads
from geokit.refusal import BadInput, FieldError, NotPermitted
from ledger import audit
from ui.field_checks import check_fields, set_facts
from ui.text.slug import first_free

MOST_WORDS = 2000
"""Characters of what is said in a group."""
AGAIN = timedelta(minutes=1)
"""So long the same words of the same person are a button that was pressed twice."""
STEM = 24
"""Characters of a person's code in the number of her certificate, of at most 30."""
STREET = "街道"
"""How the name of a street ends: it has no congress of its own."""


@transaction.atomic
def save_congress(actor: Asker, level: str, area: Area | None, term: int, facts: Mapping[str, Any]) -> Congress:
    """Enter or change the term of a congress; `facts` are seats, starts_on and ends_on, those not given stay.

    Raises NotPermitted, BadInput with an error per field.
    """
    if not (is_district_staff(actor) if area is None else leads(actor, area)):
        raise NotPermitted(_("人大届次由区人大工作人员或管理员录入。"))
    found = Congress.objects.select_for_update(of=("self",)).filter(level=level, area=area, term=term).first()
    congress = found or Congress(level=level, area=area, term=term)
    changed = set_facts(congress, facts, found is None)
    _check_level(congress)
    check_fields(congress, "bad-congress")
    if found is None or changed:
        congress.save()
        audit.record(actor, "congress-entered" if found is None else "congress-changed", congress, fields=changed)
    return congress


@transaction.atomic
def save_member(actor: Asker, code: str, congress: Congress, person: Person, facts: Mapping[str, Any]) -> Membership:
    """Enter or change the membership with that certificate number; fields that are not given stay.

    `facts` may hold constituency, group, committee, posts, starts_on, ends_on, began and ended. Raises NotPermitted,
    BadInput with an error per field.
    """
    _require_keeper(actor, congress)
    found = Membership.objects.select_for_update(of=("self",)).filter(code=code).first()
    if found is not None and found.congress_id != congress.pk:
        _require_keeper(actor, found.congress)
        raise _wrong("code", "taken", _("代表证号“%(code)s”是“%(congress)s”的。"), code=code, congress=found.congress)
    if found is not None and found.person_id != person.pk:
        raise _wrong(
            "person", "other-person", _("代表证号“%(code)s”是%(name)s的，不能改给别人。"), code=code, name=found.person
        )
    member = found or Membership(code=code, congress=congress, person=person)
    changed = set_facts(member, {"starts_on": congress.starts_on, **facts} if found is None else facts, found is None)
    _check_member(member)
    if found is None or changed:
        _store(member)
        audit.record(actor, "member-entered" if found is None else "member-changed", member, code=code, fields=changed)
    return member


def require_new(code: str, person_code: str, name: str) -> None:
    """Refuse to enter somebody with a certificate or a number that is another's, who would change. Raises BadInput."""
    taken = Membership.objects.filter(code=code).select_related("congress__area").first()
    if taken is not None:
        raise _wrong("code", "taken", _("代表证号“%(code)s”是“%(congress)s”的。"), code=code, congress=taken.congress)
    other = Person.objects.filter(code=person_code).exclude(name=name).first()
    if other is not None:
        raise _wrong("person", "taken", _("人员编号“%(code)s”是%(name)s的。"), code=person_code, name=other)


@transaction.atomic
def save_person(actor: Asker, code: str, name: str, user: User | None = None, *, unlink: bool = False) -> Person:
    """Enter or change a person; an account that is not given stays, or is hers no more with `unlink`.

    Raises NotPermitted, BadInput.

    Whoever keeps a congress enters people; a name or account of somebody who sits only elsewhere is not hers to change.
    """
    kept = congresses_kept_by(actor)
    person = Person.objects.select_for_update(of=("self",)).filter(code=code).first()
    is_new = person is None
    if not kept.exists():
        raise NotPermitted(_("代表由人大工作人员录入。"))
    person = person or Person(code=code)
    if user is not None and user.pk != person.user_id:
        require_may_link(actor, user)
    if unlink and person.user is not None:
        require_may_link(actor, person.user)
    changed = set_facts(person, {"name": name, **({"user": user} if user is not None or unlink else {})}, is_new)
    if not is_new and changed and person.memberships.exclude(congress__in=kept).exists():
        raise NotPermitted(_("“%s”也是别处的代表，姓名和账号由区人大工作人员修改。") % person)
    if not is_new and changed and not is_district_staff(actor) and not person.memberships.exists():
        raise NotPermitted(_("“%s”由区人大工作人员修改。") % person)
    check_fields(person, "bad-person")
    if is_new or changed:
        person.save()
        audit.record(actor, "person-entered" if is_new else "person-corrected", person, code=code, fields=changed)
    return person


@transaction.atomic
def end_membership(actor: Asker, membership_id: int, last_day: date, why: str) -> Membership:
    """Let a membership end: she resigned, moved, was recalled or died; also before a last day that is still to come.

    Raises NotPermitted, BadInput.
    """
    member = (
        Membership.objects.select_for_update(of=("self",)).select_related("congress", "person").get(pk=membership_id)
    )
    _require_keeper(actor, member.congress)
    if has_ended(member):
        raise BadInput(_("%s的任职已经终止。") % member.person, code="ended-already")
    member.ends_on, member.ended = last_day, why
    _check_member(member)
    _store(member)
    audit.record(actor, "membership-ended", member, last_day=last_day.isoformat(), why=why)
    return member


def has_ended(member: Membership) -> bool:
    """Tell whether the last day of a membership has passed; that of a whole term may be written down long before."""
    return member.ends_on is not None and member.ends_on < timezone.localdate()


@transaction.atomic
def begin_term(
    actor: Asker, congress_id: int, first_day: date, carried: Collection[int], seats: int | None = None
) -> Congress:
    """Begin the next term: the old one and its memberships end the day before, those in `carried` begin anew.

    An end of the old one that was written down earlier stays, unless the new one begins before it; who sat until the
    end of the term can be carried over too. A group goes over by its name. Raises NotPermitted, BadInput.
    """
    old = Congress.objects.select_for_update(of=("self",)).get(pk=congress_id)
    _require_keeper(actor, old)
    if not is_newest(old):
        raise BadInput(_("“%s”已经结束。") % old, code="ended-already")
    last_day = min(first_day - timedelta(days=1), old.ends_on or date.max)
    if first_day <= old.starts_on:
        raise _wrong("starts_on", "too-early", _("新一届的第一天要晚于本届开始。"))
    sitting = Q(ends_on=None) | Q(ends_on__gt=last_day)
    staying = list(old.memberships.select_for_update(of=("self",)).filter(sitting).select_related("person", "group"))
    late = [str(member.person) for member in staying if member.starts_on > last_day]
    if late:
        raise _wrong("starts_on", "too-early", _("%(names)s在这之后才任职。"), names="、".join(late))
    new = Congress.objects.create(
        level=old.level, area=old.area, term=old.term + 1, seats=seats or old.seats, starts_on=first_day
    )
    for member in staying:
        member.ends_on, member.ended = last_day, Membership.Ended.TERM
        member.save(update_fields=["ends_on", "ended"])
    old.ends_on = last_day
    old.save(update_fields=["ends_on"])
    to_the_end = old.memberships.filter(pk__in=carried, ended=Membership.Ended.TERM).select_related("person", "group")
    stays = {member.person_id: member for member in to_the_end.order_by("starts_on")}
    over = [_carry(member, new) for member in stays.values()]
    audit.record(actor, "term-begun", new, after=old.pk, ended=len(staying), carried=len(over))
    return new


def is_newest(congress: Congress) -> bool:
    """Tell whether no later term of the same congress is known, so that the next one can be begun."""
    later = Congress.objects.filter(level=congress.level, area=congress.area_id, term__gt=congress.term)
    return not later.exists()


def _carry(member: Membership, new: Congress) -> Membership:
    """Seat her in the next term; a certificate of hers elsewhere may bear the plain number already."""
    group = DeputyGroup.objects.get_or_create(congress=new, name=member.group.name)[0] if member.group else None
    return Membership.objects.create(
        code=_free_code(f"{member.person.code[:STEM]}-{new.term}"), person=member.person, congress=new, group=group,
        constituency=member.constituency, starts_on=new.starts_on,
    )  # fmt: skip


def _free_code(stem: str) -> str:
    """The stem, or the first of stem-2, stem-3 ... that no membership has; at most 30 characters for a stem of 27."""
    taken = Membership.objects.filter(code__startswith=stem[:STEM]).values_list("code", flat=True)
    return first_free(stem, set(taken), most=STEM)


@transaction.atomic
def group_named(actor: Asker, congress: Congress, name: str) -> DeputyGroup | None:
    """Return the group of that name, made where there is none; None for no name. Raises NotPermitted, BadInput."""
    _require_keeper(actor, congress)
    if not name:
        return None
    found = DeputyGroup.objects.filter(congress=congress, name=name).first()
    if found is None:
        found = DeputyGroup(congress=congress, name=name)
        check_fields(found, "bad-group")
        found.save()
        audit.record(actor, "group-made", found, name=name)
    return found


@transaction.atomic
def post_in_group(actor: User, group: DeputyGroup, text: str) -> GroupPost:
    """Say something in a group's thread; the same words sent again within a minute are said once.

    Raises NotPermitted for who is not in it and does not keep it, BadInput.
    """
    mine = own_groups(actor).filter(pk=group.pk).exists()
    if not mine and not may_keep(actor, group.congress):
        raise NotPermitted(_("只有小组的代表和人大工作人员在这里留言。"))
    if len(text) > MOST_WORDS:
        raise _wrong("text", "bad-post", _("留言最多 %(most)d 字。"), most=MOST_WORDS)
    post = GroupPost(group=group, author=actor, text=text.strip())
    check_fields(post, "bad-post")
    DeputyGroup.objects.select_for_update().get(pk=group.pk)  # a button pressed twice comes one after the other
    said = GroupPost.objects.filter(group=group, author=actor, at__gte=timezone.now() - AGAIN).last()
    if said is not None and said.text == post.text:
        return said
    post.save()
    audit.record(actor, "group-post", post, group=group.pk)
    return post


def require_may_link(actor: Asker, user: User) -> None:
    """Whose account it is votes: the district's staff say so, and nobody of her own account."""
    if not is_district_staff(actor) or (isinstance(actor, User) and actor.pk == user.pk):
        raise NotPermitted(_("代表的账号由区人大的另一位工作人员登记。"))
    if user.is_service:
        raise _wrong("user", "not-a-person", _("接口账号不是人。"))


def _require_keeper(actor: Asker, congress: Congress) -> None:
    if not may_keep(actor, congress):
        raise not_her_congress()


def not_her_congress() -> NotPermitted:
    """Return the refusal of members of a congress that somebody does not keep."""
    return NotPermitted(_("这一级人大的代表不由您录入。"))


def _check_level(congress: Congress) -> None:
    area = congress.area
    if congress.level == NATIONAL and area is not None:
        raise _wrong("area", "not-for-level", _("全国人大不写区域。"))
    if congress.level != NATIONAL and area is None:
        raise _wrong("area", "required", _("请写明是哪里的人大。"))
    if area is not None and area.level != congress.level:
        words = _("“%(area)s”是%(level)s，不能设这一级人大。")
        raise _wrong("level", "level-of-area", words, area=area, level=area.get_level_display())
    if area is not None and area.level == Area.Level.TOWN and area.name.endswith(STREET):
        raise _wrong("area", "street", _("“%(area)s”是街道，不设人大。"), area=area)


def check_days(member: Membership) -> None:
    """Refuse days outside the term, and a group of another congress. Raises BadInput."""
    congress = member.congress
    if member.starts_on < congress.starts_on:
        raise _wrong("starts_on", "before-term", _("任职开始不能早于本届开始（%(day)s）。"), day=congress.starts_on)
    last = member.ends_on or member.starts_on
    if congress.ends_on is not None and last > congress.ends_on:
        raise _wrong("ends_on", "after-term", _("任职不能晚于本届结束（%(day)s）。"), day=congress.ends_on)
    if member.group is not None and member.group.congress_id != congress.pk:
        raise _wrong("group", "other-congress", _("“%(group)s”是另一届人大的小组。"), group=member.group)


def _check_member(member: Membership) -> None:
    check_days(member)
    check_fields(member, "bad-member")


def _store(member: Membership) -> None:
    try:
        with transaction.atomic():
            member.save()
    except IntegrityError as error:
        if "one_membership_at_a_time" not in str(error):
            raise
        words = _("%(name)s这段时间已经是“%(congress)s”的代表。")
        raise _wrong("person", "member-already", words, name=member.person, congress=member.congress) from error


def _wrong(field: str, reason: str, words: str, **named: Any) -> BadInput:
    message = words % named if named else words
    return BadInput(message, code=reason, errors=[FieldError(field, reason, message)])
