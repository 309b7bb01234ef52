"""The forms of a page as a browser would send them: what stands in each field, so that one of them can be spoilt."""

from dataclasses import dataclass, field
from html.parser import HTMLParser

PLAUSIBLE = {"date": "2026-05-05", "datetime-local": "2026-05-05T09:00", "number": "3", "email": "a@example.org",
             "month": "2026-05", "time": "09:00", "tel": "13800000000", "url": "https://example.org/"}  # fmt: skip


@dataclass
class Form:
    action: str = ""
    method: str = "get"
    fields: dict[str, list[str]] = field(default_factory=dict)
    files: list[str] = field(default_factory=list)


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.forms: list[Form] = []
        self.select = ""
        self.open: Form | None = None

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        name = given.get("name", "")
        if tag == "form":
            self.open = Form(given.get("action", ""), given.get("method", "get").lower())
            self.forms.append(self.open)
        elif self.open is not None and tag in ("input", "textarea", "button") and name:
            self._take(self.open, name, given.get("type", "text"), given.get("value", ""))
        elif tag == "select":
            self.select = name
        elif tag == "option" and self.open is not None and self.select and given.get("value"):
            self.open.fields.setdefault(self.select, []).append(given["value"])

    def handle_endtag(self, tag: str) -> None:
        if tag == "form":
            self.open = None
        elif tag == "select":
            self.select = ""

    def _take(self, form: Form, name: str, kind: str, value: str) -> None:
        if kind == "file":
            form.files.append(name)
        elif name != "csrfmiddlewaretoken":
            form.fields.setdefault(name, []).append(value or PLAUSIBLE.get(kind, "一二三"))


def forms_of(page: str) -> list[Form]:
    """Each form with the values that its fields could have: what is there, options, or something plausible."""
    reader = _Reader()
    reader.feed(page)
    return reader.forms
