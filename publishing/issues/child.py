"""`python -m publishing.issues.child`: the pages of a PDF from standard input as pictures and text, as JSON.

A process of its own with limits of memory and time, which knows nothing of the site. Answers
{"pages": [{"picture": base64 of a JPEG, "width", "height", "text"}]} or {"refused": code}.
"""

import base64
import io
import json
import sys
from typing import Any

from geokit.process_limits import limit_this_process

MEMORY_MB = 500
CPU_SECONDS = 90
MOST_PAGES = 120
WIDE_PX, HIGH_PX = 1240, 2480
"""Of a page's picture: an A4 page at 150 dots an inch, and twice its height."""
QUALITY = 80
MOST_TEXT = 20_000
"""Characters of one page."""
MOST_BYTES = 60 * 1024**2
"""Of all pictures."""


class Refused(Exception):
    """The file cannot be drawn; the code says why."""


def draw(content: bytes) -> list[dict[str, Any]]:
    """Draw every page of a PDF. Raises Refused `encrypted`, `broken` or `too-long`."""
    import pypdfium2 as pdfium

    try:
        document = pdfium.PdfDocument(content)
        if not 0 < len(document) <= MOST_PAGES:
            raise Refused("too-long" if len(document) else "broken")
        made: list[dict[str, Any]] = []
        drawn = 0
        for index in range(len(document)):
            made.append(_page(document[index]))
            drawn += len(made[-1]["picture"])
            if drawn > MOST_BYTES:
                raise Refused("too-long")
    except pdfium.PdfiumError as error:
        raise Refused("encrypted" if "password" in str(error).lower() else "broken") from None
    return made


def _page(page: Any) -> dict[str, Any]:
    width, height = page.get_size()
    if not (0 < width < float("inf") and 0 < height < float("inf")):
        raise Refused("broken")
    picture = page.render(scale=min(WIDE_PX / width, HIGH_PX / height)).to_pil().convert("RGB")
    picture = picture.crop((0, 0, min(picture.width, WIDE_PX + 1), min(picture.height, HIGH_PX + 1)))
    out = io.BytesIO()
    picture.save(out, "JPEG", quality=QUALITY, optimize=True)
    text = page.get_textpage().get_text_range()[:MOST_TEXT]
    encoded = base64.b64encode(out.getvalue()).decode("ascii")
    return {"picture": encoded, "width": picture.width, "height": picture.height, "text": text}


def main() -> None:
    limit_this_process(MEMORY_MB, CPU_SECONDS)
    try:
        answer: dict[str, Any] = {"pages": draw(sys.stdin.buffer.read())}
    except Refused as refusal:
        answer = {"refused": str(refusal)}
    except MemoryError:
        answer = {"refused": "too-long"}
    sys.stdout.write(json.dumps(answer))


if __name__ == "__main__":
    main()
