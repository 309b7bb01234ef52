"""What the page kit does is done nowhere else: fields, pages of lists, files to take away, statuses of refusals."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
ROOMS = (
    "demo", "geo_portal", "exchange", "reporting", "inspections", "voters", "meetings", "questions", "publishing",
    "papers", "supervision", "river_monitoring", "projects", "stations", "library", "layers", "ogc", "tiles", "search",
    "accounts", "ledger",
)  # fmt: skip
ONCE = {
    "a workbook that guards its cells (ui.downloads.SafeWorkbook)": (r"\bWorkbook\(", "*.py"),
    "the headers of a file (ui.downloads.file_response, csv_stream)": (r"Content-Disposition", "*.py"),
    "a sheet read in (ui.sheets)": (r"\bCalamineWorkbook\b", "*.py"),
    "the page that ?page= names (ui.pagination.page_of)": (r"\.get_page\(request", "*.py"),
    "a field's errors (as_field_group, ui/field_notes.html)": (r"{% for error in [\w.]+\.errors %}<p class=", "*.html"),
    "a field's help (as_field_group, ui/field_notes.html)": (r"\.help_text }}", "*.html"),
    "the sum of a form's errors (ui/error_summary.html)": (r"{% for error in form\.non_field_errors %}<li>", "*.html"),
    "the way to the next page (ui/pagination.html)": (r'<nav class="pagination"', "*.html"),
    "the status of a refusal (ui.refusals.status_of)": (r"status=(?:4\d\d if|422|413)|else 422", "*.py"),
    "refusals on a form (ui.refusals.add_to_form)": (r"add_error\([^)]*refusal\.message|if error\.field in", "*.py"),
    "a picture that somebody sent is opened (ui.pictures)": (r"\bImage\.open\(", "*.py"),
    "months later (dateutil's relativedelta)": (r"def add_months", "*.py"),
}


ANOTHER_MATTER = {
    "demo/store/pictures.py",  # drawings of our own
    "geo_portal/styles/drawing.py",  # the sprite, drawn here
    "ogc/pictures/tiles.py",  # a raster tile, drawn here
    "layers/catalogue/thumbnail_canvas.py",  # what GDAL has drawn at the size of the thumbnail
    "layers/pages/exporting/views.py",  # 422 for an export that failed in the background: nobody refused it
    "layers/templates/layers/catalogue/table.html",  # led on by a key, since a count of millions of rows is slow
    "layers/templates/layers/table.html",
}


def places_of(pattern, suffix):
    """The rooms in whose files a pattern is found, and the files."""
    for room in ROOMS:
        for path in sorted((ROOT / room).rglob(suffix)):
            name = path.relative_to(ROOT).as_posix()
            if name not in ANOTHER_MATTER and re.search(pattern, path.read_text(encoding="utf-8")):
                yield room, name


@pytest.mark.parametrize("what", ONCE)
def test_the_page_kit_alone_does(what):
    found = [path for room, path in places_of(*ONCE[what])]
    assert found == []
