"""Codes that are printed, read out and typed."""

import secrets

from ui.text.width import half_width

SMALL = "abcdefghjkmnpqrstuvwxyz23456789"
"""Without what is read wrongly from paper (0 and o, 1, i and l)."""


def random_code(length: int, letters: str = SMALL) -> str:
    """Return so many letters and digits, each drawn by itself, so that nobody guesses one from another."""
    return "".join(secrets.choice(letters) for _place in range(length))


def typed_code(text: str) -> str:
    """Return a code as it was typed without blanks and hyphens, in half-width signs: an input method makes wide ones.

    >>> typed_code(" ２３４Ａ－bc 7 ")
    '234Abc7'
    """
    return "".join(sign for sign in half_width(text) if sign.isalnum())
