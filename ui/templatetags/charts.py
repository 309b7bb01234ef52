"""How the lines of a chart differ: by colour, by dashes and by mark, so that colour is never alone."""

from django import template

register = template.Library()

# Told apart with any colour vision and on a dark ground as well; then dashes, then the mark's outline.
LINES = (
    ("#2474b5", "", "M3.4 0A3.4 3.4 0 1 1 -3.4 0A3.4 3.4 0 1 1 3.4 0Z"),
    ("#c9580c", "7 3", "M-3.2 -3.2H3.2V3.2H-3.2Z"),
    ("#1f9070", "2 3", "M0 -4.2L4.2 0L0 4.2L-4.2 0Z"),
    ("#ac4a93", "9 3 2 3", "M0 -4L4 3.2H-4Z"),
    ("#8a7000", "4 2", "M0 4L4 -3.2H-4Z"),
    ("#7565d6", "1 2", "M-1.4 -4H1.4V-1.4H4V1.4H1.4V4H-1.4V1.4H-4V-1.4H-1.4Z"),
)


@register.filter
def line_colour(style: int) -> str:
    """Return the colour of a line by its number from 1."""
    return LINES[style - 1][0]


@register.filter
def line_dash(style: int) -> str:
    """Return the dashes of a line; empty for the first, which is solid."""
    return LINES[style - 1][1]


@register.filter
def line_mark(style: int) -> str:
    """Return the outline of a line's marks as an SVG path around 0, 0."""
    return LINES[style - 1][2]
