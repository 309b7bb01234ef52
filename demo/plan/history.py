"""What became of each point, month by month: samples, and the steps of its rectification.

Every step is asked of the same transition table as in real life: a point is delisted in the month in which its own
samples prove it, not in one that was chosen. Where a run of chance does not lead where the demo wants it, another
run is tried.
"""

from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from functools import cache
from random import Random
from typing import Literal

from demo.plan.calendar import moment, sampled_months
from demo.plan.cases import History, Picture, Reading, Step, Story, assessed, sample_days
from demo.plan.chance import stream
from demo.plan.chemistry import readings
from demo.plan.points import Place, sections
from demo.plan.stories import GOALS, deal_stories
from river_monitoring.standard.evaluation import evaluate_water_class
from river_monitoring.steps.photos import Photo
from river_monitoring.steps.proofs import EvidenceOnFile, Rules, SampleDay, compliant_months, missing_evidence
from river_monitoring.steps.table import TABLE, State

RULES = Rules()
OFF_LIST = TABLE.in_group("delisted")
RELAPSE_MONTHS = 2
RELAPSE_DAYS = 60
HANDED_IN_AFTER = timedelta(minutes=30)
WITHOUT_PLACE = 0.08
GAP = 0.02
FOUL = 6
TRIES = 200


@cache
def histories(today: date) -> tuple[History, ...]:
    """Sections first, then the small waters."""
    months = sampled_months(today)
    chance = stream("sections")
    watched = [History(place, None, _watch(place, months, chance), ()) for place in sections()]
    return (*watched, *(_rectified(place, story, months, today) for place, story in deal_stories()))


def _watch(place: Place, months: list[date], chance: Random) -> tuple[Reading, ...]:
    """Three years of a section: a trend, nothing to rectify. A section set up only now has no sample yet."""
    samples: list[Reading] = []
    if place.quality is None:
        return ()
    for number, month in enumerate(months):
        state = place.quality + place.trend * number / (len(months) - 1)
        if chance.random() > GAP / 2:
            samples.append(_sample(place, state, month, chance))
    return tuple(samples)


def _sample(place: Place, state: float, month: date, chance: Random) -> Reading:
    at = moment(month.replace(day=chance.randrange(3, 9)), chance.randrange(8, 12), chance.randrange(0, 60, 5))
    values = readings(place.habit, state, month, chance)
    answer = evaluate_water_class(values, "lake" if place.habit.lake else "river")
    return Reading(at, values, answer.water_class.number)


def _rectified(place: Place, story: Story, months: list[date], today: date) -> History:
    for attempt in range(TRIES):
        run = Run(place, _shifted(story, attempt), today, stream(f"history {place.code} {attempt}"))
        for number, month in enumerate(months):
            run.live_through(number, month)
        run.judge_after(months[-1])
        history = History(place, story, tuple(run.samples), tuple(run.steps))
        if GOALS[story.kind](history):
            return history
    raise RuntimeError(f"no run of {TRIES} brings {place.code} to the end of its story {story}")


def _shifted(story: Story, attempt: int) -> Story:
    """The same story listed a month earlier or later with each further try, while the window lasts."""
    shift = (0, -1, 1, -2, 2, -3, 3)[attempt % 7]
    relapse = story.relapse and max(12, story.relapse + shift - attempt // 30)
    return replace(story, start=min(34, max(1, story.start + shift)), relapse=relapse)


@dataclass
class Run:
    """One run of chance through the months of a case."""

    place: Place
    story: Story
    today: date
    chance: Random
    samples: list[Reading] = field(default_factory=list)
    steps: list[Step] = field(default_factory=list)
    status: State = State.NONE
    waited: int = 0
    recovery: float = 0.0
    since: date | None = None
    due_on: date | None = None
    delisted_on: date | None = None

    def __post_init__(self) -> None:
        self.foul, self.clean = self.chance.uniform(6.25, 6.75), self.chance.uniform(3.9, 4.75)
        self.drawings = {kind: self.chance.sample(range(1, 7), 6) for kind in ("before", "after")}

    def live_through(self, number: int, month: date) -> None:
        """One month: the rule on the months before it, a sample before the tenth, then at most one step of people."""
        self._judge(month)
        self._recover(number)
        if self.chance.random() > GAP or number == self.story.start:
            state = self.foul + (self.clean - self.foul) * self.recovery
            self.samples.append(_sample(self.place, state, month, self.chance))
        day = month + timedelta(days=self.chance.randrange(10, 27))
        if day > self.today:
            return
        self.waited += 1
        if step := self._next(number, day):
            self._take(step)

    def judge_after(self, last: date) -> None:
        """What the rule says of the newest sampled month, when that is over."""
        following = (last + timedelta(days=32)).replace(day=1)
        if following <= self.today:
            self._judge(following)

    def _judge(self, month: date) -> None:
        """On the first of a month, what the rule on delisted points says of the months since the delisting."""
        run = self._failing_months()
        if len(run) >= RELAPSE_MONTHS:
            note = "系统按数据完整的月份自动重新挂号：连续2个月劣于目标类别，责任单位须查明原因。"
            due_on = month + timedelta(days=RELAPSE_DAYS)
            self._take(Step(month, self.status, State.LISTED, note, due_on=due_on, by_rule=True))
        elif run and self.status in (State.DELISTED, State.LOOK_BACK):
            note = "系统按数据完整的月份判定：上月均值劣于目标类别。"
            self._take(Step(month, self.status, State.EXCEEDED, note, by_rule=True))

    def _failing_months(self) -> list[Reading]:
        """The newest months in a row, since the delisting, that fail."""
        run: list[Reading] = []
        if self.status not in OFF_LIST or self.delisted_on is None:
            return run
        for reading in reversed(self.samples):
            if reading.at.date() <= self.delisted_on or assessed(reading, self.place).meets(self.place.target):
                break
            run.append(reading)
        return run

    def _recover(self, number: int) -> None:
        """The water gets better while works go on, and worse in the few months before a relapse is seen."""
        if self._relapses(number):
            self.recovery = max(0.0, self.recovery - 0.5)
        elif self.status in (State.UNDER_WAY, State.ACCEPTANCE_ASKED):
            self.recovery = min(1.0, self.recovery + self.chance.uniform(0.7, 1.3) / self.story.works)

    def _relapses(self, number: int) -> bool:
        bad_from = self.story.relapse
        once = bad_from is not None and number >= bad_from and self._listings() < 2
        return once and self.status in OFF_LIST

    def _listings(self) -> int:
        return sum(step.target is State.LISTED for step in self.steps)

    def _take(self, step: Step) -> None:
        if step.target is State.LISTED:
            self.since = step.day
        if step.is_acceptance:
            self.delisted_on = step.day
        self.due_on = step.due_on or self.due_on
        self.status, self.waited = step.target, 0
        self.steps.append(step)

    def _next(self, number: int, day: date) -> Step | None:
        """The step that somebody takes this month, when the table and the story let them."""
        if self.status is self.story.stop and not self._may_pass_its_stop():
            return None
        return getattr(self, f"_from_{self.status.value}")(number, day)

    def _may_pass_its_stop(self) -> bool:
        """The stop of a case that relapses counts only after it was listed again."""
        return self.story.relapse is not None and self._listings() < 2

    def _step(self, target: State, day: date, note: str, **more: object) -> Step | None:
        """The step, or None while its proof is missing."""
        step = Step(day, self.status, target, note, **more)  # type: ignore[arg-type]
        row = TABLE.move(self.status, target)
        if row is None:
            raise LookupError(f"the table has no step from {self.status} to {target}")
        file = EvidenceOnFile(
            note=note,
            plan=bool(note),
            due_on=step.due_on,
            photos=[_photo(picture) for each in (*self._present(), step) for picture in each.photos],
            completions=self._completions(day),
            target=self.place.target,
            samples=self._sample_days(),
            since=self.since,
        )
        return None if missing_evidence(row, file, day, RULES) else step

    def _completions(self, day: date) -> list[datetime]:
        """When the measures are reported complete: on the eve of the first time that acceptance is asked."""
        if self.status not in (State.UNDER_WAY, State.ACCEPTANCE_ASKED):
            return []
        asked = (step.day for step in self._present() if step.target is State.ACCEPTANCE_ASKED)
        return [completed_at(next(asked, day))]

    def _picture(self, kind: Literal["before", "after"], day: date) -> tuple[Picture]:
        """A photo of the morning of `day`; of the six drawings each is shown once for a point, as long as there are."""
        number = self.drawings[kind].pop() if self.drawings[kind] else self.chance.randrange(1, 7)
        away = None if self.chance.random() < WITHOUT_PLACE else round(self.chance.uniform(4, 60), 1)
        return (Picture(kind, f"{kind}-{number}.jpg", moment(day, 8, self.chance.randrange(60)), away),)

    def _present(self) -> list[Step]:
        """Steps since the present listing."""
        return [step for step in self.steps if self.since and step.day >= self.since]

    def _sample_days(self) -> list[SampleDay]:
        return sample_days(self.samples, self.place)

    def _due(self, day: date) -> date:
        return (day + timedelta(days=30 * self.story.deadline)).replace(day=28)

    def _from_none(self, number: int, day: date) -> Step | None:
        if number < self.story.start or self.samples[-1].water_class != FOUL:
            return None
        note = f"排查挂号：{self.place.causes}"
        return self._step(
            State.LISTED, day, note, inspector=True, due_on=self._due(day), photos=self._picture("before", day)
        )

    def _from_listed(self, number: int, day: date) -> Step | None:
        note = f"一点一策：{self.place.plan}"
        return self._step(State.PLANNED, day, note, due_on=self.due_on or self._due(day))

    def _from_planned(self, number: int, day: date) -> Step | None:
        return self._step(State.UNDER_WAY, day, "施工单位进场，治理工程开工。", photos=self._picture("before", day))

    def _from_under_way(self, number: int, day: date) -> Step | None:
        if self.story.stop is State.SUSPENDED:
            note = "沿线地块征迁未完成，工程暂停，待地块交付后恢复。"
            return self._step(State.SUSPENDED, day, note) if self.waited > 3 else None
        run = len(compliant_months(d for d in self._sample_days() if self.since and d.day >= self.since))
        if run < (1 if self.story.eager else self.chance.choice((2, 3, 3))):
            return None
        note = "治理工程完工，污水零直排自查合格，申请验收。"
        return self._step(State.ACCEPTANCE_ASKED, day, note, photos=self._picture("after", day))

    def _from_acceptance_asked(self, number: int, day: date) -> Step | None:
        note = "现场核查：截污、清淤到位，水质连续三个月达到目标，同意销号。"
        if step := self._step(State.DELISTED, day, note, inspector=True):
            return step
        if self.waited > 1 and self._sample_days()[-1].compliant is False:
            return self._step(State.UNDER_WAY, day, "复测水质未达目标，退回继续治理。", inspector=True)
        return None

    def _from_delisted(self, number: int, day: date) -> Step | None:
        looked = any(step.target is State.LOOK_BACK for step in self._present())
        if self.story.look_back is None or looked or self.waited < self.story.look_back:
            return None
        return self._step(State.LOOK_BACK, day, "按长效管理要求开展“回头看”，现场复核并加测水质。")

    def _from_look_back(self, number: int, day: date) -> Step | None:
        if self.waited < self.story.look_back_takes:
            return None
        note = "“回头看”复核：无污水直排，水质稳定，通过。"
        return self._step(State.DELISTED, day, note, inspector=True)

    def _from_exceeded(self, number: int, day: date) -> Step | None:
        note = "复核：查明为雨后溢流，已整改，水质连续三个月达到目标。"
        return self._step(State.DELISTED, day, note, inspector=True)

    def _from_suspended(self, number: int, day: date) -> Step | None:
        return None


def completed_at(asked_on: date) -> datetime:
    """When the last report said that all measures were done: the day before acceptance was first asked."""
    return moment(asked_on - timedelta(days=1), 16)


def _photo(picture: Picture) -> Photo:
    """The photo as the rule reads it; the drawings of one point are unlike one another (`ui.picture_hash`)."""
    looks = f"{stream(picture.drawing).getrandbits(143):036x}"
    return Photo(
        picture.kind,
        [looks],
        kept_at=picture.taken_at + HANDED_IN_AFTER,
        taken_at=picture.taken_at,
        away_m=picture.away_m,
        is_vouched=picture.away_m is None,
    )
