"""``{% linked_to thing %}``: what other rooms have about a thing, on its page."""

from typing import Any

from django import template

from ui import linked

register = template.Library()


@register.inclusion_tag("ui/linked.html", takes_context=True)
def linked_to(context: dict[str, Any], thing: Any) -> dict[str, Any]:
    """Show the links of every room about `thing` that the reader may follow; nothing where there are none."""
    request = context.get("request")
    return {"sections": linked.sections(thing, request.user) if request is not None else []}
