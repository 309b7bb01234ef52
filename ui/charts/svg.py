"""Draw a chart as SVG."""

from django.template.loader import render_to_string

from ui.charts.chart import Chart

TEMPLATE = "charts/chart.svg"


def as_svg(chart: Chart) -> str:
    """Draw a chart as SVG; it stands by itself and takes the page's colours where a page has them."""
    return render_to_string(TEMPLATE, {"chart": chart})
