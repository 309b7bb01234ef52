"""Numbers and angles as people write them: `121.555`, `121°33′18″E`, `29度30分`, `121-33-18`."""

import math
import re

LONGEST_ANGLE = 40
PLAIN_NUMBER = re.compile(r"\d{1,3}(\.\d+)?")
# 121°33′12.5″, 121度33分12.5秒, 121°33'12.5"E; minutes and seconds may be left out.
ANGLE = re.compile(
    r"(?P<degrees>\d{1,3})\s*[°º˚度d]\s*(?:(?P<minutes>\d{1,2}(?:\.\d+)?)\s*(?:[′'’‘´`＇分m]\s*)?)?"
    r"(?:(?P<seconds>\d{1,2}(?:\.\d+)?)\s*(?:[″\"”“＂秒s]|''|′′|’’)?\s*)?"
)
# 121-33-12.5, 121:33:12.5, 121 33 12.5
PARTED = re.compile(
    r"(?P<degrees>\d{1,3})(?P<sign>[-:：\s])\s*(?P<minutes>\d{1,2})(?:(?P=sign)\s*(?P<seconds>\d{1,2}(?:\.\d+)?))?"
)
SIDES = {
    "东经": 1,
    "西经": -1,
    "北纬": 1,
    "南纬": -1,
    "E": 1,
    "W": -1,
    "N": 1,
    "S": -1,
    "东": 1,
    "西": -1,
    "北": 1,
    "南": -1,
}
FULL_WIDTH = str.maketrans("０１２３４５６７８９．，－：　", "0123456789.,-: ")


def number_of(text: str) -> float | None:
    """A finite number, or degrees, minutes and seconds as degrees; None for anything else.

    >>> number_of("121°33′18″E"), number_of("29度30分"), number_of("east")
    (121.555, 29.5, None)
    """
    try:
        number = float(text)
    except ValueError:
        return _degrees(text)
    return number if math.isfinite(number) else None


def _degrees(text: str) -> float | None:
    if len(text) > LONGEST_ANGLE:
        return None
    plain, sign = text.translate(FULL_WIDTH).strip(), 1
    for word, side in SIDES.items():
        if plain.upper().startswith(word) or plain.upper().endswith(word):
            plain = plain.upper().removeprefix(word).removesuffix(word).strip(" :")
            sign = side
            break
    plain = plain.lower()
    bare = plain.rstrip("°º˚度 ")
    if (number := _plain_number(bare)) is not None:
        return sign * number if bare != text.strip().lower() else None
    found = ANGLE.fullmatch(plain) or PARTED.fullmatch(plain)
    if not found:
        return None
    minutes, seconds = float(found["minutes"] or 0), float(found["seconds"] or 0)
    if minutes >= 60 or seconds >= 60:
        return None
    return sign * (float(found["degrees"]) + minutes / 60 + seconds / 3600)


def _plain_number(text: str) -> float | None:
    return float(text) if PLAIN_NUMBER.fullmatch(text) else None
