"""A line of the operator's page: what it is about, how it is, and what to do."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

OK, LOOK, BROKEN = "ok", "look", "broken"
WORDS = {OK: gettext_lazy("正常"), LOOK: gettext_lazy("留意"), BROKEN: gettext_lazy("故障")}
TONES = {OK: "ok", LOOK: "warn", BROKEN: "bad"}


@dataclass(frozen=True)
class Line:
    """`advice` says what to do where the state is not OK."""

    title: Any
    text: Any
    state: str = OK
    advice: Any = ""

    @property
    def word(self) -> Any:
        return WORDS[self.state]

    @property
    def tone(self) -> str:
        return TONES[self.state]


@dataclass(frozen=True)
class Section:
    """Lines about one subject."""

    slug: str
    title: Any
    lines: Sequence[Line]


def worst(sections: Sequence[Section]) -> str:
    """The worst state of all lines."""
    states = {line.state for section in sections for line in section.lines}
    return next((state for state in (BROKEN, LOOK) if state in states), OK)


def span(age: timedelta) -> str:
    """A length of time as people say it: minutes, hours or days.

    >>> span(timedelta(seconds=20)) != span(timedelta(days=3))
    True
    """
    minutes = int(age.total_seconds() // 60)
    if minutes < 1:
        return _("不到 1 分钟")
    if minutes < 120:
        return ngettext("%(age)d 分钟", "%(age)d 分钟", minutes) % {"age": minutes}
    if minutes < 48 * 60:
        return ngettext("%(age)d 小时", "%(age)d 小时", minutes // 60) % {"age": minutes // 60}
    return ngettext("%(age)d 天", "%(age)d 天", minutes // 1440) % {"age": minutes // 1440}
