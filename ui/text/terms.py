"""Terms in a text, found in one pass, so that what they mean can be opened where they stand."""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

LONGEST = 60
"""Characters of a name. What one place of the text costs is bounded by it, however many names there are."""
LONGEST_TITLE = 120
"""Characters between 《 and 》 that are the title of a law or a book, in which no word is a term."""
_END = ""
"""The key under which a node of the tree keeps the name that ends there; letters are keys of one character."""


@dataclass(frozen=True, slots=True)
class Term:
    """What a term means, the law it comes from in words, and its page. `key` is one for all of its names."""

    key: str
    meaning: str
    basis: str
    address: str


type Found = tuple[int, int, Term]
"""Where a name begins and ends in the text, and its term."""


class Vocabulary:
    """Names of terms as a tree of letters: reading a text costs as much as it is long, not as there are names."""

    def __init__(self, names: Mapping[str, Term | None]) -> None:
        """Take names of 1 to `LONGEST` characters with their terms; case makes no difference.

        None is a word that is no term though it holds one (审议案件: 议案).
        """
        self._tree: dict[str, Any] = {}
        for name, term in names.items():
            if not 0 < len(name) <= LONGEST:
                raise ValueError(name)
            node = self._tree
            for letter in _folded(name):
                node = node.setdefault(letter, {})
            node[_END] = term
        self._begins = re.compile(f"[《{re.escape(''.join(self._tree))}]")

    def find(self, text: str) -> Iterator[Found]:
        """Yield the names in `text` in its order: the longest at each place, none within 《…》 or a Latin word."""
        folded, at = _folded(text), 0
        while begins := self._begins.search(folded, at):
            at = begins.start()
            if folded[at] == "《":
                at = max(folded.find("》", at, at + LONGEST_TITLE), at) + 1
            else:
                end, term = self._longest(folded, at)
                if term is not None:
                    yield at, end, term
                at = end

    def _longest(self, text: str, start: int) -> tuple[int, Term | None]:
        """Return where the longest name from `start` on ends, and its term; the next letter for none."""
        node, found = self._tree, (start + 1, None)
        for at in range(start, min(start + LONGEST, len(text))):
            if (below := node.get(text[at])) is None:
                break
            node = below
            if _END in node and _is_word(text, start, at + 1):
                found = at + 1, node[_END]
        return found


def _folded(text: str) -> str:
    """Return small letters, as many as there were."""
    small = text.lower()
    return small if len(small) == len(text) else "".join(map(_small, text))


def _small(letter: str) -> str:
    return letter.lower() if len(letter.lower()) == 1 else letter


def _is_word(text: str, start: int, end: int) -> bool:
    """Tell whether no Latin letter or digit goes on over either end of a name; Chinese has no such ends."""
    before, after = text[max(0, start - 1) : start], text[end : end + 1]
    return not (_is_latin(before) and _is_latin(text[start])) and not (_is_latin(after) and _is_latin(text[end - 1]))


def _is_latin(letter: str) -> bool:
    return letter.isascii() and letter.isalnum()


def pieces(text: str, vocabulary: Vocabulary, seen: set[str]) -> Iterable[tuple[str, Term | None]]:
    """Cut `text` into terms that are not in `seen` and what lies between; those it yields are seen from then on."""
    last = 0
    for start, end, term in vocabulary.find(text):
        if term.key not in seen:
            seen.add(term.key)
            yield text[last:start], None
            yield text[start:end], term
            last = end
    yield text[last:], None


type Source = Callable[[], Vocabulary]
_SOURCE: list[Source] = []


def register(source: Source) -> None:
    """Have the terms of `source`, in the language of the request, marked; once, by the room that knows all rooms."""
    _SOURCE[:] = [source]


def vocabulary() -> Vocabulary:
    """Return the terms that are known; none where no room gives any."""
    return _SOURCE[0]() if _SOURCE else Vocabulary({})
