"""60 livelihood projects over three years, three in the reserve, nine for the next year.

Which light a project has, and how far it is, is for the rule in `projects.plan.progress`; here are only the days on
which its milestones were due and done.
"""

from dataclasses import dataclass
from datetime import date, timedelta
from random import Random

from demo.plan import sources
from demo.plan.chance import stream
from demo.plan.points import by_village
from demo.plan.towns import Town
from demo.plan.villages import Village, villages

# Days late per milestone, by how a project goes; None: it is never done.
DELAYS: dict[str, tuple[int, int]] = {
    "done": (-6, 8),
    "ahead": (-25, -5),
    "on": (-8, 6),
    "slow": (50, 75),
    "late": (150, 190),
}
UNFINISHED = {"next", "candidate", "proposed", "reserve", "stuck"}


@dataclass(frozen=True)
class Step:
    title: str
    weight: int
    due_on: date
    done_on: date | None


@dataclass(frozen=True)
class Report:
    day: date
    text: str
    problems: str
    photo: str  # name of a picture under fixtures/pictures, or nothing


@dataclass(frozen=True)
class Vote:
    voter: str
    satisfied: int
    fairly: int
    dissatisfied: int
    abstained: int


@dataclass(frozen=True)
class Plan:
    code: str
    name: str
    summary: str
    goal: str
    year: int
    category: str
    status: str
    lead: str
    partners: tuple[str, ...]
    town: Town
    address: str
    place: tuple[float, float]
    budget_wan: int
    spent_wan: int
    starts_on: date
    ends_on: date
    steps: tuple[Step, ...]
    reports: tuple[Report, ...]
    votes: tuple[Vote, ...]


def projects(today: date) -> tuple[Plan, ...]:
    chance, words = stream("projects"), sources.read_json("project_words.json")
    shorts = {row["code"]: row["short"] for row in sources.read_rows("departments.csv")}
    numbers: dict[int, int] = {}
    plans = []
    for row in sources.read_rows("projects.csv"):
        year = today.year + int(row["year"])
        numbers[year] = numbers.get(year, 0) + 1
        plans.append(_plan(f"HS{year}-{numbers[year]:02d}", year, row, shorts, words, today, chance))
    return tuple(plans)


def _plan(code: str, year: int, row: dict, shorts: dict, words: dict, today: date, chance: Random) -> Plan:
    partners = tuple(row["partners"].split(";"))
    village = _village(row, chance)
    starts_on, ends_on = _span(year, row["pace"], today, chance)
    steps = _steps(row, words, starts_on, ends_on, today, chance)
    status = _status(year, row["pace"], starts_on, steps, today)
    budget = int(row["budget"])
    done = sum(step.weight for step in steps if step.done_on)
    spent = round(budget * min(1.0, done / 100 * chance.uniform(0.92, 1.0) + (0.04 if 0 < done < 100 else 0)))
    summary = words["summary"].format(
        why=words["why"][row["category"]],
        lead=shorts[row["lead"]],
        partners="、".join(shorts[partner] for partner in partners),
        goal=row["goal"],
    )
    return Plan(
        code,
        row["name"],
        summary,
        row["goal"],
        year,
        row["category"],
        status,
        row["lead"],
        partners,
        village.town,
        f"{village.town.name}{village.short}一带",
        by_village(village, chance),
        budget,
        spent,
        starts_on,
        ends_on,
        steps,
        _reports(steps, spent, words, starts_on, today, row["pace"], chance),
        _votes(status, chance),
    )


def _village(row: dict, chance: Random) -> Village:
    """The village that the name speaks of, or any of the town."""
    of_town = [village for village in villages() if village.town.short == row["town"]]
    named = [village for village in of_town if village.short in row["name"]]
    return named[0] if named else chance.choice(of_town)


def _span(year: int, pace: str, today: date, chance: Random) -> tuple[date, date]:
    if pace == "next":  # voted, to begin in a few weeks
        return today + timedelta(days=chance.randrange(20, 40)), today + timedelta(days=chance.randrange(300, 400))
    return date(year, chance.choice((2, 3, 3, 4)), chance.randrange(1, 28)), date(year, 12, chance.randrange(5, 26))


def _steps(row: dict, words: dict, starts_on: date, ends_on: date, today: date, chance: Random) -> tuple[Step, ...]:
    titles, weights = words["milestones"][row["category"]], chance.choice(words["weights"])
    whole, reached, steps = (ends_on - starts_on).days, 0, []
    for title, weight in zip(titles, weights, strict=True):
        reached += weight
        due_on = starts_on + timedelta(days=whole * reached // 100)
        steps.append(Step(title, weight, due_on, _done_on(due_on, row["pace"], today, chance)))
    return tuple(steps)


def _done_on(due_on: date, pace: str, today: date, chance: Random) -> date | None:
    if pace in UNFINISHED:
        return None
    early = 60 if pace == "done" and due_on.year == today.year else 0
    done_on = due_on + timedelta(days=chance.randint(*DELAYS[pace]) - early)
    return done_on if done_on <= today else None


def _status(year: int, pace: str, starts_on: date, steps: tuple[Step, ...], today: date) -> str:
    finished = all(step.done_on for step in steps)
    if pace in ("candidate", "proposed", "reserve"):
        return pace
    if today < starts_on:
        return "voted"
    if not finished:
        return "building"
    return "rated" if year < today.year else "supervised"


def _reports(
    steps: tuple[Step, ...], spent: int, words: dict, starts_on: date, today: date, pace: str, chance: Random
) -> tuple[Report, ...]:
    """One report per milestone done, and a last one on what is being worked at, with its problem when it is late."""
    reports = []
    for number, step in enumerate(steps):
        if step.done_on:
            day = min(today, step.done_on + timedelta(days=chance.randrange(1, 6)))
            photo = f"site-{chance.randrange(1, 7)}.jpg" if number in (2, 4) else ""
            reports.append(Report(day, chance.choice(words["reports"]).format(milestone=step.title), "", photo))
    waiting = next((step for step in steps if not step.done_on), None)
    if pace != "reserve" and waiting and starts_on + timedelta(days=30) < today:
        numbers = {"milestone": waiting.title, "spent": spent, "n": chance.randrange(8, 40)}
        problem = chance.choice(words["problems"]).format(**numbers) if waiting.due_on < today else ""
        day = today - timedelta(days=chance.randrange(2, 20))
        reports.append(Report(day, chance.choice(words["waiting"]).format(**numbers), problem, ""))
    return tuple(reports)


def _votes(status: str, chance: Random) -> tuple[Vote, ...]:
    return tuple(_vote(voter, size, chance) for voter, size in VOTERS) if status == "rated" else ()


VOTERS = (("deputy", 198), ("public", 640))


def _vote(voter: str, size: int, chance: Random) -> Vote:
    asked = size - chance.randrange(size // 8)
    satisfied = round(asked * chance.uniform(0.68, 0.9))
    fairly = round((asked - satisfied) * chance.uniform(0.6, 0.85))
    dissatisfied = round((asked - satisfied - fairly) * chance.uniform(0.3, 0.8))
    return Vote(voter, satisfied, fairly, dissatisfied, asked - satisfied - fairly - dissatisfied)
