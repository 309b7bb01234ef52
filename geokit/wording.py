"""The words in which geokit says what is wrong: Chinese, and any other language its user can put them into.

geokit knows no web framework, so it cannot look a sentence up in a catalogue by itself. Whoever runs it
hands over the function that can (`translate_with`); without one the Chinese text stands.

Write `_("“%(name)s”是空的。") % {"name": name}`: `makemessages` finds the text inside `_()`, and what varies
is put in after the translation.
"""

from collections.abc import Callable


def _as_written(message: str) -> str:
    return message


_translate: Callable[[str], str] = _as_written


def translate_with(translate: Callable[[str], str] | None) -> None:
    """Use `translate` (message -> message) from now on; None goes back to the text as written."""
    global _translate
    _translate = translate or _as_written


def gettext(message: str) -> str:
    """`message` in the language of the moment. Import as `_`."""
    return _translate(message)


def gettext_noop(message: str) -> str:
    """Mark a constant for the catalogue; say it later with `gettext`."""
    return message
