"""What somebody typed, as queries on the index: exactly, in parts, and nearly."""

import re
from dataclasses import dataclass
from itertools import combinations, pairwise

from search.text.normal import compact, is_chinese, normal, runs
from search.text.vector import MOST_LETTERS, spellings

MOST_CHARACTERS = 80
MOST_WORDS = 8
LONGEST_SPLIT = 16
_QUOTED = re.compile(r'["“”「」『』](.*?)["“”「」『』]')


@dataclass(frozen=True)
class Query:
    """A search, cut to a length that no one is hurt by. `words` must all be found; none is an empty search."""

    text: str
    words: tuple[str, ...]

    @property
    def key(self) -> str:
        """The whole without what only separates, as titles are compared."""
        return compact("".join(self.words))

    def exactly(self) -> str:
        """Return a `tsquery`: every word as a phrase, or spelt in pinyin."""
        return " & ".join(f"({_word(word)})" for word in self.words)

    def in_parts(self) -> str:
        """Return a `tsquery` for one long Chinese word read as two or three shorter ones; empty for others.

        >>> parse("养犬条例").in_parts()
        "(('养犬') & ('条例'))"
        """
        if len(self.words) != 1 or not all(map(is_chinese, self.key)) or not 4 <= len(self.key) <= LONGEST_SPLIT:
            return ""
        key = self.key
        cuts = [cut for number in (1, 2) for cut in combinations(range(1, len(key)), number)]
        read = []
        for cut in cuts:
            parts = [key[start:end] for start, end in zip((0, *cut), (*cut, len(key)), strict=True)]
            if all(len(part) >= 2 for part in parts):
                read.append("(" + " & ".join(f"({_phrase(part)})" for part in parts) + ")")
        return " | ".join(read)

    def by_sound(self) -> str:
        """Return a `tsquery` for names that sound alike (西糖河 for 西塘河); empty where nothing can be spelt."""
        spelt = max(spellings(self.key), key=len, default="")
        return f"'~{spelt}':*" if spelt else ""

    def nearly(self) -> str:
        """Return a `tsquery` for names that share a pair of characters, or the first letters of their spelling."""
        pairs = {pair for run in runs(self.key) for pair in _pairs(run)}
        latin = [run for run in runs(self.key) if run.isascii() and run.isalpha() and len(run) >= 3]
        return " | ".join([f"'{pair}'" for pair in sorted(pairs)] + [f"'~{run[:3]}':*" for run in latin])


def parse(text: str) -> Query:
    """Read what was typed; whatever is no letter or digit only separates, so no sign means anything.

    >>> parse("  西塘河 ' & | ! XTH ").words
    ('西塘河', 'xth')
    >>> parse("“水质 断面”").words
    ('水质 断面',)
    """
    text = text.replace("\x00", " ").strip()[:MOST_CHARACTERS]
    quoted = _QUOTED.findall(text)
    words = [*quoted, *_QUOTED.sub(" ", text).split()]
    kept = [word for word in map(normal, words) if runs(word)]
    return Query(text, tuple(kept[:MOST_WORDS]))


def _pairs(run: str) -> list[str]:
    if not is_chinese(run[0]):
        return [run[:MOST_LETTERS]]
    return [run[at : at + 2] for at in range(len(run) - 1)] or [run]


def _word(word: str) -> str:
    letters = "".join(word.split())
    spelt = f" | '~{letters[:MOST_LETTERS]}':*" if letters.isascii() and letters.isalnum() else ""
    return _phrase(word) + spelt


def _phrase(word: str) -> str:
    """Return a sequence of tokens with nothing between; the last may go on.

    A run of n characters is n - 1 pairs; what follows it stands one place behind its last character.
    """
    parts: list[tuple[str, int]] = []
    place = 0
    found = runs(normal(word))
    for number, run in enumerate(found):
        last = number == len(found) - 1
        if not is_chinese(run[0]):
            parts.append((f"'{run[:MOST_LETTERS]}'" + (":*" if last else ""), place))
        elif len(run) == 1:
            parts.append((f"'{run}'" + (":*" if last else ""), place))
        else:
            parts += [(f"'{pair}'", place + at) for at, pair in enumerate(_pairs(run))]
        place += len(run) if is_chinese(run[0]) else 1
    text = parts[0][0]
    for (_before, at), (token, then) in pairwise(parts):
        text += f" <{then - at}> {token}"
    return text
