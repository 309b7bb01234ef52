"""What of the boards the search of the site finds."""

from django.utils.translation import gettext_lazy as _

from reporting.boards.models import Board
from reporting.boards.permissions import boards_visible_to
from search.offers import Described, Offer


def _board(board: Board) -> Described:
    return Described(board.title, board.get_absolute_url(), text=board.about)


OFFERS = [Offer("boards", _("监督看板"), Board, boards_visible_to, _board, weight=4)]
