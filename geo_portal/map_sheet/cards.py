"""Cards that other sites show of a link, and posters with a code to scan: a clip of the public map with a few words."""

import time
from functools import lru_cache

from django.template.loader import render_to_string
from django.utils import translation
from django.utils.safestring import mark_safe

from accounts.district import current
from geo_portal.map_sheet.picture import Shown, View, svg_of
from geo_portal.map_sheet.subjects import LANGUAGE, NOBODY, Subject
from ui.printing import draw_pages, print_pdf
from ui.qr import qr_svg
from ui.templatetags.share import CARDS
from ui.tokens import map_colours, page_colours

CLIP = {"wide": (560, 630), "square": (600, 300), "poster": (680, 380)}
ZOOM = 13.4
KEPT = 96
"""Cards that one process keeps."""
HOUR_SECONDS = 3600


def card(subject: Subject, size: str, site: str) -> bytes:
    """Return the card as PNG. It is drawn anew when what it says changes, and once an hour for its map."""
    return _card(subject, size, site, current().title, int(time.time() // HOUR_SECONDS))


@lru_cache(maxsize=KEPT)
def _card(subject: Subject, size: str, site: str, title: str, _hour: int) -> bytes:
    with translation.override(LANGUAGE):
        width, height = CARDS[size]
        context = {
            "subject": subject,
            "colours": page_colours(),
            "width": width,
            "height": height,
            "size": size,
            "site_name": current().title,
        }
        html = render_to_string("map_sheet/card.html", {**context, "map": _clip(subject, size, site)})
        return draw_pages(print_pdf(html), 1)[0]


def poster(subject: Subject, site: str) -> bytes:
    """Return a sheet of A4 with the thing's code, as PDF."""
    with translation.override(LANGUAGE):
        context = {
            "subject": subject,
            "colours": page_colours(),
            "map": _clip(subject, "poster", site),
            "site_name": current().title,
            "code": mark_safe(qr_svg(site + subject.address)),  # noqa: S308 - squares, drawn of the address
            "address": site + subject.address,
            "congress": current().congress_title,
        }
        return print_pdf(render_to_string("map_sheet/poster.html", context))


def _clip(subject: Subject, size: str, site: str) -> str:
    width, height = CLIP[size]
    view = View(subject.mark.lng, subject.mark.lat, ZOOM, width, height)
    drawn = svg_of(view, Shown(frozenset({subject.mark.tileset})), NOBODY, site)
    colour = map_colours("light")["select"]
    mark = (
        f'<circle cx="{width / 2}" cy="{height / 2}" r="34" fill="none" stroke="{colour}" stroke-width="5"/>'
        if subject.mark.address
        else ""
    )
    return mark_safe(drawn.replace("</svg>", f"{mark}</svg>"))  # noqa: S308 - our own drawing, names are escaped
