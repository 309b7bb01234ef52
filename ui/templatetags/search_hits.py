"""Marks in a text what a search has found."""

from django import template
from django.utils.html import format_html_join
from django.utils.safestring import SafeString

from ui.text.highlight import pieces

register = template.Library()


@register.filter
def hits(text: str, query: str) -> SafeString | str:
    """Put `<mark>` around what `query` found, by its words or in pinyin; everything is escaped."""
    if not query:
        return text
    return format_html_join("", "{}", ((_piece(*piece),) for piece in pieces(str(text), query)))


def _piece(words: str, found: bool) -> SafeString | str:
    return format_html_join("", "<mark>{}</mark>", ((words,),)) if found else words
