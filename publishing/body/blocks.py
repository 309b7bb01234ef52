"""The blocks of a page as JSON: their kinds, how each is checked, and which files they show.

A body is a list of objects, each with its `kind`: ``{"kind": "picture", "file": "<uuid>", "alt": "…"}``.
"""

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from django.db import models
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from geokit.refusal import BadInput, refuse
from publishing.body.contents import check_contents
from publishing.body.subtitles import MOST_TEXT as MOST_SUBTITLES
from publishing.body.subtitles import words_of_subtitles
from ui.control_characters import check_text

MOST_BLOCKS = 80
MOST_TEXT = 20_000
MOST_LINE = 200
MOST_ROWS, MOST_COLUMNS, MOST_CELL = 200, 12, 500
MOST_CHARACTERS = 200_000
"""Of a whole body."""


class BlockKind(models.TextChoices):
    HEADING = "heading", gettext_lazy("小标题")
    TEXT = "text", gettext_lazy("正文段落")
    PICTURE = "picture", gettext_lazy("图片")
    FILE = "file", gettext_lazy("附件")
    QUOTE = "quote", gettext_lazy("引文")
    TABLE = "table", pgettext_lazy("block", "表格")
    MAP = "map", gettext_lazy("地点")
    VIDEO = "video", gettext_lazy("视频")
    ISSUE = "issue", gettext_lazy("会刊 PDF")


FIELDS: Mapping[str, Mapping[str, int]] = {
    BlockKind.HEADING: {"text": MOST_LINE},
    BlockKind.TEXT: {"text": MOST_TEXT},
    BlockKind.PICTURE: {"file": 36, "alt": MOST_LINE, "caption": MOST_LINE},
    BlockKind.FILE: {"file": 36, "title": MOST_LINE},
    BlockKind.QUOTE: {"text": MOST_TEXT, "source": MOST_LINE},
    BlockKind.TABLE: {"caption": MOST_LINE},
    BlockKind.MAP: {"caption": MOST_LINE},
    BlockKind.VIDEO: {"file": 36, "title": MOST_LINE, "subtitles": MOST_SUBTITLES},
    BlockKind.ISSUE: {"file": 36},
}
"""The texts of each kind, with how many characters each may have."""
NEEDED = {"text": gettext_lazy("请写内容。"), "alt": gettext_lazy("请写替代文字：看不见图片的人靠它知道图上是什么。")}

type Block = dict[str, Any]


def check_body(body: Sequence[Any], files: Mapping[str, str]) -> list[Block]:
    """Return the blocks as they are kept. `files` are the page's own: number -> kind. Raises BadInput."""
    if not isinstance(body, list | tuple) or len(body) > MOST_BLOCKS:
        raise refuse("kind", "too-many-blocks", _("一页最多 %d 段。") % MOST_BLOCKS)
    checked = [check_block(block, files) for block in body]
    if sum(block["kind"] == BlockKind.ISSUE for block in checked) > 1:
        raise refuse("kind", "two-issues", _("一页只有一份会刊。"))
    if sum(_characters(block) for block in checked) > MOST_CHARACTERS:
        raise refuse("text", "too-long", _("全文太长，请分成几页，或者作为附件。"))
    return checked


def check_block(block: Any, files: Mapping[str, str]) -> Block:
    """Return one block with nothing but what its kind has. Raises BadInput."""
    kind = block.get("kind") if isinstance(block, dict) else None
    if kind not in BlockKind.values:
        raise refuse("kind", "unknown-kind", _("没有这种段落。"))
    kept: Block = {"kind": kind} | {name: _text(block, name, most) for name, most in FIELDS[kind].items()}
    for name, words in NEEDED.items():
        if name in kept and not kept[name]:
            raise refuse(name, "required", str(words))
    if (
        kind in (BlockKind.PICTURE, BlockKind.FILE, BlockKind.VIDEO, BlockKind.ISSUE)
        and files.get(kept["file"]) != kind
    ):
        raise refuse("file", "unknown-file", _("请选本页的一个文件。"))
    if kind == BlockKind.TABLE:
        kept |= {"rows": _rows(block.get("rows")), "head": block.get("head") is True}
    if kind == BlockKind.ISSUE:
        kept |= {"contents": check_contents(block.get("contents") or [])}
    if kind == BlockKind.MAP:
        kept |= {"lng": _degrees(block.get("lng"), 180), "lat": _degrees(block.get("lat"), 90)}
    return kept


def _text(block: Mapping[str, Any], name: str, most: int) -> str:
    text = block.get(name) or ""
    if not isinstance(text, str):
        raise refuse(name, "no-text", _("这里只能写文字。"))
    check_text(name, text)
    if len(text := text.replace("\r\n", "\n").strip()) > most:
        raise refuse(name, "too-long", _("最多 %d 字。") % most)
    return text


def _rows(rows: Any) -> list[list[str]]:
    if not isinstance(rows, list) or not 0 < len(rows) <= MOST_ROWS:
        raise refuse("rows", "bad-table", _("表格要有 1 到 %d 行。") % MOST_ROWS)
    if not all(isinstance(row, list) and 0 < len(row) <= MOST_COLUMNS for row in rows):
        raise refuse("rows", "bad-table", _("表格每行要有 1 到 %d 格。") % MOST_COLUMNS)
    wide = max(len(row) for row in rows)
    return [[_text({"rows": cell}, "rows", MOST_CELL) for cell in [*row, *[""] * (wide - len(row))]] for row in rows]


def _degrees(number: Any, most: int) -> float:
    if isinstance(number, bool) or not isinstance(number, int | float) or not -most <= number <= most:
        raise refuse("address", "no-place", _("请写一个查得到的地名，或者填经纬度。"))
    return round(float(number), 6)


def _characters(block: Block) -> int:
    cells = sum(len(cell) for row in block.get("rows", []) for cell in row)
    lines = sum(len(line["title"]) for line in block.get("contents", []))
    return cells + lines + sum(len(value) for value in block.values() if isinstance(value, str))


def files_of(body: Sequence[Block]) -> set[UUID]:
    """Return the numbers of the files that a body shows."""
    return {UUID(block["file"]) for block in body if block.get("file")}


def words_of(body: Sequence[Block]) -> str:
    """Return all that can be read in a body, for search and feeds."""
    parts: list[str] = []
    for block in body:
        parts += [block[name] for name in ("text", "source", "caption", "title", "alt") if block.get(name)]
        parts += [" ".join(row) for row in block.get("rows", [])]
        parts += [words_of_subtitles(block["subtitles"])] if block.get("subtitles") else []
        parts += [line["title"] for line in block.get("contents", [])]
    return "\n".join(parts)


def read_table(text: str) -> list[list[str]]:
    """Read rows that were pasted from a sheet: a row a line, cells divided by tabs, or by | where there is no tab.

    >>> read_table("镇街\\t件数\\n西镇\\t3"), read_table("| 镇街 | 件数 |")
    ([['镇街', '件数'], ['西镇', '3']], [['镇街', '件数']])
    """
    lines = [line for line in text.replace("\r\n", "\n").split("\n") if line.strip()]
    if any("\t" in line for line in lines):
        return [[cell.strip() for cell in line.split("\t")] for line in lines]
    return [[cell.strip() for cell in line.strip().strip("|").split("|")] for line in lines]


def write_table(rows: Sequence[Sequence[str]]) -> str:
    """Return rows as `read_table` reads them.

    >>> write_table([["镇街", "件数"], ["西镇", "3"]])
    '镇街\\t件数\\n西镇\\t3'
    """
    return "\n".join("\t".join(cell.replace("\t", " ").replace("\n", " ") for cell in row) for row in rows)


def at_index(body: Sequence[Block], index: int) -> Block:
    """Return the block at a place of the body. Raises BadInput for a place that is none."""
    if not 0 <= index < len(body):
        raise BadInput(_("没有这一段，可能已经有人改过。"), code="unknown-block")
    return body[index]
