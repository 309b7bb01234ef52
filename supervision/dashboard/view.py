"""Everything that the page shows, put together once: page and downloads say the same because they read the same."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.permissions import ANONYMOUS, role_of
from supervision.dashboard import charts, facts
from supervision.dashboard.choice import Choice, CutChoices, quick_spans
from supervision.dashboard.distribution import LEAST
from supervision.permissions import suggestions_visible_to


@dataclass(frozen=True, slots=True)
class View:
    """The answer to one question by one reader."""

    choice: Choice
    rows: list[facts.Row]
    total: facts.Group
    groups: list[facts.Group]
    towns: list[facts.Group]
    months: list[facts.Group]

    def drawings(self) -> list[charts.Drawing]:
        drawn = charts.town_map(self.towns, self.choice)
        return [*([drawn] if drawn else []), charts.answer_times(self.total), charts.over_time(self.months)]


def look(user: Any, choice: Choice, today: date | None = None) -> View:
    """Count what `user` may see of the question."""
    found = facts.rows(user, choice, today or timezone.localdate())
    return View(
        choice=choice,
        rows=found,
        total=facts.total_of(found),
        groups=facts.cut(found, choice),
        towns=facts.cut(found, Choice(**{**_parts(choice), "by": CutChoices.AREA})),
        months=facts.by_month(found, choice),
    )


def _parts(choice: Choice) -> dict[str, Any]:
    return {name: getattr(choice, name) for name in ("area", "since", "until", "department", "category")}


def may_see_matters(user: Any) -> bool:
    """Whether there is anything to count for this reader; the public and GIS staff see no matters."""
    return role_of(user) not in (ANONYMOUS, "gis")


def context(user: Any, view: View, today: date) -> dict[str, Any]:
    """What the template needs."""
    choice = view.choice
    return {
        "choice": choice,
        "query": choice.query(),
        "total": view.total,
        "groups": view.groups,
        "drawings": view.drawings(),
        "titles": titles(choice),
        "least": LEAST,
        "visible_total": suggestions_visible_to(user).distinct().count(),
        "spans": [
            {
                "name": name,
                "query": choice.query(since=since, until=until),
                "chosen": (choice.since, choice.until) == (since, until),
            }
            for name, since, until in quick_spans(today)
        ],
    }


def titles(choice: Choice) -> list[str]:
    """The table's columns."""
    return [
        str(dict(CutChoices.CHOICES)[choice.by]), _("提出"), _("已答复"), _("按期答复率"), _("超期未答复"),
        _("用时 P25（天）"), _("中位数（天）"), _("P90（天）"), _("结果满意率"),
    ]  # fmt: skip
