"""What a page says of itself to sites that quote it: the card that the server draws (address `card`)."""

from typing import Any

from django import template
from django.urls import reverse

register = template.Library()
CARDS = {"wide": (1200, 630), "square": (600, 600)}
"""Pixels: what Open Graph and WeChat ask for (a square of 300 at the least)."""


@register.inclusion_tag("ui/share_card.html", takes_context=True)
def share_card(context: dict[str, Any], kind: str, code: str, title: str) -> dict[str, Any]:
    """Name the cards of a public thing, the wide one first; WeChat takes the square."""
    request = context["request"]
    cards = [
        {
            "address": request.build_absolute_uri(reverse("card", args=[kind, code, size])),
            "width": width,
            "height": high,
        }
        for size, (width, high) in CARDS.items()
    ]
    return {"cards": cards, "title": title, "site_name": context.get("site_name", "")}
