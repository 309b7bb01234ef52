"""Parts of a Word document that python-docx has no words for: fields, bookmarks, rows that stay whole."""

from typing import Any

from docx.oxml import OxmlElement
from docx.oxml.ns import qn

AFTER_UPDATE = tuple(qn(f"w:{name}") for name in ("hdrShapeDefaults", "footnotePr", "endnotePr", "compat"))
"""What the schema of a document's settings has after the wish to work out fields."""


def field(paragraph: Any, instruction: str, *, shown: str = "", begins: bool = True, ends: bool = True) -> None:
    """A field, which Word works out when it opens or prints the document, with what it shows until then.

    Without `ends`, what follows is in the field, up to another call without `begins`.
    """
    if begins:
        _part(paragraph, "w:fldChar", kind="begin")
        _part(paragraph, "w:instrText", text=instruction)
        _part(paragraph, "w:fldChar", kind="separate")
        if shown:
            paragraph.add_run(shown)
    if ends:
        _part(paragraph, "w:fldChar", kind="end")


def _part(paragraph: Any, tag: str, kind: str = "", text: str = "") -> None:
    part = OxmlElement(tag)
    if kind:
        part.set(qn("w:fldCharType"), kind)
    else:
        part.set(qn("xml:space"), "preserve")
        part.text = text
    paragraph.add_run()._r.append(part)


def bookmark(paragraph: Any, name: str, number: int) -> None:
    """Name the place of a paragraph, so that a field can tell its page."""
    for tag, place in (("w:bookmarkStart", 0), ("w:bookmarkEnd", None)):
        mark = OxmlElement(tag)
        mark.set(qn("w:id"), str(number))
        if place is None:
            paragraph._p.append(mark)
        else:
            mark.set(qn("w:name"), name)
            properties = paragraph._p.pPr
            paragraph._p.insert(0 if properties is None else 1, mark)


def keep_whole(row: Any) -> None:
    """A row of a table is not cut by the end of a page."""
    row._tr.get_or_add_trPr().append(OxmlElement("w:cantSplit"))


def update_on_opening(word: Any) -> None:
    """Word asks whether to work out the fields when it opens the document."""
    update = OxmlElement("w:updateFields")
    update.set(qn("w:val"), "true")
    settings = word.settings.element
    later = next((part for part in settings if part.tag in AFTER_UPDATE), None)
    if later is None:
        settings.append(update)
    else:
        later.addprevious(update)
