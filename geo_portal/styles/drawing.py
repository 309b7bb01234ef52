"""The map's style and its signs, for what is drawn on the server (`ogc/`)."""

from functools import cache
from io import BytesIO
from typing import Any

from PIL import Image

from accounts.looking import bounds_shown, codes_shown, record_shown
from accounts.permissions import Asker
from geo_portal.external_base_map import base_map
from geo_portal.styles import THEMES, StyleRequest, build_style, sprite
from geo_portal.styles.for_qgis import for_qgis
from geo_portal.tilesets import CATALOGUE
from layers.map_style import loaded_layers
from layers.styling.sheets.reading import stylesheet, with_stylesheets
from ogc.pictures.tiles import Drawing

RATIO = 2


def style_request(user: Asker, site: str, name: str = "district") -> StyleRequest:
    """Return what the style of that name is made of, for `user`; `site` begins its addresses."""
    return StyleRequest(
        name=name,
        origin=site,
        visible={layer.name for layer in CATALOGUE.vector_layers(user)},
        district_codes=codes_shown(user),
        title=record_shown(user).title,
        has_hillshade=CATALOGUE.raster_layer("hillshade", user) is not None,
        base=base_map(),
        loaded=loaded_layers(user, site, THEMES[name]),
        bounds=bounds_shown(user),
    )


def map_style(user: Asker, site: str) -> dict[str, Any]:
    return build_style(style_request(user, site))


def sign(name: str) -> Image.Image | None:
    """Return a sign of the sprite; None for the shapes that take their colour from each feature."""
    return None if name.startswith("shape-") else _signs().get(name)


@cache
def _signs() -> dict[str, Image.Image]:
    sheet = Image.open(BytesIO(sprite.sprite_png(RATIO))).convert("RGBA")
    return {
        name: sheet.crop((at["x"], at["y"], at["x"] + at["width"], at["y"] + at["height"]))
        for name, at in sprite.sprite_index(RATIO).items()
    }


DRAWING = Drawing(map_style, sign, stylesheet, with_stylesheets, for_qgis)
