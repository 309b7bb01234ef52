"""A process of its own that opens one PDF: how many pages it has, and their text. What comes in is an outsider's.

Run as ``python -m papers.documents.pdf_reader``, the file on standard input; answers with JSON. A file that makes the
library hang or fall takes nothing with it: memory and time are bounded, and the caller waits no longer than that.
"""

import json
import sys

from geokit.process_limits import limit_this_process

MEMORY_MB = 400
CPU_SECONDS = 15
MOST_PAGES = 80
MOST_CHARACTERS = 400_000


def read(content: bytes) -> dict[str, object]:
    """Return ``pages`` and ``text``, or the ``fault`` (``unreadable``, ``encrypted``, ``too-long``)."""
    import pypdfium2

    try:
        document = pypdfium2.PdfDocument(content)
    except pypdfium2.PdfiumError as error:
        return {"fault": "encrypted" if "password" in str(error).lower() else "unreadable"}
    if not 0 < len(document) <= MOST_PAGES:
        return {"fault": "too-long" if len(document) else "unreadable", "pages": len(document)}
    text = ""
    for page in document:
        text += page.get_textpage().get_text_range()
        if len(text) > MOST_CHARACTERS:
            break
    return {"pages": len(document), "text": text[:MOST_CHARACTERS]}


if __name__ == "__main__":
    limit_this_process(MEMORY_MB, CPU_SECONDS)
    sys.stdout.write(json.dumps(read(sys.stdin.buffer.read())))
