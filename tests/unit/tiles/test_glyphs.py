"""Glyphs of map labels: the distance field against plain geometry, and a range as a client reads it."""

import math

import numpy as np
import pytest
from django.conf import settings

from tiles.glyphs.fonts import known_font, range_glyphs
from tiles.glyphs.pbf import encode_range
from tiles.glyphs.sdf import BORDER, RADIUS, SCALE, STEP, Glyph, distance_field
from tiles.glyphs.store import glyph_range

FONTS = settings.FONT_DIR


def value_at(distance):
    return 255 * (0.75 - distance / RADIUS)


def test_a_straight_edge_has_the_distance_of_its_pixels():
    side = 20
    drawn = np.zeros((side * SCALE, side * SCALE), bool)
    drawn[:, : 10 * SCALE] = True
    field = distance_field(drawn)
    assert field.shape == (side, side)
    # The middle of pixel 10 lies half a pixel right of the edge, that of pixel 9 half a pixel left of it.
    assert field[5, 10] == pytest.approx(value_at(0.5), abs=STEP / 2 + 1)
    assert field[5, 9] == pytest.approx(value_at(-0.5), abs=STEP / 2 + 1)
    assert field[5, 14] == pytest.approx(value_at(4.5), abs=STEP / 2 + 1)
    assert field[5, 0] == 255
    assert field[5, 19] == 0


def test_distances_are_round_a_corner():
    side = 16
    drawn = np.zeros((side * SCALE, side * SCALE), bool)
    drawn[: 8 * SCALE, : 8 * SCALE] = True
    field = distance_field(drawn)
    assert field[10, 10] == pytest.approx(value_at(math.hypot(2.5, 2.5)), abs=4)


def test_a_drawing_of_nothing_is_far_from_everything():
    assert not distance_field(np.zeros((10 * SCALE, 10 * SCALE), bool)).any()


def fields(message):
    """Read one protobuf message: field number -> values, lengths checked to the byte."""
    found: dict[int, list] = {}
    at = 0

    def varint():
        nonlocal at
        number = shift = 0
        while True:
            byte = message[at]
            at += 1
            number |= (byte & 0x7F) << shift
            shift += 7
            if byte < 0x80:
                return number

    while at < len(message):
        key = varint()
        value = varint()
        if key & 7 == 2:
            value, at = message[at : at + value], at + value
        found.setdefault(key >> 3, []).append(value)
    assert at == len(message)
    return found


def test_a_range_reads_back_as_it_was_written():
    glyph = Glyph(28023, 22, 23, -1, -5, 24, bytes(range(200)) * 4)
    (stack,) = fields(encode_range("Noto Sans SC Regular", "27904-28159", [glyph]))[1]
    body = fields(stack)
    assert body[1] == [b"Noto Sans SC Regular"]
    assert body[2] == [b"27904-28159"]
    read = fields(body[3][0])
    assert read == {1: [28023], 2: [glyph.bitmap], 3: [22], 4: [23], 5: [1], 6: [9], 7: [24]}


def test_chinese_letters_are_drawn_with_their_border():
    glyphs = {chr(glyph.code): glyph for glyph in range_glyphs(FONTS, "Noto Sans SC Regular", 0x6D00)}
    assert {"海", "流", "浪"} <= set(glyphs)
    sea = glyphs["海"]
    assert sea.advance == 24
    assert len(sea.bitmap) == (sea.width + 2 * BORDER) * (sea.height + 2 * BORDER)
    drawn = np.frombuffer(sea.bitmap, np.uint8) >= 191
    assert 0.15 < drawn.mean() < 0.6


def test_bold_is_bolder():
    def ink(font):
        glyph = next(one for one in range_glyphs(FONTS, font, 0) if one.code == ord("H"))
        return (np.frombuffer(glyph.bitmap, np.uint8) > 191).sum()

    assert ink("Noto Sans SC Bold") > ink("Noto Sans SC Regular") * 1.2


def test_a_space_has_room_and_no_ink_and_a_roman_numeral_is_spelt():
    glyphs = {glyph.code: glyph for glyph in range_glyphs(FONTS, "Noto Sans SC Regular", 0)}
    assert glyphs[0x20].bitmap == b""
    assert glyphs[0x20].advance > 0
    numerals = {glyph.code for glyph in range_glyphs(FONTS, "Noto Sans SC Regular", 0x2100)}
    assert {ord(letter) for letter in "ⅠⅡⅢⅣⅤ"} <= numerals


def test_letters_stand_on_the_line_and_below_its_top():
    glyphs = {chr(glyph.code): glyph for glyph in range_glyphs(FONTS, "Noto Sans SC Regular", 0)}
    # 28 is the ascent of the font at 24 pixels: a capital's foot is on the baseline.
    assert -glyphs["H"].top + glyphs["H"].height == pytest.approx(28, abs=1)
    assert -glyphs["g"].top + glyphs["g"].height > 30


@pytest.mark.parametrize(
    ("stack", "font"),
    [
        ("Noto Sans SC Regular", "Noto Sans SC Regular"),
        ("PingFang SC,Noto Sans SC,sans-serif", "Noto Sans SC Regular"),
        ("Open Sans, noto sans sc bold", "Noto Sans SC Bold"),
        ("Open Sans Regular,Arial", None),
        ("../../etc/passwd", None),
        ("", None),
    ],
)
def test_the_first_font_that_we_have_is_taken(stack, font):
    assert known_font(stack) == font


def test_a_range_is_drawn_once_and_kept(tmp_path, monkeypatch):
    first = glyph_range(FONTS, tmp_path, "Noto Sans SC Regular", 0)
    monkeypatch.setattr("tiles.glyphs.store.range_glyphs", None)
    assert glyph_range(FONTS, tmp_path, "Noto Sans SC Regular", 0) == first
    assert [path.name for path in tmp_path.rglob("*") if path.is_file()] == ["0.pbf.gz"]
