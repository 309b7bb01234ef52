"""The parts of a shapefile that must be looked at before GDAL does: headers, counts, a lost .shx."""

import shutil
import struct
from pathlib import Path

from geokit.formats.signatures import is_shapefile
from geokit.readers.dbf_columns import has_repeated_names, numbered_header
from geokit.records.text_encoding import Dbf, read_dbf_header
from geokit.refusal import BadInput
from geokit.wording import gettext as _

HEADER_BYTES = 100
MULTIPATCH = 31
SHAPE_TYPES = {0, 1, 3, 5, 8, 11, 13, 15, 18, 21, 23, 25, 28, MULTIPATCH}
Z_TYPES = {11, 13, 15, 18}
M_TYPES = {21, 23, 25, 28}


def shape_type(path: Path, name: str = "") -> int:
    """The header's shape type. Raises BadInput where `path` is no .shp at all; `name` is what its people call it."""
    with path.open("rb") as file:
        head = file.read(HEADER_BYTES)
    if len(head) < HEADER_BYTES or not is_shapefile(head):
        pointer = head.startswith(b"version https://git-lfs")
        message = (
            _("%s 是 Git LFS 的指针文件，不是数据本身。请让对方发送真正的文件。")
            if pointer
            else _("%s 不是有效的 .shp 文件。请让对方重新导出。")
        )
        raise BadInput(message % (f"{name}.shp" if name else path.name), code="shp-unreadable")
    found: int = struct.unpack("<i", head[32:36])[0]
    if found not in SHAPE_TYPES:
        raise BadInput(_(".shp 的几何类型编号 %d 不存在，文件可能已损坏。") % found, code="shp-unreadable")
    return found


def check_shapefile(name: str, parts: dict[str, Path], folder: Path) -> list[tuple[str, str]]:
    """Refuse what is no shapefile; rebuild a missing index; say what is odd."""
    warnings = []
    shape_type(parts[".shp"], name)
    if ".shx" not in parts or not is_index(parts[".shx"]):
        parts[".shx"] = folder / "data.shx"
        parts[".shx"].unlink(missing_ok=True)
        rebuild_index(parts[".shp"], parts[".shx"])
        warnings.append(("shx-rebuilt", _("“%s”的 .shx 索引缺少或已损坏，已按 .shp 重建。") % name))
    if ".dbf" not in parts:
        warnings.append(("dbf-missing", _("“%s”缺少 .dbf，只有几何，没有属性。") % name))
        return warnings
    table = read_dbf_header(parts[".dbf"], name)
    shapes, rows = index_count(parts[".shx"]), table.rows
    if rows == 0 and shapes:
        # GDAL would give no row at all; without the table it gives the shapes.
        parts.pop(".dbf").unlink()
        warnings.append(("dbf-empty", _("“%s”的 .dbf 没有任何行，只有几何，没有属性。") % name))
        return warnings
    if has_repeated_names(table):
        _number_fields(table, parts)
    if shapes != rows:
        message = _(".shp 有 %(shapes)d 个图形而 .dbf 有 %(rows)d 行，多出的部分没有配对。")
        warnings.append(("row-count-differs", message % {"shapes": shapes, "rows": rows}))
    return warnings


def _number_fields(table: Dbf, parts: dict[str, Path]) -> None:
    """Put a table with names that differ before GDAL; the part stays the one that people sent."""
    beside, sent, header = parts[".dbf"], parts[".dbf"].resolve(), numbered_header(table)
    beside.unlink()
    with sent.open("rb") as source, beside.open("wb") as sink:
        sink.write(header)
        source.seek(table.header_length)
        shutil.copyfileobj(source, sink, 1024 * 1024)
    parts[".dbf"] = sent


def is_index(shx: Path) -> bool:
    """Whether a .shx is one, and as long as it says."""
    with shx.open("rb") as file:
        head = file.read(HEADER_BYTES)
    if len(head) < HEADER_BYTES or not is_shapefile(head):
        return False
    words: int = struct.unpack(">i", head[24:28])[0]
    return shx.stat().st_size >= 2 * words


def index_count(shx: Path) -> int:
    return max(0, (shx.stat().st_size - HEADER_BYTES) // 8)


def rebuild_index(shp: Path, shx: Path) -> None:
    """Write the .shx that belongs to a .shp: one offset and length (16-bit words) per record."""
    entries = []
    size = shp.stat().st_size
    with shp.open("rb") as file:
        header = bytearray(file.read(HEADER_BYTES))
        position = HEADER_BYTES
        while position + 8 <= size:
            file.seek(position)
            _number, words = struct.unpack(">ii", file.read(8))
            if words < 2 or position + 8 + words * 2 > size:
                break
            entries.append(struct.pack(">ii", position // 2, words))
            position += 8 + words * 2
    header[24:28] = struct.pack(">i", (HEADER_BYTES + 8 * len(entries)) // 2)
    shx.write_bytes(bytes(header) + b"".join(entries))
