"""Texts for places that count bytes."""


def cut(text: str, most: int) -> str:
    """Return what fits into `most` bytes of UTF-8, without half a character.

    >>> cut("布政村", 7), cut("abc", 7)
    ('布政', 'abc')
    """
    return text.encode()[:most].decode(errors="ignore")
