"""Terms of the library's encyclopedia, marked in the texts of all rooms."""

from library.terms.queries import words
from ui.text.terms import register


def listen() -> None:
    """Have the filter `terms` know them."""
    register(words)
