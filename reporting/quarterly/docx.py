"""The report as a Word document in the layout of official papers (GB/T 9704-2012), to be edited and passed on.

Its contents and captions are fields: Word counts them anew when somebody adds a table. Maps and charts are pictures.
"""

import io
from collections.abc import Sequence
from typing import Any

from django.utils.translation import gettext as _
from docx import Document as new_document
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.shared import Mm, Pt

from reporting.quarterly.blocks import Document, Drawing, Figures, Heading, Paragraph, Table, lying_across
from reporting.quarterly.word_parts import Lists, bookmark, field, keep_whole, update_on_opening
from reporting.quarterly.word_styles import (
    TEXT_WIDTH,
    begin_section,
    close_contents,
    lay_page,
    number_pages,
    set_up,
    text_width_of,
)
from reporting.quarterly.word_tables import table_of
from ui.printing import draw_svgs

TALLEST = Mm(88)
"""So that two of the tallest stand on one page with their captions and a sentence."""
PER_PIXEL = Mm(0.27)
"""How wide a pixel of a drawing is at most."""


def write_docx(document: Document) -> bytes:
    """Write the document."""
    word = new_document()
    set_up(word, document)
    _cover(word, document)
    _contents(word, document)
    pictures, lists = _pictures(document.drawings), Lists(word)
    places = {id(heading): place for place, heading in enumerate(_listed(document))}
    across = lying_across(document.blocks)
    for before, block in zip((None, *document.blocks), document.blocks, strict=False):
        lies_across, is_new_page = id(block) in across, False
        if lies_across or not isinstance(block, Paragraph):
            is_new_page = lay_page(word, across=lies_across)
        if isinstance(block, Drawing):
            _drawing(word, block, pictures[id(block)])
        elif isinstance(block, Heading):
            _heading(word, block, places.get(id(block)), is_new_page=is_new_page)
        elif isinstance(block, Paragraph):
            _paragraph(word, block, lists, leads=block.is_note and isinstance(before, Heading))
        elif isinstance(block, Figures):
            _figures(word, block, lists)
        else:
            _table(word, block, lists)
    out = io.BytesIO()
    word.save(out)
    return out.getvalue()


def _pictures(drawings: Sequence[Drawing]) -> dict[int, bytes]:
    images = draw_svgs([(drawing.svg, drawing.width, drawing.height) for drawing in drawings])
    return {id(drawing): image for drawing, image in zip(drawings, images, strict=True)}


def _cover(word: Any, document: Document) -> None:
    issuer = word.add_paragraph(document.issuer, style="Cover")
    issuer.paragraph_format.space_before = Mm(45)
    word.add_paragraph(document.title, style="Title")
    word.add_paragraph(document.subtitle, style="Cover")
    made = word.add_paragraph(document.made_on, style="Cover")
    made.paragraph_format.space_before = Mm(95)
    section = begin_section(word)
    number_pages(section, document)


def _listed(document: Document) -> list[Heading]:
    """What the contents list: chapters and their parts."""
    return [block for block in document.blocks if isinstance(block, Heading) and block.level <= 2]


def _contents(word: Any, document: Document) -> None:
    """The headings with their pages, in a field that Word makes anew."""
    word.add_paragraph(_("目录"), style="Contents")
    headings = _listed(document)
    close_contents(word, len(headings))
    for place, heading in enumerate(headings):
        line = word.add_paragraph(style=f"TOC {heading.level}")
        if not place:
            field(line, r'TOC \o "1-2" \h \z \u', ends=False)
        line.add_run(f"{heading.text}\t")
        field(line, rf"PAGEREF _Toc{place} \h")
        if place == len(headings) - 1:
            field(line, "", begins=False)
    update_on_opening(word)


def _heading(word: Any, block: Heading, place: int | None, *, is_new_page: bool) -> None:
    heading = word.add_heading(block.text, block.level)
    if place is not None:
        bookmark(heading, f"_Toc{place}", place)
    heading.paragraph_format.page_break_before = place == 0 and not is_new_page


def _drawing(word: Any, block: Drawing, picture: bytes) -> None:
    width = min(TEXT_WIDTH, int(PER_PIXEL * block.width), int(TALLEST * block.width / block.height))
    holder = word.add_paragraph(style="Picture")
    shape = holder.add_run().add_picture(io.BytesIO(picture), width=width)
    shape._inline.docPr.set("descr", block.caption)
    caption = _caption(word, _("图"), "Figure", block)
    if block.review:
        caption.paragraph_format.keep_with_next = True
        note = word.add_paragraph(block.review, style="Note")
        note.alignment = WD_ALIGN_PARAGRAPH.CENTER


def _caption(word: Any, kind: str, counter: str, block: Drawing | Table) -> Any:
    """``图1  …``, its number counted by Word."""
    caption = word.add_paragraph(kind, style="Caption")
    field(caption, rf"SEQ {counter} \* ARABIC", shown=str(block.number))
    caption.add_run(f"  {block.caption}")
    return caption


def _paragraph(word: Any, block: Paragraph, lists: Lists, *, leads: bool = False) -> None:
    """`leads`: it belongs to what comes next, as the heading before it does."""
    paragraph = word.add_paragraph(style="Note" if block.is_note else "Normal")
    paragraph.paragraph_format.keep_with_next = leads or None
    for text, url in block.runs:
        if text:
            lists.add_run(paragraph, text, url)


def _figures(word: Any, block: Figures, lists: Lists) -> None:
    table = word.add_table(rows=-(-len(block.items) // 3), cols=3)
    table.style, table.autofit = "Table Grid", False
    for place, ((value, url), unit, name, (of, of_url)) in enumerate(block.linked):
        cell = table.cell(place // 3, place % 3)
        cell.width = TEXT_WIDTH // 3
        cell.paragraphs[0].style = "Key"
        big = lists.add_run(cell.paragraphs[0], value, url)
        big.font.size, big.font.bold = Pt(22), True
        cell.paragraphs[0].add_run(f" {unit}")
        cell.add_paragraph(name, style="Key").runs[0].font.bold = True
        lists.add_run(cell.add_paragraph(style="Note"), of, of_url)
    for row in table.rows:
        keep_whole(row)
    for paragraph in (one for row in table.rows[:-1] for cell in row.cells for one in cell.paragraphs):
        paragraph.paragraph_format.keep_with_next = True  # all on one page
    word.add_paragraph(style="Gap")


def _table(word: Any, block: Table, lists: Lists) -> None:
    if not block.rows:
        paragraph = word.add_paragraph()
        paragraph.add_run(f"{block.caption}　").bold = True
        paragraph.add_run(block.empty)
        return
    caption = _caption(word, _("表"), "Table", block)
    caption.paragraph_format.keep_with_next = True
    gap = word.add_paragraph(style="Gap")
    gap._p.addprevious(table_of(block, text_width_of(word), lists))
    if block.left_out:
        word.add_paragraph(block.left_out, style="Note")
