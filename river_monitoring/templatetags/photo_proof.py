"""What a photo's own place and time say of where and when it was taken, for the pages of this room and those above."""

from typing import Any

from django import template

register = template.Library()


@register.inclusion_tag("river/partials/proof.html")
def photo_proof(proof: Any) -> dict[str, Any]:
    """Show whether a `PhotoProof` agrees with what was filed, and what it says."""
    return {"proof": proof}
