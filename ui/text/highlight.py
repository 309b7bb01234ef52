"""Which letters of a text a search has found, also when it was typed in pinyin."""

from typing import Any

from pypinyin import Style, lazy_pinyin

from ui.text.search_key import words_of

Piece = tuple[str, bool]
"""A stretch of the text, and whether it was found."""


def pieces(text: str, query: str) -> list[Piece]:
    """Cut `text` into what `query` found in it and what lies between.

    >>> pieces("老旧污水管网改造", "wsgw")
    [('老旧', False), ('污水管网', True), ('改造', False)]
    >>> pieces("西塘河 3 号桥", "西塘 号桥")
    [('西塘', True), ('河 3 ', False), ('号桥', True)]
    >>> pieces("西塘河", "guandao")
    [('西塘河', False)]
    """
    found = [False] * len(text)
    for word in words_of(query):
        for start, end in _direct(text, word) or _spelt(text, word):
            found[start:end] = [True] * (end - start)
    return _runs(text, found)


def _runs(text: str, found: list[bool]) -> list[Piece]:
    runs: list[Piece] = []
    for letter, hit in zip(text, found, strict=True):
        if runs and runs[-1][1] == hit:
            runs[-1] = (runs[-1][0] + letter, hit)
        else:
            runs.append((letter, hit))
    return runs


def _direct(text: str, word: str) -> list[tuple[int, int]]:
    lower = text.lower()
    return _spans(lower, word) if len(lower) == len(text) else []


def _spans(text: str, word: str) -> list[tuple[int, int]]:
    spans, start = [], text.find(word)
    while start >= 0:
        spans.append((start, start + len(word)))
        start = text.find(word, start + len(word))
    return spans


def _spelt(text: str, word: str) -> list[tuple[int, int]]:
    """Where `word` stands in the initials of the text, or else in its full spelling."""
    if not word.isascii():
        return []
    places = [index for index, letter in enumerate(text) if not letter.isspace()]
    letters = "".join(text[index] for index in places)
    for style in (Style.FIRST_LETTER, Style.NORMAL):
        syllables = [part.lower() for part in lazy_pinyin(letters, style=style, errors=_singly)]
        if len(syllables) != len(letters):
            continue  # the dictionary has read several letters as one
        if spans := [_letters(syllables, span) for span in _spans("".join(syllables), word)]:
            return [(places[first], places[last] + 1) for first, last in spans]
    return []


def _singly(letters: str) -> Any:
    """Leave what is no Chinese as it is, letter by letter."""
    return list(letters)


def _letters(syllables: list[str], span: tuple[int, int]) -> tuple[int, int]:
    """Return the first and last letter whose syllables a stretch of the spelling touches."""
    touched, at = [], 0
    for index, syllable in enumerate(syllables):
        if at < span[1] and at + len(syllable) > span[0]:
            touched.append(index)
        at += len(syllable)
    return touched[0], touched[-1]
