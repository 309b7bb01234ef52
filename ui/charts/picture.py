"""Charts as one picture: their titles above them, one below the other, on white."""

from collections.abc import Sequence

from django.template.loader import render_to_string

from ui.charts.chart import WIDTH, Chart
from ui.charts.svg import as_svg
from ui.printing import draw_pages, print_pdf

MARGIN, TITLE, GAP, FOOT = 24, 34, 22, 26


def picture_of(charts: Sequence[Chart], title: str, foot: str) -> bytes:
    """Return PNG, two pixels for one of the drawing; `foot` is the note below the charts."""
    height = 2 * MARGIN + FOOT + sum(chart.height + TITLE + GAP for chart in charts)
    context = {
        "title": title,
        "foot": foot,
        "charts": [(chart.title, as_svg(chart)) for chart in charts],
        "width": WIDTH + 2 * MARGIN,
        "height": height,
        "margin": MARGIN,
        "title_height": TITLE,
        "gap": GAP,
    }
    return draw_pages(print_pdf(render_to_string("charts/picture.html", context)))[0]
