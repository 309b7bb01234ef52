"""A process of its own that puts files behind a PDF: what is in them is an outsider's, and its reader is written in C.

Run as ``python -m papers.desk.binder FOLDER pages|enclosed`` in the folder that `enclosures` fills: `front.pdf`, the
files by their numbers, `1.pdf` where a file has a page that was made of it, `names.json`. It leaves `whole.pdf` there
and answers with JSON. With ``enclosed`` no file is opened, whatever it is.
"""

import json
import sys
from pathlib import Path

import pypdfium2

from geokit.process_limits import limit_this_process

MEMORY_MB = 600
CPU_SECONDS = 30
MOST_PAGES = 500
"""Of one file; a longer one is enclosed as it came."""
MOST_OF_ALL = 2_000
"""Pages of all files; what comes after them is enclosed as it came."""


def bind(folder: Path, *, as_pages: bool) -> dict[str, int]:
    """Write the whole file; return how many pages were added and how many files are enclosed."""
    whole = pypdfium2.PdfDocument(folder / "front.pdf")
    pages = enclosed = 0
    for number, name in enumerate(json.loads((folder / "names.json").read_text()), start=1):
        added = _add_pages(whole, folder / str(number), MOST_OF_ALL - pages) if as_pages else 0
        if not added:
            whole.new_attachment(f"{number} {name}").set_data((folder / str(number)).read_bytes())
        pages, enclosed = pages + added, enclosed + (not added)
    whole.save(folder / "whole.pdf")
    return {"pages": pages, "enclosed": enclosed}


def _add_pages(whole: pypdfium2.PdfDocument, file: Path, most: int) -> int:
    """Add a file as pages and return how many; 0 where it is neither a PDF that opens nor has a page of its own."""
    made = file.with_name(f"{file.name}.pdf")
    if not made.exists():
        with file.open("rb") as content:
            if content.read(5) != b"%PDF-":
                return 0
    try:
        document = pypdfium2.PdfDocument(made if made.exists() else file)
    except (pypdfium2.PdfiumError, ValueError):  # broken, or shut with a password
        return 0
    try:
        if not 0 < len(document) <= min(MOST_PAGES, most):
            return 0
        whole.import_pages(document)
        return len(document)
    except (pypdfium2.PdfiumError, ValueError):
        return 0
    finally:
        document.close()


if __name__ == "__main__":
    limit_this_process(MEMORY_MB, CPU_SECONDS)
    sys.stdout.write(json.dumps(bind(Path(sys.argv[1]), as_pages=sys.argv[2] == "pages")))
