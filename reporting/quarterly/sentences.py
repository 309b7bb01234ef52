"""Sentences whose figures lead to what they count."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import replace

from reporting.quarterly.blocks import Link, Paragraph, leading

NAMED = re.compile(r"%\((\w+)\)s")


def sentence(template: str, values: Mapping[str, object], lists: Mapping[str, str]) -> Paragraph:
    """Fill in a template like ``共 %(count)s 个，占 %(share)s%%``; `lists` has the list that each value counts, if any.

    >>> sentence("占 %(share)s%%", {"share": 3}, {})
    Paragraph(text='占 3%', is_note=False, links=())
    """
    parts = [
        _value(values[part], lists.get(part, "")) if place % 2 else Paragraph(part.replace("%%", "%"))
        for place, part in enumerate(NAMED.split(template))
    ]
    return joined(parts)


def _value(value: object, url: str) -> Paragraph:
    return value if isinstance(value, Paragraph) else figure(value, url)


def figure(value: object, url: str) -> Paragraph:
    """A figure alone, with its list."""
    words = str(value)
    return Paragraph(words, links=(Link(0, len(words), url),) if leading(value, url)[1] else ())


def joined(parts: Iterable[Paragraph], between: str = "") -> Paragraph:
    """Texts as one; each link stays on its words."""
    whole, links, begun = "", [], False
    for part in parts:
        whole += between if begun else ""
        links += [Link(link.begin + len(whole), link.end + len(whole), link.url) for link in part.links]
        whole, begun = whole + part.text, True
    return Paragraph(whole, links=tuple(links))


def followed(one: Paragraph, words: str) -> Paragraph:
    """The same with more words after it."""
    return replace(one, text=one.text + words)
