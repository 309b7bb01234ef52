"""A KML made ready for GDAL: names of fields that it would wipe out are kept aside.

GDAL's KML driver turns every byte of a field's name that is no ASCII letter into an underscore, so `编号` and `名称`
would both be lost. They get names of ours in the copy that GDAL reads, and their own back in the reader.
"""

import html
import re
from pathlib import Path

from geokit.refusal import BadInput
from geokit.wording import gettext as _

# No value of an attribute holds "<": a search that finds no end stops at the next element.
NAMED = re.compile(
    r"(<(?:[\w.-]{1,60}:)?(?:Data|SimpleField|SimpleData)\b[^<>]*?\bname\s*=\s*)([\"'])((?:(?!\2)[^<])*+)\2"
)
DECLARED_ENCODING = re.compile(r"<\?xml[^<>]*?encoding\s*=\s*[\"']([\w-]+)[\"']")
PLAIN_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
MAX_BYTES = 512 * 1024**2


def readable_copy(path: Path, folder: Path) -> tuple[Path, dict[str, str]]:
    """The file GDAL is to read, and people's field names by the names in it. Raises BadInput `source-unreadable`."""
    if path.stat().st_size > MAX_BYTES:
        return path, {}  # too large to hold; its fields keep the names that GDAL gives them
    text = _text(path)
    names: dict[str, str] = {}

    def rename(found: re.Match[str]) -> str:
        if PLAIN_NAME.fullmatch(found[3]):
            return found[0]
        own = names.setdefault(html.unescape(found[3]), f"field__{len(names) + 1}")
        return f"{found[1]}{found[2]}{own}{found[2]}"

    changed = NAMED.sub(rename, text)
    if not names:
        return path, {}
    target = folder / "data.kml"
    target.write_text(DECLARED_ENCODING.sub('<?xml version="1.0" encoding="UTF-8"', changed, count=1), "utf-8")
    return target, {own: name for name, own in names.items()}


def _text(path: Path) -> str:
    raw = path.read_bytes()
    wide = raw[:2] in (b"\xff\xfe", b"\xfe\xff")
    declared = None if wide else DECLARED_ENCODING.search(raw[:200].decode("latin-1"))
    try:
        return raw.decode("utf-16" if wide else declared[1] if declared else "utf-8-sig").removeprefix("\ufeff")
    except (LookupError, UnicodeDecodeError) as error:
        message = _("“%s”的文字与它写明的编码不符。请另存为 UTF-8。") % path.name
        raise BadInput(message, code="source-unreadable") from error
