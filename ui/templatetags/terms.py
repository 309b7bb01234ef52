"""``{{ sentence|terms:request }}``: terms as links to what they mean, each once on a page."""

from typing import Any

from django import template
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from ui.text.terms import Term, pieces, vocabulary

register = template.Library()


@register.filter
def terms(text: Any, request: Any = None) -> SafeString | str:
    """Link the terms of a text where they stand first on the page of `request`; everything is escaped.

    For our own sentences and for texts of law, not for headings, links, figures and what people have written. HTML
    stays as it is, since a term may stand in one of its attributes.
    """
    if isinstance(text, SafeString):
        return text
    seen = set() if not request else request.__dict__.setdefault("terms_seen", set())
    return format_html_join("", "{}", ((_piece(*piece),) for piece in pieces(str(text), vocabulary(), seen)))


def _piece(words: str, term: Term | None) -> SafeString | str:
    if term is None:
        return words
    return format_html(
        '<a class="term" href="{}" data-meaning="{}" data-basis="{}">{}</a>',
        term.address,
        term.meaning,
        term.basis,
        words,
    )
