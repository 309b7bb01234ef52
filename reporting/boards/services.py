"""Making and changing boards; each saving is a version."""

from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.permissions import Asker
from geokit.refusal import BadInput, FieldError, NotPermitted, StaleEdit
from ledger import audit
from ledger.actors import account_of
from reporting.boards.blocks import check_blocks
from reporting.boards.models import Board, BoardVersion
from reporting.boards.permissions import may_keep_boards
from reporting.indicators.models import Indicator
from ui.field_checks import check_fields

RESERVED = ("indicators", "rules", "warnings", "new")
"""Words that addresses below ``/boards/`` begin with."""


@transaction.atomic
def save_board(
    actor: Asker,
    slug: str,
    *,
    title: str,
    about: str = "",
    readers: str = Board.Readers.STAFF,
    period_kind: str = "",
    blocks: Any = None,
    template: str = "",
    order: int | None = None,
    version: int | None = None,
) -> Board:
    """Make a board, or save a new version; None for `blocks` keeps them. Raises NotPermitted, BadInput, StaleEdit."""
    if not may_keep_boards(actor):
        raise NotPermitted(_("看板由区人大工作人员维护。"))
    if slug in RESERVED:
        message = _("“%s”不能用作看板的地址。") % slug
        raise BadInput(message, code="reserved", errors=[FieldError("slug", "reserved", message)])
    board = Board.objects.select_for_update().filter(slug=slug).first() or Board(slug=slug, version=0)
    if version is not None and version != board.version:
        raise StaleEdit(_("这块看板在您打开页面之后已被修改，请查看后再提交。"))
    board.title, board.about, board.readers = title.strip(), about.strip(), readers
    board.period_kind = period_kind or board.period_kind
    board.template = template or board.template or ""
    board.order = order if order is not None else board.order if board.version else 100
    if blocks is not None:
        codes = dict(Indicator.objects.values_list("code", "pk"))
        board.blocks = check_blocks(blocks, codes)
    board.version += 1
    check_fields(board, "bad-board")
    board.save()
    BoardVersion.objects.create(
        board=board,
        number=board.version,
        title=board.title,
        about=board.about,
        readers=board.readers,
        blocks=board.blocks,
        made_by=account_of(actor),
        made_at=timezone.now(),
    )
    audit.record(actor, "board-saved", board, slug=slug, version=board.version, readers=str(board.readers))
    return board


def copy_board(actor: Asker, source: Board, slug: str, title: str) -> Board:
    """Make a board like another one; nobody but staff sees it at first. Raises NotPermitted, BadInput."""
    if Board.objects.filter(slug=slug).exists():
        message = _("已有地址为“%s”的看板。") % slug
        raise BadInput(message, code="taken", errors=[FieldError("slug", "taken", message)])
    return save_board(
        actor,
        slug,
        title=title,
        about=source.about,
        period_kind=source.period_kind,
        blocks=source.blocks,
        template=source.template or source.slug,
    )
