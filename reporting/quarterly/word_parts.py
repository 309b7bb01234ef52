"""Parts of a Word document that python-docx has no words for: fields, links, bookmarks, rows that stay whole."""

from typing import Any

from docx.opc.constants import RELATIONSHIP_TYPE
from docx.oxml import OxmlElement
from docx.oxml.ns import qn

AFTER_UPDATE = tuple(qn(f"w:{name}") for name in ("hdrShapeDefaults", "footnotePr", "endnotePr", "compat"))
"""What the schema of a document's settings has after the wish to work out fields."""


class Lists:
    """The lists that figures of a document lead to: each address is one relationship of it.

    A figure looks like the text around it: what is printed bears neither blue nor lines (GB/T 9704-2012 knows one black
    text), and the notes of a report say that its figures open lists.
    """

    def __init__(self, word: Any) -> None:
        self._rels = word.part.rels
        self._ids: dict[str, str] = {}

    def id_of(self, url: str) -> str:
        """The relationship of an address. python-docx's own look-up takes longer the more of them there are."""
        if url not in self._ids:
            self._ids[url] = f"rIdList{len(self._ids) + 1}"
            self._rels.add_relationship(RELATIONSHIP_TYPE.HYPERLINK, url, self._ids[url], is_external=True)
        return self._ids[url]

    def around(self, run: str, url: str) -> str:
        """A run's XML in a hyperlink, or alone where there is no address."""
        return f'<w:hyperlink r:id="{self.id_of(url)}" w:history="1">{run}</w:hyperlink>' if url else run

    def add_run(self, paragraph: Any, text: str, url: str) -> Any:
        """Append a run, in a hyperlink where there is an address."""
        run = paragraph.add_run(text)
        if url:
            link = OxmlElement("w:hyperlink")
            link.set(qn("r:id"), self.id_of(url))
            link.set(qn("w:history"), "1")
            run._r.addprevious(link)
            link.append(run._r)
        return run


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
