"""The report as PDF: set from one HTML template, with its fonts embedded."""

from django.template.loader import render_to_string

from reporting.quarterly.blocks import Document, Drawing, Figures, Heading, Paragraph, Table, lying_across
from ui.printing import print_pdf

TEMPLATE = "reporting/quarterly/print.html"
KINDS = {Heading: "heading", Paragraph: "paragraph", Figures: "figures", Drawing: "drawing", Table: "table"}


def write_pdf(document: Document) -> bytes:
    """Set the document on A4."""
    across = lying_across(document.blocks)
    blocks = [(KINDS[type(block)], block, id(block) in across) for block in document.blocks]
    return print_pdf(render_to_string(TEMPLATE, {"document": document, "blocks": blocks}))
