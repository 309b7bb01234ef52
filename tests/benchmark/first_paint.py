"""Which files a page's first painting waits for."""

from html.parser import HTMLParser

LATER = ("async", "defer")


class _Head(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        said = dict(attrs)
        if tag == "link" and "stylesheet" in (said.get("rel") or "").split():
            self.found.append(said.get("href") or "")
        if (
            tag == "script"
            and said.get("src")
            and said.get("type") != "module"
            and not any(word in said for word in LATER)
        ):
            self.found.append(said["src"] or "")


def blocking_files(page: str) -> list[str]:
    """Return the addresses of stylesheets, and of scripts that are neither modules nor put off, in the page's order.

    >>> blocking_files('<link rel="stylesheet" href="a.css"><script src="b.js"></script><script defer src="c.js">')
    ['a.css', 'b.js']
    """
    head = _Head()
    head.feed(page)
    return head.found
