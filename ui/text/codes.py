"""Codes that are printed, read out and typed."""

import secrets

SMALL = "abcdefghjkmnpqrstuvwxyz23456789"
"""Without what is read wrongly from paper (0 and o, 1, i and l)."""


def random_code(length: int, letters: str = SMALL) -> str:
    """Return so many letters and digits, each drawn by itself, so that nobody guesses one from another."""
    return "".join(secrets.choice(letters) for _place in range(length))
