"""A public board for a frame on another site: as the public sees it, without scripts, forms and cookies."""

from base64 import b64encode
from functools import cache
from hashlib import sha256
from typing import Any

from django.conf import settings
from django.contrib.auth.models import AnonymousUser
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.template.loader import get_template
from django.utils import timezone
from django.utils.csp import CSP
from django.views.decorators.http import require_safe

from reporting.boards import export
from reporting.boards.models import Board
from reporting.boards.permissions import boards_visible_to
from reporting.boards.selection import read_choice
from reporting.boards.showing import newest_day, show_board
from reporting.rules import embed_hosts
from ui.tokens import page_colours


@require_safe
def embed(request: HttpRequest, slug: str) -> HttpResponse:
    """The board for the area and period in the address; whoever asks gets what everybody gets of that district.

    Only sites of the district's list may frame it; an empty list lets none.
    """
    public = AnonymousUser()
    board = get_object_or_404(boards_visible_to(public), slug=slug, readers=Board.Readers.PUBLIC)
    newest = newest_day(public, board.blocks, timezone.localdate())
    choice = read_choice(public, board.period_kind, request.GET, newest)
    blocks = show_board(public, board, choice)
    css = style()
    context = {"board": board, "blocks": blocks, "choice": choice, "css": css, "query": choice.query(),
               "invented": export.invented(blocks)}  # fmt: skip
    response = render(request, "reporting/boards/embed.html", context)
    response._csp_config = policy(css, embed_hosts())  # type: ignore[attr-defined]
    response.xframe_options_exempt = True
    return response


@cache
def style() -> str:
    """The style of the page, which stands in it."""
    return str(get_template("reporting/boards/embed.css").render({"colours": page_colours()}))


def policy(css: str, hosts: list[str]) -> dict[str, Any]:
    """What the browser may do with the page: nothing but draw it, in frames of these sites."""
    digest = b64encode(sha256(css.encode()).digest()).decode()
    nothing = {name: [CSP.NONE] for name in ("script-src", "connect-src", "worker-src", "form-action", "object-src")}
    own = {"style-src": [f"'sha256-{digest}'"], "frame-ancestors": hosts or [CSP.NONE]}
    return dict(settings.SECURE_CSP) | nothing | own
