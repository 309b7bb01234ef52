"""The piece of a text around what was found, cut into what is marked and what is not."""

from search.text.normal import normal
from search.text.query import Query

LENGTH = 90
BEFORE = 24
Piece = tuple[str, bool]


def snippet(text: str, query: Query) -> list[Piece]:
    """Return the stretch of `text` where the first word stands, in pieces; the beginning where none does.

    >>> from search.text.query import parse
    >>> snippet("第三条 养犬人应当文明养犬。", parse("养犬"))
    [('第三条 ', False), ('养犬', True), ('人应当文明', False), ('养犬', True), ('。', False)]
    """
    text = " ".join(text.split())
    lower = normal(text)
    found = [at for word in query.words if (at := lower.find(word)) >= 0]
    start = max(0, min(found, default=0) - BEFORE)
    start = 0 if start < 10 else start
    piece = text[start : start + LENGTH]
    pieces = marked(piece, query)
    ahead = [("…", False)] if start else []
    return ahead + pieces + ([("…", False)] if start + LENGTH < len(text) else [])


def marked(text: str, query: Query) -> list[Piece]:
    """Cut `text` into pieces, each with whether a word of `query` stands there."""
    lower, hit = normal(text), [False] * len(text)
    for word in query.words:
        at = lower.find(word)
        while at >= 0:
            hit[at : at + len(word)] = [True] * len(word)
            at = lower.find(word, at + len(word))
    pieces: list[Piece] = []
    for letter, is_hit in zip(text, hit, strict=True):
        if pieces and pieces[-1][1] == is_hit:
            pieces[-1] = (pieces[-1][0] + letter, is_hit)
        else:
            pieces.append((letter, is_hit))
    return pieces
