"""How the cases of the 96 small waters go: most are delisted, and every other state has its few."""

from collections.abc import Callable

from demo.plan.cases import History, Story
from demo.plan.chance import stream
from demo.plan.points import Place, small_waters
from river_monitoring.steps.proofs import Rules, compliant_months
from river_monitoring.steps.table import State

LAST_MONTHS = 33
"""Of the 36 months, from about where a water goes bad that fails just now."""


def deal_stories() -> list[tuple[Place, Story]]:
    """Deal the stories out over the small waters: most are delisted, and each other state has its few."""
    chance = stream("stories")
    draw = chance.randrange
    stories = [Story("delisted", draw(2, 10), draw(5, 10), stop=State.DELISTED) for _ in range(21)]
    stories += [Story("exceeded", draw(6, 13), draw(5, 8), relapse=LAST_MONTHS) for _ in range(3)]
    stories += [Story("looked-back", draw(2, 7), draw(5, 8), look_back=draw(3, 7)) for _ in range(22)]
    stories += [
        Story("look_back", draw(6, 13), draw(5, 9), look_back=draw(4, 9), look_back_takes=99) for _ in range(14)
    ]
    stories += [
        Story("relapsed", draw(2, 6), draw(5, 8), look_back=draw(3, 5), relapse=draw(16, 25), stop=stop)
        for stop in (None, State.LISTED, State.LISTED, State.PLANNED, State.UNDER_WAY, State.UNDER_WAY, State.UNDER_WAY)
    ]
    stories += [Story("under_way", draw(25, 31), draw(7, 12), stop=State.UNDER_WAY, deadline=14) for _ in range(8)]
    stories += [Story("overdue", draw(14, 21), draw(16, 24), stop=State.UNDER_WAY, deadline=9) for _ in range(5)]
    stories += [Story("ready", draw(18, 25), draw(5, 8), stop=State.ACCEPTANCE_ASKED) for _ in range(4)]
    stories += [Story("asked", draw(22, 27), draw(6, 9), stop=State.ACCEPTANCE_ASKED, eager=True) for _ in range(3)]
    stories += [Story("planned", draw(31, 34), 8, stop=State.PLANNED) for _ in range(4)]
    stories += [Story("listed", draw(33, 35), 8, stop=State.LISTED) for _ in range(3)]
    stories += [Story("suspended", draw(18, 28), 20, stop=State.SUSPENDED) for _ in range(2)]
    places = list(small_waters())
    chance.shuffle(places)
    return sorted(zip(_alternating(places), stories, strict=True), key=lambda pair: pair[0].code)


def _alternating(places: list[Place]) -> list[Place]:
    """Waters of the water bureau and of the others in turn, so that both have cases of every kind to show."""
    own = [place for place in places if place.department == "water"]
    others = [place for place in places if place.department != "water"]
    both = min(len(own), len(others))
    in_turn = [place for pair in zip(own, others, strict=False) for place in pair]
    # The longest list's rest goes first, to the many cases that are closed.
    return [*own[both:], *others[both:], *in_turn]


GOALS: dict[str, Callable[[History], bool]] = {
    "delisted": lambda h: h.status is State.DELISTED,
    "looked-back": lambda h: h.status is State.DELISTED and any(s.target is State.LOOK_BACK for s in h.steps),
    "look_back": lambda h: h.status is State.LOOK_BACK,
    "exceeded": lambda h: h.status is State.EXCEEDED,
    "relapsed": lambda h: sum(step.target is State.LISTED for step in h.steps) == 2 and _stands_where_it_stops(h),
    "under_way": lambda h: h.status is State.UNDER_WAY,
    "overdue": lambda h: h.status is State.UNDER_WAY,
    "ready": lambda h: h.status is State.ACCEPTANCE_ASKED and len(compliant_months(h.sample_days)) >= Rules().months,
    "asked": lambda h: h.status is State.ACCEPTANCE_ASKED and len(compliant_months(h.sample_days)) < Rules().months,
    "planned": lambda h: h.status is State.PLANNED,
    "listed": lambda h: h.status is State.LISTED,
    "suspended": lambda h: h.status is State.SUSPENDED,
}


def _stands_where_it_stops(history: History) -> bool:
    stop = history.story.stop if history.story else None
    return stop is None or history.status is stop
