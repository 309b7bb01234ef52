"""One form for all ways of writing the same: width, case, traditional and simplified characters."""

import unicodedata
from functools import cache, lru_cache
from pathlib import Path

TABLE = Path(__file__).with_name("traditional.txt")


@cache
def simplified() -> dict[str, str]:
    """Return the simplified form of each traditional character (OpenCC, see the file)."""
    lines = TABLE.read_text(encoding="utf-8").splitlines()
    return {pair[0]: pair[1] for line in lines if not line.startswith("#") for pair in line.split()}


@lru_cache(maxsize=20_000)
def _letter(letter: str) -> str:
    plain = unicodedata.normalize("NFKC", letter).lower()
    plain = plain if len(plain) == 1 else letter
    return simplified().get(plain, plain)


def normal(text: str) -> str:
    """Return `text` in the form that is compared, letter for letter, so that places in both are the same.

    >>> normal("鄞江鎮 Ａ１")
    '鄞江镇 a1'
    """
    return "".join(map(_letter, text))


_BETWEEN = range(0xFB00, 0x20000)
"""Between the two later blocks of characters: other scripts."""


def is_chinese(letter: str) -> bool:
    """Tell whether a letter is a Chinese character.

    >>> [is_chinese(letter) for letter in "河a1𬇙。"]
    [True, False, False, True, False]
    """
    if "\u3400" <= letter <= "\u9fff":
        return not "\u4dc0" <= letter <= "\u4dff"  # the hexagrams of the Yijing stand between the ideographs
    return letter >= "\uf900" and letter.isalpha() and ord(letter) not in _BETWEEN


def runs(text: str) -> list[str]:
    """Cut normal text into runs of Chinese, of other letters, and of digits; everything else only separates.

    >>> runs("第5条 gb3838-2002水質")
    ['第', '5', '条', 'gb', '3838', '2002', '水質']
    """
    found: list[str] = []
    last = ""
    for letter in text:
        kind = "c" if is_chinese(letter) else "d" if letter.isdigit() else "l" if letter.isalnum() else ""
        if kind and kind == last:
            found[-1] += letter
        elif kind:
            found.append(letter)
        last = kind
    return found


def compact(text: str) -> str:
    """Return the normal form without what only separates.

    >>> compact("《某市养犬管理条例》（2020）")
    '某市养犬管理条例2020'
    """
    return "".join(runs(normal(text)))
