"""Proposals in each state, handed in and decided as proposals are, and how streets recommended candidates."""

from datetime import date, timedelta
from random import Random

from django.core.files.base import ContentFile

from accounts.models import Area, User
from demo.plan import sources
from demo.plan.calendar import moment
from demo.plan.chance import stream
from demo.plan.congress.proposals import PROPOSED, Proposed
from demo.plan.points import by_village
from demo.plan.villages import Village, villages
from demo.store.past import at
from projects.models import Project, Proposal
from projects.proposals import review, services
from projects.proposals.recommendations import record_recommendation


def store_proposals(projects: dict[str, Project], users: dict[str, User], today: date) -> int:
    """Write them, the oldest first; return how many."""
    chance, staff = stream("proposals"), users["staff"]
    by_name = {project.name: project for project in projects.values()}
    made: dict[str, Proposal] = {}
    for proposed in sorted(PROPOSED, key=lambda one: -one.days_ago):
        day = today - timedelta(days=proposed.days_ago)
        with at(moment(day, 10, chance.randrange(60))):
            made[proposed.title] = _submit(proposed, users, chance)
        _decide(proposed, made, by_name, staff, min(today, day + timedelta(days=4)))
    return len(made)


def _submit(proposed: Proposed, users: dict[str, User], chance: Random) -> Proposal:
    village = _village(proposed.village)
    lng, lat = by_village(village, chance)
    draft = services.ProposalDraft(
        title=proposed.title,
        text=proposed.text,
        category=proposed.category,
        lng=lng,
        lat=lat,
        address=f"{village.town.name}{village.short}",
    )
    deputy = users["deputy-003"] if proposed.deputy else None
    return services.submit(draft, deputy, _picture(proposed))


def _picture(proposed: Proposed) -> ContentFile | None:
    if not proposed.picture:
        return None
    path = sources.folder().parent / "pictures" / proposed.picture
    return ContentFile(path.read_bytes(), name=proposed.picture)


def _village(name: str) -> Village:
    found = [village for village in villages() if village.short == name]
    return found[0] if found else villages()[sum(map(ord, name)) % len(villages())]


def _decide(
    proposed: Proposed, made: dict[str, Proposal], projects: dict[str, Project], staff: User, day: date
) -> None:
    number = made[proposed.title].number
    if proposed.end == "new":
        return
    with at(moment(day, 15)):
        review.publish(number, staff, 1, proposed.answer if proposed.end == "published" else "")
    with at(moment(day, 16)):
        if proposed.end == "adopted":
            review.adopt(number, staff, 2, projects[proposed.of], proposed.answer)
        elif proposed.end == "merged":
            review.merge(number, staff, 2, made[proposed.of].number, proposed.answer)
        elif proposed.end == "declined":
            review.decline(number, staff, 2, proposed.answer)


def store_recommendations(projects: dict[str, Project], areas: dict[str, Area], staff: User, today: date) -> int:
    """Streets' councils recommended the candidates of their own; return how many counts there are."""
    streets = {area.pk: area for area in areas.values() if area.name.endswith("街道")}
    chance, written = stream("recommendations"), 0
    for project in projects.values():
        street = streets.get(project.area_id)
        if project.status != Project.Status.CANDIDATE or street is None:
            continue
        members = chance.randrange(48, 72)
        present = members - chance.randrange(3, 12)
        opposed, abstained = chance.randrange(2, 7), chance.randrange(0, 4)
        day = today - timedelta(days=12)
        with at(moment(day, 16)):
            record_recommendation(
                project.pk,
                staff,
                area=street,
                council=f"{street.name}居民议事会",
                met_on=day,
                members=members,
                present=present,
                in_favour=present - opposed - abstained,
                opposed=opposed,
                abstained=abstained,
            )
        written += 1
    return written
