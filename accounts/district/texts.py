"""What the site says in the district's own words (rules `texts.*`), for the reader's language."""

from django.utils.translation import get_language

from accounts import rules

HOME = ("home_title", "home_lede", "home_notice")


def own_words(name: str) -> str:
    """Return a text of the district; empty: the software's own words stand, in the reader's language."""
    is_english = (get_language() or "").startswith("en")
    return str(rules.value(f"texts.{name}_en" if is_english else f"texts.{name}"))


def home_words() -> dict[str, str]:
    """The texts of the home page by name."""
    return {name: own_words(name) for name in HOME}


def letter_foot() -> str:
    """What stands at the end of every letter; it is the same in all languages."""
    return str(rules.value("texts.letter_foot"))
