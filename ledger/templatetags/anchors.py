"""`{% anchor_line %}`: the newest anchor of the chain of evidence, for the foot of a printed page."""

from django import template

from ledger.anchors import foot

register = template.Library()


@register.simple_tag
def anchor_line() -> str:
    """See `ledger.anchors.foot.anchor_line`."""
    return foot.anchor_line()
