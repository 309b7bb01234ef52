"""The form of a group's thread."""

from django.utils.translation import gettext_lazy as _

from stations.pages.forms.base import text_area
from ui.forms.refusable import RefusableForm


class PostForm(RefusableForm):
    """What a member says in her group."""

    text = text_area(_("留言"), most=2000)
