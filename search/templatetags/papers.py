"""The list of documents about a thing, on that thing's page."""

from typing import Any

from django import template

from search.gazetteer import papers_about

register = template.Library()


@register.inclusion_tag("search/papers.html", takes_context=True)
def papers(context: Any, kind: str, object_id: int) -> dict[str, Any]:
    """Show what the reader may read about a thing; nothing where there is nothing."""
    request = context.get("request")
    return {"papers": papers_about(request.user if request else None, kind, object_id)}
