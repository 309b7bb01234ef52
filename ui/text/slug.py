"""Codes for addresses out of names that people type: Chinese becomes pinyin."""

import re
from collections.abc import Collection
from itertools import count

from pypinyin import lazy_pinyin


def slug(name: str, joint: str = "-", most: int = 30) -> str:
    """Return lower-case letters and digits of a name, `joint` between its parts; "" for a name that has none.

    >>> slug("供暖 问题")
    'gong-nuan-wen-ti'
    >>> slug("2024 Rivers", "_")
    '2024_rivers'
    >>> slug("?!")
    ''
    """
    spelled = joint.join(lazy_pinyin(name)).lower()
    return re.sub(r"[^a-z0-9]+", joint, spelled).strip(joint)[:most].strip(joint)


def first_free(stem: str, taken: Collection[str], joint: str = "-", most: int = 26) -> str:
    """The stem where it is free, else at most `most` characters of it with the first number that is.

    >>> first_free("pond", ()), first_free("pond", ("pond", "pond-2"))
    ('pond', 'pond-3')
    """
    if stem not in taken:
        return stem
    return next(code for number in count(2) if (code := f"{stem[:most]}{joint}{number}") not in taken)
