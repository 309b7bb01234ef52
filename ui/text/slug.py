"""Codes for addresses out of names that people type: Chinese becomes pinyin."""

import re

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
