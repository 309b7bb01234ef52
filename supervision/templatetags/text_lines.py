"""The first line of a text, which is its title, and the rest."""

from django import template

register = template.Library()


@register.filter
def first_line(text: str) -> str:
    """Return the first line that says something.

    >>> first_line("  河面有油污\\n约二十平方米")
    '河面有油污'
    """
    return next((line.strip() for line in text.splitlines() if line.strip()), "")


@register.filter
def after_first_line(text: str) -> str:
    """Return what follows it.

    >>> after_first_line("河面有油污\\n约二十平方米")
    '约二十平方米'
    """
    return text.strip().partition("\n")[2].strip()
