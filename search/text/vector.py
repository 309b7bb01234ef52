"""What stands in the index of a text: pairs of neighbouring characters with their places, and spellings of names.

PostgreSQL's own parsers see a Chinese sentence as one word. So Python makes the `tsvector`: for 西塘河 the pairs 西塘,
塘河 and the last character 河, each with its place; a phrase is then a sequence of pairs. Spellings begin with `~`.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from typing import Any

from pypinyin import Style, lazy_pinyin

from search.text.normal import is_chinese, normal, runs

MOST_PLACES = 16_000
"""PostgreSQL counts places up to 16,383."""
MOST_LETTERS = 40
"""Letters of one word, and characters of a name that are spelt."""


def tokens(text: str) -> Iterator[tuple[str, int]]:
    """Give each token of a text with its place, from 1 on.

    >>> list(tokens("西塘河3号"))
    [('西塘', 1), ('塘河', 2), ('河', 3), ('3', 4), ('号', 5)]
    """
    place = 1
    for run in runs(normal(text)):
        if not is_chinese(run[0]):
            yield run[:MOST_LETTERS], place
            place += 1
            continue
        for at in range(len(run)):
            yield run[at : at + 2], place + at
        place += len(run)


def spellings(name: str) -> set[str]:
    """Return the pinyin of a name and its initials, from every syllable on; phrases are read as phrases.

    >>> sorted(spellings("西塘河"))
    ['h', 'he', 'tanghe', 'th', 'xitanghe', 'xth']
    """
    letters = "".join(runs(normal(name)))[:MOST_LETTERS]
    if not any(map(is_chinese, letters)):
        return set()
    whole = [part.lower() for part in lazy_pinyin(letters, style=Style.NORMAL, errors=_singly)]
    first = [part[:1] for part in whole]
    return {"".join(parts[at:])[:MOST_LETTERS] for parts in (whole, first) for at in range(len(parts))}


def _singly(letters: str) -> Any:
    """Leave what is no Chinese as it is, letter by letter."""
    return list(letters)


def vector(texts: Iterable[str], spelt: Iterable[str] = ()) -> str:
    """Return the literal of a `tsvector` for texts one after the other, and for the spellings of a name.

    >>> vector(["西塘"], spellings("西塘"))
    "'~t' '~tang' '~xitang' '~xt' '塘':2 '西塘':1"
    """
    places: dict[str, list[int]] = defaultdict(list)
    start = 0
    for text in texts:
        last = 0
        for token, place in tokens(text):
            last = place
            if start + place > MOST_PLACES:
                break
            if len(places[token]) < 200:
                places[token].append(start + place)
        start += last + 10  # no phrase goes from one text into the next
    for spelling in spelt:
        places[f"~{spelling}"] = []
    return " ".join(_lexeme(token, at) for token, at in sorted(places.items()))


def _lexeme(token: str, at: list[int]) -> str:
    """Letters, digits and `~` alone: nothing in a token needs an escape."""
    return f"'{token}'" + (":" + ",".join(map(str, at)) if at else "")
