"""`/boards/`: the list, one board filtered by its address, its files, and the editor with its preview."""

from contextlib import nullcontext
from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.areas.filters import areas_to_choose
from accounts.looking import NAME
from accounts.permissions import require_district_staff
from accounts.tokens.by_token import by_token
from accounts.tokens.reading import READS
from geokit.refusal import Busy, Refusal, TooMany
from reporting.boards import export, installing
from reporting.boards.blocks import check_blocks
from reporting.boards.models import Board, BoardVersion
from reporting.boards.permissions import boards_visible_to, may_keep_boards
from reporting.boards.selection import Choice, Step, read_choice, timeline
from reporting.boards.services import copy_board, save_board
from reporting.boards.showing import newest_day, oldest_day, show_board
from reporting.boards.tiles import name_of
from reporting.indicators import periods
from reporting.indicators.models import Indicator
from reporting.pages.forms.boards import BlockForms, BoardForm, CopyForm, blocks_from, initial_of
from reporting.warnings.permissions import warnings_visible_to
from ui.downloads import file_response
from ui.forms.refusable import posted, render_form, whole_number
from ui.printing import turn_to_print


@require_safe
def board_list(request: HttpRequest) -> HttpResponse:
    """The boards that the reader may open; for those who keep them the templates that are not set up yet."""
    found = list(boards_visible_to(request.user))
    may_keep = may_keep_boards(request.user)
    taken = set(Board.objects.values_list("slug", flat=True)) if may_keep else set()
    context = {
        "boards": found,
        "may_keep": may_keep,
        "templates": [one for one in installing.templates().values() if may_keep and one.slug not in taken],
        "sees_warnings": warnings_visible_to(request.user).exists(),
    }
    return render(request, "reporting/boards/list.html", context)


@require_POST
@require_district_staff
def install(request: HttpRequest) -> HttpResponse:
    """Set up a template."""
    try:
        board = installing.install(request.user, request.POST.get("template", ""))
    except Refusal as refusal:
        messages.error(request, refusal.message)
        return redirect("boards:list")
    messages.success(request, _("已建好看板、指标和规则。规则要在过去的数据上试算后才启用。"))
    return redirect(board)


def _board(request: HttpRequest, slug: str) -> Board:
    return get_object_or_404(boards_visible_to(request.user), slug=slug)


def _choice(request: HttpRequest, board: Board) -> tuple[Choice, Any]:
    newest = newest_day(request.user, board.blocks, timezone.localdate())
    return read_choice(request.user, board.period_kind, request.GET, newest), newest


@require_safe
def board(request: HttpRequest, slug: str) -> HttpResponse:
    """One board for the area and period in the address."""
    found = _board(request, slug)
    return render(request, "reporting/boards/board.html", _context(request, found))


def _context(request: HttpRequest, found: Board) -> dict[str, Any]:
    choice, newest = _choice(request, found)
    blocks = show_board(request.user, found, choice)
    steps = timeline(choice, oldest_day(request.user, found.blocks, newest), newest)
    return {
        "board": found,
        "blocks": blocks,
        "choice": choice,
        "areas": areas_to_choose(request.user),
        "steps": steps,
        "time": _neighbours(steps),
        "everything": choice.query(area=""),
        "query": choice.query(),
        "invented": export.invented(blocks),
        "may_keep": may_keep_boards(request.user),
        "tileset": name_of(found),
        "embed": _embed(request, found, choice),
    }


def _neighbours(steps: list[Step]) -> dict[str, Any]:
    """The place of the chosen period on the slider, and the ones before and after it."""
    place = next(number for number, step in enumerate(steps) if step.chosen)
    return {
        "place": place,
        "last": len(steps) - 1,
        "words": steps[place].words,
        "before": steps[place - 1] if place else None,
        "after": steps[place + 1] if place + 1 < len(steps) else None,
    }


def _embed(request: HttpRequest, found: Board, choice: Choice) -> str:
    """The line for another site's page, for those who keep boards; empty for a board that is not public."""
    if found.readers != Board.Readers.PUBLIC or not may_keep_boards(request.user):
        return ""
    district = urlencode({NAME: found.area.code}) + "&" if found.area else ""  # a frame has no cookie that says it
    address = f"{reverse('boards:embed', args=[found.slug])}?{district}{choice.query()}"
    return format_html(
        '<iframe src="{}" title="{}" width="100%" height="900" loading="lazy"></iframe>',
        request.build_absolute_uri(address), found.title,
    )  # fmt: skip


@by_token(READS)
@require_safe
def download(request: HttpRequest, slug: str, extension: str) -> HttpResponse:
    """The board as the page with the same query shows it, as XLSX, PDF or PNG."""
    if extension not in export.FORMATS:
        raise Http404
    found = _board(request, slug)
    choice, _newest = _choice(request, found)
    try:
        with nullcontext() if extension == "xlsx" else turn_to_print(request):
            content = export.write(found, show_board(request.user, found, choice), choice, extension)
    except (Busy, TooMany):
        raise
    except Refusal as refusal:
        messages.error(request, refusal.message)
        return redirect(f"{found.get_absolute_url()}?{choice.query()}")
    period = periods.text_of(choice.kind, choice.period)
    response = file_response(content, f"{found.title}-{period}.{extension}")
    response["Cache-Control"] = "private, no-store"
    return response


@require_district_staff
@require_safe
def versions(request: HttpRequest, slug: str) -> HttpResponse:
    """Every version of a board, the newest first; ``?number=`` shows one with the values of today."""
    found = _board(request, slug)
    rows = found.versions.select_related("made_by")
    context: dict[str, Any] = {"board": found, "versions": rows}
    if (one := rows.filter(number=whole_number(request.GET.get("number"))).first()) is not None:
        draft = Board(slug=slug, title=one.title, period_kind=found.period_kind, blocks=one.blocks)
        choice, _newest = _choice(request, draft)
        context |= {"shown": one, "blocks": show_board(request.user, draft, choice), "choice": choice}
    return render(request, "reporting/boards/versions.html", context)


def _wording(request: HttpRequest, found: Board) -> Board | BoardVersion:
    """What the editor opens with: the board as it is, or one of its versions with ``?from=``."""
    return found.versions.filter(number=whole_number(request.GET.get("from"))).first() or found


@require_district_staff
@require_http_methods(["GET", "HEAD", "POST"])
def edit(request: HttpRequest, slug: str) -> HttpResponse:
    """Change a board, also back to a version; with ``preview`` it is shown below the form and not saved."""
    found = _board(request, slug)
    data, wording = posted(request), _wording(request, found)
    form = BoardForm(
        data, initial={name: getattr(wording, name) for name in BoardForm.NAMES} | {"version": found.version}
    )
    shown = initial_of(wording.blocks) if data is None else None  # a form like its initial counts as empty
    parts = BlockForms(data, initial=shown, prefix="blocks")
    context: dict[str, Any] = {"board": found, "form": form, "parts": parts, "copy_form": CopyForm(auto_id="copy-%s"),
                               "from_version": wording if wording is not found else None}  # fmt: skip
    if data is not None and form.is_valid() and parts.is_valid():
        blocks = blocks_from(parts)
        try:
            if "preview" in data:
                context |= _preview(request, found, blocks)
            else:
                given = form.cleaned_data
                save_board(request.user, slug, blocks=blocks, **given)
                messages.success(request, _("已保存。"))
                return redirect(found)
        except Refusal as refusal:
            form.show(refusal)
    return render_form(request, "reporting/boards/edit.html", context, form, parts)


def _preview(request: HttpRequest, found: Board, blocks: list[dict[str, Any]]) -> dict[str, Any]:
    """The board as it would be; nothing is kept."""
    codes = dict(Indicator.objects.values_list("code", "pk"))
    draft = Board(slug=found.slug, title=found.title, period_kind=found.period_kind, blocks=check_blocks(blocks, codes))
    choice, _newest = _choice(request, draft)
    return {"preview": show_board(request.user, draft, choice), "choice": choice}


@require_POST
@require_district_staff
def copy(request: HttpRequest, slug: str) -> HttpResponse:
    """Make a board like this one."""
    found = _board(request, slug)
    form = CopyForm(request.POST, auto_id="copy-%s")
    if form.is_valid():
        try:
            made = copy_board(request.user, found, form.cleaned_data["slug"], form.cleaned_data["title"])
            return redirect("boards:edit", slug=made.slug)
        except Refusal as refusal:
            form.show(refusal)
    initial = {name: getattr(found, name) for name in BoardForm.NAMES} | {"version": found.version}
    context = {
        "board": found,
        "form": BoardForm(initial=initial),
        "parts": BlockForms(initial=initial_of(found.blocks), prefix="blocks"),
        "copy_form": form,
    }
    return render_form(request, "reporting/boards/edit.html", context, form)
