"""A copy of a picture is known as such however it was encoded, scaled, cut or lit; another picture is another."""

import io
from functools import cache
from itertools import combinations
from pathlib import Path

import pytest
from PIL import Image, ImageEnhance, ImageOps

from ui.pictures.copies import picture_hashes
from ui.pictures.picture_hash import BITS, SAME_BITS, picture_distance, same_picture

PICTURES = sorted((Path(__file__).parents[3] / "fixtures" / "pictures").glob("*.jpg"))
SHOWN = PICTURES[::4]


@cache
def hashes_of(path):
    return picture_hashes(path.read_bytes())


def encoded(image, kind="JPEG", quality=85):
    out = io.BytesIO()
    image.save(out, kind, **({"quality": quality} if kind != "PNG" else {}))
    return out.getvalue()


def cut(image, share, across, down):
    width, height = image.size
    left, top = width * (1 - share) * across, height * (1 - share) * down
    return image.crop((round(left), round(top), round(left + width * share), round(top + height * share)))


COPIES = {
    "poor quality": lambda image: encoded(image, quality=35),
    "another format": lambda image: encoded(image, "PNG"),
    "half as large": lambda image: encoded(image.resize((image.width // 2, image.height // 2))),
    "squeezed": lambda image: encoded(image.resize((image.width // 2, round(image.height / 1.7)))),
    "edges cut": lambda image: encoded(cut(image, 0.96, 0.5, 0.5)),
    "a corner cut": lambda image: encoded(cut(image, 0.94, 0, 0)),
    "an eighth cut": lambda image: encoded(cut(image, 0.88, 0.5, 0.5)),
    "brighter": lambda image: encoded(ImageEnhance.Brightness(image).enhance(1.2)),
    "darker": lambda image: encoded(ImageEnhance.Brightness(image).enhance(0.75)),
    "without colour": lambda image: encoded(ImageOps.grayscale(image)),
    "mirrored": lambda image: encoded(ImageOps.mirror(image)),
    "on its side": lambda image: encoded(image.rotate(90, expand=True)),
    "in a frame": lambda image: encoded(ImageOps.expand(image, 30, "white")),
}


@pytest.mark.parametrize("copy", COPIES)
def test_a_copy_is_the_same_picture(copy):
    for path in SHOWN:
        with Image.open(path) as image:
            made = COPIES[copy](image.convert("RGB"))
        assert same_picture(hashes_of(path), picture_hashes(made)), path.name


def test_no_two_of_the_drawings_are_the_same_picture_though_they_are_alike():
    hashes = {path.name: hashes_of(path) for path in PICTURES}
    nearest = min(picture_distance(hashes[one], hashes[other]) for one, other in combinations(hashes, 2))
    assert nearest > SAME_BITS


def test_what_has_no_hash_is_like_nothing_and_what_is_no_picture_is_refused():
    some = hashes_of(PICTURES[0])
    assert picture_distance(some, []) == BITS and not same_picture([], [])
    with pytest.raises(OSError):
        picture_hashes(b"%PDF-1.7")


def test_two_plain_surfaces_are_the_same_picture():
    one, other = (encoded(Image.new("RGB", (80, 60), colour)) for colour in ("teal", "navy"))
    assert same_picture(picture_hashes(one), picture_hashes(other))
