"""XML out and in: text and names that fit into a document, and documents of strangers read without entities."""

import re
from typing import Any
from xml.etree.ElementTree import Element, ParseError, fromstring
from xml.sax.saxutils import escape, quoteattr

from django.utils.translation import gettext as _

from geokit.refusal import BadInput

MOST_CHARACTERS = 16_000
MOST_ELEMENTS = 1_000
DEEPEST = 24
_IMPOSSIBLE = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
"""What no XML 1.0 document may hold, not even as a reference."""
_NOT_IN_A_NAME = re.compile(r"[^\w.\-]")


def text(value: Any) -> str:
    """Return a value as the text of an element."""
    if isinstance(value, bool):
        return "true" if value else "false"
    return escape(_IMPOSSIBLE.sub("", str(value)))


def attribute(value: Any) -> str:
    """Return a value as an attribute's, with its quotes."""
    return quoteattr(_IMPOSSIBLE.sub("", str(value)))


def name_of(word: str) -> str:
    """Return `word` as a name without colon; most of our names are such already, Chinese ones too."""
    name = _NOT_IN_A_NAME.sub("_", word) or "_"
    return name if name[0].isalpha() or name[0] == "_" else f"_{name}"


def read(document: str) -> Element:
    """Read a document of a stranger's. Raises BadInput `bad-xml`.

    One with a document type is refused unread: without one there are no entities, so none can grow or reach out.
    """
    if len(document) > MOST_CHARACTERS:
        raise bad(_("XML 过长：最多 %(most)d 个字符。") % {"most": MOST_CHARACTERS})
    if "<!DOCTYPE" in document.upper() or "<!ENTITY" in document.upper():
        raise bad(_("XML 里不能有 DOCTYPE 和实体。"))
    try:
        root = fromstring(document)  # noqa: S314 - see above
    except (ParseError, ValueError) as error:
        raise bad(_("XML 读不懂：%(why)s") % {"why": str(error)[:80]}) from error
    _check_size(root)
    return root


def local(element: Element) -> str:
    """Return an element's name without its namespace."""
    return element.tag.rpartition("}")[2]


def bad(message: str) -> BadInput:
    return BadInput(message, code="bad-xml")


def _check_size(root: Element) -> None:
    left, level = MOST_ELEMENTS, [root]
    for _depth in range(DEEPEST):
        left -= len(level)
        if left < 0:
            break
        level = [child for element in level for child in element]
        if not level:
            return
    raise bad(_("XML 过于复杂，请拆分或简化。"))
