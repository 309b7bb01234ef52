"""The sprite: each symbol where its index says, none into its neighbour, none alike."""

import io

import pytest
from PIL import Image

from geo_portal.styles.sprite import sprite_index, sprite_png
from ui import tokens


def _symbol(name: str, ratio: int = 1) -> Image.Image:
    at = sprite_index(ratio)[name]
    sheet = Image.open(io.BytesIO(sprite_png(ratio))).convert("RGBA")
    return sheet.crop((at["x"], at["y"], at["x"] + at["width"], at["y"] + at["height"]))


@pytest.mark.parametrize("ratio", [1, 2])
def test_every_symbol_lies_inside_the_picture_and_is_drawn(ratio: int) -> None:
    sheet = Image.open(io.BytesIO(sprite_png(ratio)))
    for name, at in sprite_index(ratio).items():
        assert at["x"] + at["width"] <= sheet.width, name
        assert at["y"] + at["height"] <= sheet.height, name
        assert at["pixelRatio"] == ratio
        assert _symbol(name, ratio).getbbox() is not None, name


def test_no_symbol_lies_on_another() -> None:
    boxes = [(at["x"], at["y"], at["x"] + at["width"], at["y"] + at["height"]) for at in sprite_index(1).values()]
    for number, (west, top, east, bottom) in enumerate(boxes):
        for other in boxes[number + 1 :]:
            assert east <= other[0] or other[2] <= west or bottom <= other[1] or other[3] <= top


def test_classes_differ_in_shape_and_not_only_in_colour() -> None:
    silhouettes = {
        _symbol(f"water-{entry['value']}").getchannel("A").point(lambda value: 255 * (value > 127)).tobytes()
        for entry in tokens.WATER_CLASSES
    }
    assert len(silhouettes) == len(tokens.WATER_CLASSES)


def test_a_class_symbol_has_its_class_colour_in_the_middle() -> None:
    for entry in tokens.WATER_CLASSES:
        if entry["value"]:
            red, green, blue, alpha = _symbol(f"water-{entry['value']}", 2).getpixel((26, 26))
            assert f"#{red:02x}{green:02x}{blue:02x}" == entry["fill"]
            assert alpha == 255


def test_a_number_that_is_no_class_is_refused() -> None:
    assert tokens.water_class(6)["label"] == "劣Ⅴ类"
    with pytest.raises(KeyError):
        tokens.water_class(7)
