"""The text of an article as another site kept it, HTML or plain, into blocks: words stay, markup goes.

No HTML is ever kept, so nothing of it can run: headings, paragraphs, quotes and tables become blocks, the words of
everything else become text, scripts and styles are left out. Read once from front to back without a tree, so the time
grows with the length and not with how deep the elements lie in each other.
"""

import re
from collections.abc import Iterator, Sequence
from html import escape, unescape

from publishing.body.blocks import MOST_CELL, MOST_COLUMNS, MOST_LINE, MOST_ROWS, MOST_TEXT, Block, BlockKind

MOST_PICTURES, MOST_ADDRESS, MOST_TAG = 60, 500, 4_000
MOST_NESTED = 3
"""Tables within tables that are told apart."""
_TOKEN = re.compile(r"<!--.*?(?:-->|\Z)|<[^<>]*>|[^<]+|<", re.DOTALL)
_NAME = re.compile(r"<(/?)([a-zA-Z][a-zA-Z0-9]{0,20})[^<>]*>")
_ATTRIBUTE = re.compile(r"""\b(?:href|src)\s{0,9}=\s{0,9}(?:"([^"]*)"|'([^']*)'|([^\s"'>]+))""", re.IGNORECASE)
_LOOKS_LIKE_HTML = re.compile(
    r"</?(?:p|div|br|span|table|h[1-6]|img|a|strong|b|em|font|section|[uo]l|li|blockquote|script|style|svg|iframe)\b",
    re.IGNORECASE,
)
_SPACES = re.compile(r"[ \t\r\n\f\u00a0\u3000]+")
HEADINGS = frozenset({"h1", "h2", "h3", "h4", "h5", "h6"})
BREAKS = frozenset({"p", "div", "section", "article", "li", "ul", "ol", "dl", "dt", "dd", "center", "header", "footer"})
SILENT = frozenset({"script", "style", "noscript", "template", "iframe", "object", "svg", "textarea", "select"})
CELLS = frozenset({"td", "th"})
PARAGRAPHS = frozenset({str(BlockKind.TEXT), str(BlockKind.QUOTE)})


def blocks_from(text: str) -> tuple[list[Block], list[str]]:
    """Return the blocks of an article, and the addresses of the pictures that it showed, which nobody fetches.

    >>> blocks_from("<h2>视察</h2><p>今天<b>上午</b>。</p><script>x</script>")[0]
    [{'kind': 'heading', 'text': '视察'}, {'kind': 'text', 'text': '今天上午。'}]
    """
    if not _LOOKS_LIKE_HTML.search(text):
        return _plain(text), []
    reader = _Reader()
    for token in _TOKEN.findall(text):
        reader.take(token)
    return _merged(reader.end()), reader.pictures


def html_of(body: Sequence[Block]) -> str:
    """Return blocks of words as HTML that `blocks_from` reads as the same blocks."""
    return "".join(_html(block) for block in body)


def is_words(body: Sequence[Block]) -> bool:
    """Tell whether a body is nothing but words and tables, as an article from a sheet is."""
    kinds = {BlockKind.HEADING, BlockKind.TEXT, BlockKind.QUOTE, BlockKind.TABLE}
    return all(block["kind"] in kinds and not block.get("caption") and not block.get("source") for block in body)


def _html(block: Block) -> str:
    if block["kind"] == BlockKind.HEADING:
        return f"<h2>{escape(block['text'])}</h2>"
    if block["kind"] == BlockKind.TABLE:
        head = "th" if block.get("head") else "td"
        rows = [
            "".join(f"<{tag}>{_lines(cell)}</{tag}>" for cell in row)
            for row, tag in zip(block["rows"], [head, *["td"] * len(block["rows"])], strict=False)
        ]
        return "<table>" + "".join(f"<tr>{row}</tr>" for row in rows) + "</table>"
    paragraphs = "".join(f"<p>{_lines(part)}</p>" for part in block.get("text", "").split("\n\n") if part.strip())
    return f"<blockquote>{paragraphs}</blockquote>" if block["kind"] == BlockKind.QUOTE else paragraphs


def _lines(text: str) -> str:
    return "<br>".join(escape(line) for line in text.split("\n"))


def _plain(text: str) -> list[Block]:
    """A text without markup: lines are paragraphs, as they are where it was copied from."""
    lines = [_SPACES.sub(" ", line).strip() for line in text.split("\n")]
    return _merged([{"kind": str(BlockKind.TEXT), "text": line} for line in lines if line])


class _Table:
    """A table while it is read: its cells, and the same words as paragraphs in case it is no table of data."""

    def __init__(self) -> None:
        self.rows: list[list[str]] = []
        self.heads = 0
        self.parts: list[Block] = []
        self.is_layout = self.in_cell = False

    def open_cell(self, *, is_head: bool) -> None:
        if not self.rows:
            self.rows.append([])
        self.rows[-1].append("")
        self.heads += is_head and len(self.rows) == 1
        self.in_cell = True

    def add(self, part: Block) -> None:
        self.parts.append(part)
        if not self.in_cell or part["kind"] != BlockKind.TEXT:
            self.is_layout = True
        elif len(cell := self.rows[-1][-1]) <= MOST_CELL:
            self.rows[-1][-1] = f"{cell}\n{part['text']}".strip()

    def blocks(self) -> list[Block]:
        rows = [row for row in self.rows if any(row)]
        if self.is_layout or not _is_data(rows):
            return self.parts
        return [{"kind": str(BlockKind.TABLE), "caption": "", "rows": rows, "head": self.heads == len(self.rows[0])}]


def _is_data(rows: list[list[str]]) -> bool:
    """Tell whether rows fit a table block; what is one column wide or holds long texts laid a page out."""
    if not 0 < len(rows) <= MOST_ROWS or not 1 < max(map(len, rows)) <= MOST_COLUMNS:
        return False
    return all(len(cell) <= MOST_CELL for row in rows for cell in row)


class _Reader:
    """Takes tokens one after another; keeps counts of what is open, no tree."""

    def __init__(self) -> None:
        self.blocks: list[Block] = []
        self.pictures: list[str] = []
        self.line: list[str] = []
        self.kind: BlockKind = BlockKind.TEXT
        self.silent = ""
        self.link: tuple[str, int] | None = None
        self.tables: list[_Table] = []
        self.deeper = 0
        """Open tables below `MOST_NESTED`, whose words go to the one above them."""

    def take(self, token: str) -> None:
        named = _NAME.match(token)
        if named is None:
            if not self.silent and not token.startswith(("<!", "<?", "</")):
                self.line.append(_SPACES.sub(" ", unescape(token)))
            return
        closes, name = bool(named[1]), named[2].lower()
        if self.silent:
            self.silent = "" if closes and name == self.silent else self.silent
        elif name in SILENT:
            self.silent = "" if closes or token.endswith("/>") else name
        else:
            self._element(name, closes, token)

    def _element(self, name: str, closes: bool, token: str) -> None:
        if name == "br":
            self.line.append("\n")
        elif name == "img" and not closes:
            self._picture(_attribute(token))
        elif name == "a":
            self._link(closes, token)
        elif name in HEADINGS:
            self._turn_to(BlockKind.TEXT if closes else BlockKind.HEADING)
        elif name == "blockquote":
            self._turn_to(BlockKind.TEXT if closes else BlockKind.QUOTE)
        elif name == "table":
            self._table(closes)
        elif name == "tr" or name in CELLS:
            self._row(name, closes)
        elif name in BREAKS:
            self.end_line()

    def _turn_to(self, kind: BlockKind) -> None:
        self.end_line()
        self.kind = kind

    def _picture(self, address: str) -> None:
        if address and len(address) <= MOST_ADDRESS and len(self.pictures) < MOST_PICTURES:
            self.pictures.append(address)

    def _link(self, closes: bool, token: str) -> None:
        """An address elsewhere stays behind its words; one of the old site's own pages, or of a script, goes."""
        if not closes:
            self.link = (_attribute(token), len(self.line))
        elif self.link is not None:
            (address, begun), self.link = self.link, None
            words = "".join(self.line[begun:])
            if address.startswith(("http://", "https://")) and len(address) <= MOST_ADDRESS and address not in words:
                self.line.append(f"（{address}）")

    def _table(self, closes: bool) -> None:
        """A table within a table is how old sites laid out a page: the outer one's words are text."""
        self.end_line()
        if not closes and len(self.tables) < MOST_NESTED:
            if self.tables:
                self.tables[-1].is_layout = True
            self.tables.append(_Table())
        elif not closes:
            self.deeper += 1
            self.tables[-1].is_layout = True
        elif self.deeper:
            self.deeper -= 1
        elif self.tables:
            made = self.tables.pop().blocks()
            (self.tables[-1].parts if self.tables else self.blocks).extend(made)

    def _row(self, name: str, closes: bool) -> None:
        self.end_line()
        if not self.tables or self.deeper:
            return
        table = self.tables[-1]
        if name == "tr":
            table.in_cell = False
            if not closes:
                table.rows.append([])
        elif closes:
            table.in_cell = False
        else:
            table.open_cell(is_head=name == "th")

    def end_line(self) -> None:
        """What stood since the last end of a line is a paragraph, a heading, or a part of a cell."""
        lines = [line.strip() for line in "".join(self.line).split("\n")]
        self.line, self.link = [], None
        text = "\n".join(filter(None, lines))
        if not text:
            return
        part: Block = {"kind": str(self.kind), "text": text}
        if self.tables:
            self.tables[-1].add(part)
        else:
            self.blocks.append(part)

    def end(self) -> list[Block]:
        """Return all blocks; tables that were never closed end here."""
        self.deeper = 0
        while self.tables:
            self._table(closes=True)
        self.end_line()
        return self.blocks


def _attribute(token: str) -> str:
    """Return the address that an element names, without blanks around it."""
    found = _ATTRIBUTE.search(token[:MOST_TAG])
    return unescape(found[1] or found[2] or found[3] or "").strip() if found else ""


def _merged(parts: Sequence[Block]) -> list[Block]:
    """Paragraphs that follow each other as one block, each as long as a block may be."""
    made: list[tuple[Block, list[str]]] = []
    length = 0
    for part in _short(parts):
        text = part.get("text", "")
        is_more = bool(made) and made[-1][0]["kind"] == part["kind"] and part["kind"] in PARAGRAPHS
        if is_more and length + len(text) + 2 <= MOST_TEXT:
            made[-1][1].append(text)
            length += len(text) + 2
        else:
            made.append((part, [text]))
            length = len(text)
    return [part | {"text": "\n\n".join(texts)} if "text" in part else part for part, texts in made]


def _short(parts: Sequence[Block]) -> Iterator[Block]:
    """Each part no longer than its kind may be: a heading of several lines is text, a long paragraph is several."""
    for part in parts:
        text = part.get("text", "")
        if part["kind"] == BlockKind.HEADING and len(text) <= MOST_LINE:
            yield {"kind": str(BlockKind.HEADING), "text": text.replace("\n", " ")}
        elif part["kind"] == BlockKind.TABLE:
            yield part
        else:
            kind = BlockKind.TEXT if part["kind"] == BlockKind.HEADING else part["kind"]
            for begun in range(0, len(text), MOST_TEXT):
                yield {"kind": str(kind), "text": text[begun : begun + MOST_TEXT].strip()}
