"""How many points of a whole were rated in a period, and why the others were not: what stands beside every count."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Literal

from django.utils.translation import gettext as _

from river_monitoring.assessment.period import Assessment
from river_monitoring.samples.rating import STANDARDS
from river_monitoring.standard.evaluation import GB3838_2002
from river_monitoring.wording.parameters import parameter_name

Reason = Literal["too-little", "detection-limit", "too-few", "not-rated", "no-samples"]
REASONS: tuple[Reason, ...] = ("too-little", "detection-limit", "too-few", "not-rated", "no-samples")
"""In the order in which they are named: items missing; a detection limit above the target's; fewer readings than the
rule wants; only items that no class is made of; no sample at all."""
MOST_ITEMS = 3


@dataclass(frozen=True, slots=True)
class Unrated:
    """Why one point has no class in a period, and the items that the reason is about."""

    reason: Reason
    items: tuple[str, ...] = ()


NO_SAMPLES = Unrated("no-samples")


def unrated_of(found: Assessment, *, by_target: bool = False) -> Unrated | None:
    """Why an assessment has no class, or `by_target` why it does not tell whether the target is met; else None."""
    if found.meets_target is not None if by_target and found.target else found.number:
        return None
    return lack_of(found)


def lack_of(found: Assessment) -> Unrated:
    """What an assessment lacks for a class, whether or not it has one."""
    if not found.samples:
        return NO_SAMPLES
    return lack_of_items(found.gaps.missing, found.gaps.blind, bool(found.means))


def lack_of_items(missing: Sequence[str], blind: Sequence[str], has_values: bool) -> Unrated:
    """The same of what was found missing, and what was not seen for its detection limit, as a kept month has them."""
    if not has_values:
        return Unrated("too-few")
    if missing:
        return Unrated("too-little", tuple(missing))
    return Unrated("detection-limit", tuple(blind)) if blind else Unrated("not-rated")


@dataclass(frozen=True)
class Coverage:
    """`rated` of `points` have a class, `at_least` of these only a least one; of the rest how many for each reason."""

    points: int = 0
    rated: int = 0
    at_least: int = 0
    reasons: Counter[Reason] = field(default_factory=Counter)
    items: dict[Reason, Counter[str]] = field(default_factory=dict)
    """For each reason how many points each item concerns."""

    @property
    def unrated(self) -> int:
        return self.points - self.rated

    def as_data(self) -> dict:
        """For the API: the counts, and the reasons with their items."""
        named = [
            {"reason": reason, "points": self.reasons[reason], "items": dict(self.items.get(reason, {}))}
            for reason in REASONS
            if self.reasons[reason]
        ]
        return {"points": self.points, "rated": self.rated, "at_least": self.at_least, "unrated": named}


def coverage_of(found: Iterable[Assessment]) -> Coverage:
    """Count assessments."""
    wanted = list(found)
    return count_unrated(map(unrated_of, wanted), at_least=sum(each.is_at_least for each in wanted))


def count_unrated(found: Iterable[Unrated | None], at_least: int = 0) -> Coverage:
    """Count reasons, one for each point; None stands for a point that was rated."""
    return count_alike(((each, 1) for each in found), at_least)


def count_alike(found: Iterable[tuple[Unrated | None, int]], at_least: int = 0) -> Coverage:
    """The same of reasons that each stand for so many points."""
    points: Counter[bool] = Counter()
    reasons: Counter[Reason] = Counter()
    items: dict[Reason, Counter[str]] = {}
    for each, count in found:
        points[each is None] += count
        if each is not None:
            reasons[each.reason] += count
            items.setdefault(each.reason, Counter()).update(dict.fromkeys(each.items, count))
    return Coverage(points.total(), points[True], at_least, reasons, items)


def unrated_in_words(found: Coverage) -> str:
    """``3 个未评价：2 数据不足（缺总磷），1 无水样``; empty where every point is rated."""
    if not found.unrated:
        return ""
    pattern = _("%(count)s 个未评价：%(reasons)s")
    return pattern % {"count": found.unrated, "reasons": reasons_in_words(found)}


def coverage_in_words(found: Coverage) -> str:
    """``7 个点位中 3 个已评价（其中 1 个数据不全，只知道至少是这个类别）；4 个未评价：…。``"""
    names = {"points": found.points, "rated": found.rated, "count": found.at_least}
    words = _("%(points)s 个点位中 %(rated)s 个已评价") % names
    if found.at_least:
        words += _("（其中 %(count)s 个数据不全，只知道至少是这个类别）") % names
    return _("；").join(filter(None, [words, unrated_in_words(found)])) + _("。")


def reasons_in_words(found: Coverage) -> str:
    """``2 数据不足（缺总磷），1 无水样``."""
    return _("，").join(_reason_in_words(reason, found) for reason in REASONS if found.reasons[reason])


def _reason_in_words(reason: Reason, found: Coverage) -> str:
    count = found.reasons[reason]
    items = _items_in_words(found.items.get(reason, Counter()), count)
    patterns: dict[Reason, str] = {
        "too-little": _("%(count)s 数据不足（缺%(items)s）"),
        "detection-limit": _("%(count)s 数据不足（%(items)s检出限过高）"),
        "too-few": _("%(count)s 数据不足（读数太少）"),
        "not-rated": _("%(count)s 数据不足（所测项目不参评）"),
        "no-samples": _("%(count)s 无水样"),
    }
    return patterns[reason] % {"count": count, "items": items}


def _items_in_words(items: Counter[str], points: int) -> str:
    """The items, most frequent first; with their number where they do not concern every one of the points."""
    order = list(GB3838_2002.parameters)
    found = sorted(items.items(), key=lambda item: (-item[1], order.index(item[0]) if item[0] in order else 99))
    named = [_item_in_words(code, count, points) for code, count in found[:MOST_ITEMS]]
    return _("、").join(named) + (_("等") if len(found) > MOST_ITEMS else "")


def _item_in_words(code: str, count: int, points: int) -> str:
    standard = next((each for each in STANDARDS.values() if code in each.parameters), None)
    name = parameter_name(standard[code]) if standard else code
    return name if count == points else _("%(name)s %(count)s 个") % {"name": name, "count": count}


def mark_in_words(found: Unrated) -> str:
    """What stands in the place of a class."""
    return _("无水样") if found.reason == "no-samples" else _("数据不足")
