"""Signs as an input method makes them wide, read as the narrow ones that are meant."""

import unicodedata

PIECE = 200
"""Characters that are read at once: marks above and below a letter are put in order in the square of their number."""


def half_width(text: str) -> str:
    """Return a text in Unicode's form NFKC, piece by piece, so that the time grows with its length alone.

    >>> half_width("２０２６年　１Ａ")
    '2026年 1A'
    """
    pieces = (text[at : at + PIECE] for at in range(0, len(text), PIECE))
    return "".join(unicodedata.normalize("NFKC", piece) for piece in pieces)
