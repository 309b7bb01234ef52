"""The process that draws an issue: what it cannot draw it names."""

import io

import pypdfium2
import pytest

from publishing.issues import child


def _pdf(pages: int = 1) -> bytes:
    made, document = io.BytesIO(), pypdfium2.PdfDocument.new()
    for _number in range(pages):
        document.new_page(595, 842)
    document.save(made)
    return made.getvalue()


@pytest.mark.parametrize(
    ("content", "code"), [(b"%PDF-1.7 broken", "broken"), (b"", "broken"), (_pdf(child.MOST_PAGES + 1), "too-long")]
)
def test_what_cannot_be_drawn_says_why(content: bytes, code: str) -> None:
    with pytest.raises(child.Refused, match=code):
        child.draw(content)


def test_a_pdf_with_a_password_is_not_called_broken(monkeypatch: pytest.MonkeyPatch) -> None:
    def locked(content: bytes) -> None:
        raise pypdfium2.PdfiumError("Failed to load document (PDFium: Incorrect password error).")

    assert len(child.draw(_pdf())) == 1
    monkeypatch.setattr(pypdfium2, "PdfDocument", locked)
    with pytest.raises(child.Refused, match="encrypted"):
        child.draw(b"%PDF")
