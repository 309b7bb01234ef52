"""The protobuf message of a glyph range: `glyphs.proto` of the Mapbox and MapLibre clients."""

from collections.abc import Iterable

from tiles.glyphs.sdf import Glyph

_VARINT, _BYTES = 0, 2


def encode_range(name: str, span: str, glyphs: Iterable[Glyph]) -> bytes:
    """Return the message with one font stack."""
    stack = _bytes(1, name.encode()) + _bytes(2, span.encode())
    return _bytes(1, stack + b"".join(_bytes(3, _glyph(glyph)) for glyph in glyphs))


def _glyph(glyph: Glyph) -> bytes:
    parts = [_number(1, glyph.code)]
    if glyph.bitmap:
        parts.append(_bytes(2, glyph.bitmap))
    parts += [_number(3, glyph.width), _number(4, glyph.height)]
    parts += [_number(5, _zigzag(glyph.left)), _number(6, _zigzag(glyph.top)), _number(7, glyph.advance)]
    return b"".join(parts)


def _zigzag(number: int) -> int:
    return number * 2 if number >= 0 else -number * 2 - 1


def _varint(number: int) -> bytes:
    out = bytearray()
    while number > 0x7F:
        out.append(number & 0x7F | 0x80)
        number >>= 7
    return bytes([*out, number])


def _number(field: int, value: int) -> bytes:
    return _varint(field << 3 | _VARINT) + _varint(value)


def _bytes(field: int, value: bytes) -> bytes:
    return _varint(field << 3 | _BYTES) + _varint(len(value)) + value
