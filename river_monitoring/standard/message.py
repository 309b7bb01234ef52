"""A sentence kept as its pattern and what is filled in, so that it can be translated.

Pure Python, no Django: the rules of law write messages, `wording.translation` translates them.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date


@dataclass(frozen=True, slots=True)
class Message:
    """A Chinese pattern with ``%(name)s`` and its values; `str()` is the sentence in Chinese.

    Values may be dates, things with a Chinese name `zh` (parameters, classes), messages, and tuples of these.

    >>> str(Message("最近一次是%(day)s", {"day": date(2026, 3, 5)}))
    '最近一次是2026年3月5日'
    """

    pattern: str
    values: Mapping[str, object] = field(default_factory=dict)

    def __str__(self) -> str:
        return self.pattern % {name: _in_chinese(value) for name, value in self.values.items()}


def _in_chinese(value: object) -> object:
    if isinstance(value, tuple):
        return "、".join(str(_in_chinese(one)) for one in value)
    if isinstance(value, date):
        return f"{value.year}年{value.month}月{value.day}日"
    return getattr(value, "zh", value)
