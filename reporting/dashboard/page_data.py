"""Everything that the page shows, put together once: page and downloads say the same because they read the same."""

from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.looking import codes_shown
from accounts.permissions import ANONYMOUS, Asker, role_of
from reporting.dashboard import box_plots, charts, groups
from reporting.dashboard.distribution import LEAST
from reporting.dashboard.groups import Group
from reporting.dashboard.selection import Grouping, Selection, bin_choices, quick_spans
from reporting.indicators.room_figures import MATTERS, sources
from supervision.matters.answers import how_many
from supervision.models import Category

MOST_ON_MAP = 2000


@dataclass(frozen=True, slots=True)
class Numbers:
    """The answer to one question by one reader."""

    user: Asker
    choice: Selection
    total: Group
    groups: list[Group]
    towns: list[Group]
    months: list[Group]

    def drawings(self) -> list[charts.Drawing]:
        drawn = (
            charts.town_map(self.towns, self.choice, codes_shown(self.user)),
            charts.answer_times(self.total, self.choice),
            box_plots.compare(self.groups, self.choice),
            charts.over_time(self.months, self.choice),
        )
        return [each for each in drawn if each is not None]


def numbers_of(user: Asker, choice: Selection, today: date | None = None) -> Numbers:
    """Count what `user` may see of the question."""
    day = today or timezone.localdate()
    found = groups.cases_cut(user, choice, day, list({choice.by: 0, Grouping.AREA: 0, Grouping.MONTH: 0}))
    cut = groups.cut(found[choice.by], choice)
    is_by_area = choice.by == Grouping.AREA
    return Numbers(
        user=user,
        choice=choice,
        total=groups.total_of(found[choice.by], choice),
        groups=cut,
        towns=cut if is_by_area else groups.cut(found[Grouping.AREA], replace(choice, by=Grouping.AREA)),
        months=groups.by_month(found[Grouping.MONTH], replace(choice, by=Grouping.MONTH)),
    )


def may_see_matters(user: Asker) -> bool:
    """Whether there is anything to count for this reader; the public and GIS staff see no matters."""
    return role_of(user) not in (ANONYMOUS, "gis")


def context(user: Asker, view: Numbers, today: date) -> dict[str, Any]:
    """What the template needs."""
    choice = view.choice
    return {
        "choice": choice,
        "query": choice.query(),
        "asked": asked(choice),
        "total": view.total,
        "groups": view.groups,
        "drawings": view.drawings(),
        "titles": titles(choice),
        "least": LEAST,
        "visible_total": how_many(user) if choice.is_narrow else view.total.total,
        "spans": [
            {
                "name": name,
                "query": choice.query(since=since, until=until),
                "chosen": (choice.since, choice.until) == (since, until),
            }
            for name, since, until in quick_spans(today)
        ],
    }


def titles(choice: Selection) -> list[str]:
    """The table's columns; the first indicator stands beside the counts, the others at the end."""
    first, *rest = (str(each.title) for each in sources()[MATTERS].indicators)
    return [
        str(dict(Grouping.CHOICES)[choice.by]), _("提出"), _("已答复"), first, _("超期未答复"),
        _("四分之一在几天内"), _("一半在几天内"), _("九成在几天内"), *rest,
    ]  # fmt: skip


def asked(choice: Selection) -> str:
    """The question in words, for paper: only what was narrowed."""
    parts = [
        str(choice.area or ""),
        f"{choice.since or ''} – {choice.until or ''}" if choice.since or choice.until else "",
        str(choice.department or ""),
        str(Category(choice.category).label) if choice.category else "",
        next((name for value, name in bin_choices() if value == choice.took), ""),
    ]
    return _("；").join(part for part in parts if part)
